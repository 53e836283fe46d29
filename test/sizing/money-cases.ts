/**
 * Penalties: their fraction, what is charged of them, and where it goes.
 * @module
 */
import { fromRaw, type Money, type Ratio, rawOf } from '../../src/units/index.ts';
import type { Random } from '../model/random.ts';
import { ceil, ONE } from './arithmetic.ts';
import { magnitude } from './size-cases.ts';
import type { Subject } from './subject.ts';
import { check, type Tally } from './tally.ts';

export type MoneyCase = {
  readonly notional: bigint;
  readonly equity: bigint;
  readonly marginEquity: bigint;
  readonly maintenanceMargin: bigint;
  /** Base, per shortfall, volatility and thinness, and the maximum. */
  readonly fractions: readonly [bigint, bigint, bigint, bigint, bigint];
  readonly volatility: bigint | null;
  readonly reference: bigint | null;
  readonly depth: bigint | null;
  readonly ordinaryDepth: bigint | null;
  readonly shares: readonly [bigint, bigint, bigint];
};

export function moneyCase(random: Random): MoneyCase {
  const notional = magnitude(random, -3, 7);
  const maybe = (value: bigint): bigint | null => (random.chance(20) ? null : value);
  const fraction = (): bigint => (random.chance(20) ? 0n : random.quantity(0, 0.02));
  const shares = [random.below(40), random.below(30), random.below(31)] as const;
  return {
    notional,
    equity: (notional * random.quantity(-0.01, 0.03)) / ONE,
    marginEquity: (notional * random.quantity(-0.01, 0.06)) / ONE,
    maintenanceMargin: random.chance(5) ? 0n : (notional * random.quantity(0, 0.06)) / ONE,
    fractions: [fraction(), fraction(), fraction(), fraction(), random.quantity(0, 0.03)],
    volatility: maybe(random.quantity(0, 0.5)),
    reference: maybe(random.quantity(0, 0.1)),
    depth: maybe(magnitude(random, 0, 7)),
    ordinaryDepth: maybe(magnitude(random, 0, 7)),
    shares: [BigInt(shares[0]), BigInt(shares[1]), BigInt(shares[2])],
  };
}

const fractionInput = (given: MoneyCase) => {
  const [base, shortfall, volatility, thinness, most] = given.fractions;
  const orNull = <T>(value: bigint | null): T | null =>
    value === null ? null : (fromRaw<Ratio>(value) as T);
  return {
    baseFraction: fromRaw<Ratio>(base),
    perShortfall: fromRaw<Ratio>(shortfall),
    perVolatility: fromRaw<Ratio>(volatility),
    perThinness: fromRaw<Ratio>(thinness),
    maxFraction: fromRaw<Ratio>(most),
    marginEquity: fromRaw<Money>(given.marginEquity),
    maintenanceMargin: fromRaw<Money>(given.maintenanceMargin),
    realizedVolatility: orNull<Ratio>(given.volatility),
    referenceVolatility: orNull<Ratio>(given.reference),
    depth: orNull<Money>(given.depth),
    referenceDepth: orNull<Money>(given.ordinaryDepth),
  };
};

export function checkMoney(subject: Subject, tally: Tally, given: MoneyCase): void {
  const input = fractionInput(given);
  const fraction = rawOf(subject.penaltyFraction(input).penaltyFraction);
  const holds = (property: string, condition: boolean): void =>
    check(tally, `money: ${property}`, {
      holds: condition,
      detail: () => `fraction ${fraction}`,
    });
  const [base, , , , most] = given.fractions;
  holds('a fraction of at most the maximum', fraction >= 0n && fraction <= most);
  holds('a fraction of at least the base', fraction >= (base < most ? base : most));
  const poorer = { ...input, marginEquity: fromRaw<Money>(given.marginEquity - ONE) };
  const wilder = { ...input, realizedVolatility: fromRaw<Ratio>((given.volatility ?? 0n) + ONE) };
  for (const worse of [poorer, wilder]) {
    const other = rawOf(subject.penaltyFraction(worse).penaltyFraction);
    holds('never less in a worse state', other >= fraction);
  }
  const penalty = rawOf(
    subject.liquidationPenalty({
      notional: fromRaw<Money>(given.notional),
      penaltyFraction: fromRaw<Ratio>(fraction),
      equity: fromRaw<Money>(given.equity),
    }),
  );
  const claim = ceil(given.notional * fraction, ONE);
  holds('a penalty never beyond equity', penalty <= (given.equity > 0n ? given.equity : 0n));
  holds('the claim, or all there is', penalty === claim || penalty <= claim);
  const [keeper, provider, burn] = given.shares;
  const share = (percent: bigint) => fromRaw<Ratio>((percent * ONE) / 100n);
  for (const foundBy of ['keeper', 'engine'] as const) {
    const parts = subject.penaltySplit({
      penalty: fromRaw<Money>(penalty),
      keeperShare: share(keeper),
      providerShare: share(provider),
      burnShare: share(burn),
      foundBy,
    });
    const values = [
      parts.keeperReward,
      parts.providerReward,
      parts.insuranceContribution,
      parts.burned,
    ].map(rawOf);
    const total = values.reduce((sum, each) => sum + each, 0n);
    holds('a split sums to the penalty', total === penalty);
    holds(
      'no part below zero',
      values.every((each) => each >= 0n),
    );
  }
}
