/**
 * Who closes against a bankrupt position when the book and the insurance fund cannot: how much
 * of each opposing position, at what price, and what their profits could not bear. Entry point
 * `adlFills` (or `adlAllocation`, the same with metrics). Knows nothing about who is in
 * liquidation: the caller lists the candidates.
 * @module
 */
import {
  assert,
  fromRaw,
  gt,
  isNegative,
  isPositive,
  type Money,
  ONE_RATIO,
  type Price,
  portionDown,
  type Ratio,
  rawOf,
  type Size,
  sub,
  sum,
  ZERO_MONEY,
} from '../units/index.ts';
import { type AdlCandidate, type AdlMarket, exactLeverage } from './adl-candidate.ts';
import { type AdlGap, adlCap, hedgeCap, sidedExposure } from './adl-caps.ts';
import { adlFillPrice } from './adl-fill-price.ts';
import { largestOf } from './adl-largest.ts';
import { type AdlMetrics, type AdlTreatment, metricsOf } from './adl-metrics.ts';
import { minimaxLeverage } from './adl-minimax-leverage.ts';
import { type AdlNumbers, adlNumbers, numbersAt } from './adl-numbers.ts';
import type { AdlFactorTerms, AdlPolicy, AdlRiskTerms, AdlShares } from './adl-policy.ts';
import type { AdlPolicyName } from './adl-policy-name.ts';
import { cappedProRata, minMaxHaircut, riskAwareProRata } from './adl-pro-rata.ts';
import { queueByNotional, queueByProfit } from './adl-queue.ts';
import { type AdlSeat, type AdlSeats, aloneSeats, exactSeats, surelyHold } from './adl-seats.ts';
import { takenEach } from './adl-taken.ts';
import { type Quotient, quotientUp } from './exact-quotient.ts';

const policies: Readonly<Record<AdlPolicyName, AdlPolicy>> = {
  'minimax-leverage': minimaxLeverage,
  'capped-pro-rata': cappedProRata,
  'risk-aware-pro-rata': riskAwareProRata,
  'min-max': minMaxHaircut,
  queue: queueByProfit,
  'queue-notional': queueByNotional,
};

export type AdlAllocationInput<Id extends string = string> = AdlMarket &
  AdlGap &
  AdlRiskTerms &
  AdlFactorTerms & {
    readonly policy: AdlPolicyName;
    /** At most once per account, on the side stated, not in liquidation. */
    readonly candidates: readonly AdlCandidate<Id>[];
    /** Of the candidates, for a caller that has them; absent: worked out. */
    readonly numbers?: AdlNumbers;
    /** Fills are multiples of it, > 0; a part of a position or of the quantity below it stays. */
    readonly lot: Size;
    /** Most fills, > 0; of more the largest stay, ties by account id; absent: no bound. */
    readonly fillsMax?: number | null;
  };

export type AdlFill<Id extends string = string> = {
  readonly account: Id;
  /** Magnitude, > 0. */
  readonly size: Size;
  /** Display: the mark less what is taken; null where no positive price expresses it. */
  readonly price: Price | null;
  /** What the account gives up against the mark, ≥ 0. */
  readonly taken: Money;
};

export type AdlFills<Id extends string = string> = {
  /** In input order, only where something is closed. */
  readonly fills: readonly AdlFill<Id>[];
  /**
   * Leverage down to which positions were cut, to the factor where a loading is given, by all fills
   * that there would be; null for policies without, or no fill.
   */
  readonly eta: Ratio | null;
  /** Gap of what was closed that the counterparties did not bear; moves down the waterfall. */
  readonly residualLoss: Money;
  /**
   * Part of the quantity that no eligible position could close, or may where hedges are kept, or
   * that more fills than there may be would have closed.
   */
  readonly unfilled: Size;
};

export type AdlAllocation<Id extends string = string> = AdlFills<Id> & {
  readonly metrics: AdlMetrics;
};

/**
 * Fills of an auto-deleveraging.
 *
 * Eligible are candidates with positive equity. First stage: the policy within caps that keep
 * every loss below the holder's profit and no holder less healthy (`adlCap`). Only if those
 * caps hold less than the quantity they are exhausted, and the rest goes by the same policy over
 * what the positions still hold. Then
 *
 *     taken_i = min(gap · x_i / quantity, max(PnL_i, 0), max(legMarginEquity_i, 0) · x_i / |q_i|)
 *     residualLoss = gap · Σx / quantity − Σ taken
 *
 * With a factor loading, leverage counts the other positions of an account (`minimaxLeverage`),
 * and with `hedges: 'protect'` nobody is closed beyond `hedgeCap` at either stage.
 *
 * Where `fillsMax` leaves some fills out (`largestOf`), the others bear the gap of what they close
 * and no more: what is taken is shared out among those that stay.
 *
 * Units     sizes Size (magnitudes), gap and taken Money, eta Ratio (display)
 * Rounding  Sizes by largest remainder to the lot. The gap of what is filled is rounded down,
 *           once; the rest stays with what is not filled. Each takes its floored share of it,
 *           then one unit each by account id where its limits allow: taken and residual sum to
 *           the gap of what is filled exactly. Eta up, and it decides nothing.
 * Asserts   quantity, lot, mark, sizes and fillsMax > 0 · gap ≥ 0 ·
 *           0 ≤ leg's margin ≤ account's margin
 * Cost      O(n log n)
 * Source    Plimsoll
 */
export function adlFills<Id extends string>(input: AdlAllocationInput<Id>): AdlFills<Id> {
  return settled(input).result;
}

/**
 * The same with metrics over the eligible candidates.
 *
 * Units     as `adlFills` and `adlMetrics`
 * Rounding  as `adlFills` and `adlMetrics`
 * Asserts   as `adlFills`
 * Cost      O(n log n), about three times that of `adlFills`
 * Source    Plimsoll
 */
export function adlAllocation<Id extends string>(input: AdlAllocationInput<Id>): AdlAllocation<Id> {
  const { result, budget, ...treatment } = settled(input);
  return { ...result, metrics: metricsOf({ market: input, budget }, treatment) };
}

type Settled<Id extends string> = AdlTreatment & {
  readonly result: AdlFills<Id>;
  readonly budget: Money;
};

function settled<Id extends string>(input: AdlAllocationInput<Id>): Settled<Id> {
  const all = input.numbers ?? adlNumbers(input.candidates);
  assertContract(input, all);
  const { candidates, numbers } = eligible(input.candidates, all);
  const { lots: whole, level } = shares(input, seated(input, candidates, numbers));
  const lots = largestOf({ lots: whole, candidates, fillsMax: input.fillsMax ?? null });
  const lot = rawOf(input.lot);
  const reduced: number[] = [];
  for (let at = 0; at < lots.length; at += 1) if (lots[at] !== 0n) reduced.push(at);
  const holders = reduced.map((at) => candidates[at]!);
  const closed = reduced.map((at) => fromRaw<Size>(lots[at]! * lot));
  const filled = sum(closed);
  const budget = portionDown(input.gap, filled, input.quantity);
  const taken = takenEach({ candidates: holders, closed, filled, budget });
  const fills = holders.map(({ account }, index): AdlFill<Id> => {
    const fill = { size: closed[index]!, taken: taken[index]! };
    return { account, size: fill.size, price: adlFillPrice(input, fill), taken: fill.taken };
  });
  const result = {
    fills,
    eta: level === null ? null : leverageOf(input, level),
    residualLoss: sub(budget, sum(taken)),
    unfilled: sub(input.quantity, filled),
  };
  return { result, budget, candidates, numbers, reduced, closed, taken };
}

/** Those with positive equity. */
function eligible<Id extends string>(all: readonly AdlCandidate<Id>[], numbers: AdlNumbers) {
  const { equities } = numbers;
  if (equities.every((equity) => equity > 0)) return { candidates: all, numbers };
  const chosen = [...all.keys()].filter((at) => equities[at]! > 0);
  return { candidates: chosen.map((at) => all[at]!), numbers: numbersAt(numbers, chosen) };
}

function assertContract(input: AdlAllocationInput, { sizes }: AdlNumbers): void {
  assert(isPositive(input.quantity), 'ADL', 'expected a positive quantity');
  assert(isPositive(input.lot), 'ADL', 'expected a positive lot');
  assert(isPositive(input.markPrice), 'ADL', 'expected a positive mark price');
  assert(!isNegative(input.gap), 'ADL', 'expected a gap of at least 0');
  assert((input.fillsMax ?? 1) > 0, 'ADL', 'expected at least one fill to be allowed');
  const { factorLoading = null, kind } = input;
  const counts = factorLoading === null || (isPositive(factorLoading) && kind === 'linear');
  assert(counts, 'ADL', 'expected a positive loading, of linear contracts');
  for (let at = 0; at < sizes.length; at += 1) {
    const candidate = input.candidates[at]!;
    const problem = sizes[at]! > 0 ? marginProblem(candidate) : 'expected a positive size';
    if (problem !== null) assert(false, 'ADL', `${problem} of ${candidate.account}`);
  }
}

function marginProblem({ maintenanceMargin, legMaintenanceMargin }: AdlCandidate): string | null {
  const leg = legMaintenanceMargin ?? ZERO_MONEY;
  const total = maintenanceMargin ?? leg;
  return isNegative(leg) || gt(leg, total)
    ? "expected a leg's maintenance margin between 0 and the account's"
    : null;
}

/** Lots per eligible candidate, by both stages. */
function shares(input: AdlAllocationInput, { seats, limitAt }: Seated): AdlShares {
  const policy = policies[input.policy];
  const terms = { ...riskTerms(input), market: input, partsPerLot: partsPerLot(input) };
  const wanted = rawOf(input.quantity) / rawOf(input.lot);
  if (wanted > 0n && surelyHold(seats, wanted))
    return policy({ ...terms, quantity: wanted, seats });

  const caps = seats.candidates.map((_, at) => seats.capAt(at));
  const limits = seats.candidates.map((_, at) => limitAt(at));
  const capped = caps.reduce((total, cap) => total + cap, 0n);
  const quantity = least(
    wanted,
    limits.reduce((total, limit) => total + limit, 0n),
  );
  if (quantity === 0n) return { lots: caps.map(() => 0n), level: null };
  if (quantity <= capped) return policy({ ...terms, quantity, seats });

  const beyond = seats.candidates.map((candidate, at): AdlSeat => {
    const cap = caps[at]!;
    const rest = { candidate, held: seats.heldAt(at) - cap, cap: limits[at]! - cap };
    if (seats.exposureAt === null) return rest;
    return { ...rest, exposure: seats.exposureAt(at) - cap * terms.partsPerLot };
  });
  const left = exactSeats(beyond, seats.numbers);
  const second = policy({ ...terms, quantity: quantity - capped, seats: left });
  return { lots: caps.map((cap, at) => cap + second.lots[at]!), level: second.level };
}

type Seated = {
  /** As the first stage sees them. */
  readonly seats: AdlSeats;
  /** Most lots that each may close at any stage. */
  readonly limitAt: (at: number) => bigint;
};

function seated(
  input: AdlAllocationInput,
  eligible: readonly AdlCandidate[],
  numbers: AdlNumbers,
): Seated {
  const { side, factorLoading = null, hedges = 'ignore', gap, quantity, lot } = input;
  if (factorLoading === null) {
    const seats = aloneSeats({ candidates: eligible, numbers, gap, quantity, lot });
    return { seats, limitAt: seats.heldAt };
  }
  const terms = { side, factorLoading, gap, quantity };
  const each = rawOf(lot);
  const limits = eligible.map((candidate) =>
    hedges === 'ignore' ? rawOf(candidate.size) / each : hedgeCap(candidate, terms) / each,
  );
  const list = eligible.map((candidate, at): AdlSeat => {
    const held = rawOf(candidate.size) / each;
    const cap = least(adlCap(candidate, input) / each, limits[at]!);
    return { candidate, held, cap, exposure: sidedExposure(candidate, terms) };
  });
  return { seats: exactSeats(list, numbers), limitAt: (at) => limits[at]! };
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** A lot in parts of an exposure: money per deviation of the factor, where there is one. */
const partsPerLot = ({ factorLoading = null, lot }: AdlAllocationInput): bigint =>
  factorLoading === null ? 1n : rawOf(factorLoading) * rawOf(lot);

const riskTerms = ({ riskExponent, riskThreshold }: AdlRiskTerms): AdlRiskTerms => ({
  ...(riskExponent === undefined ? {} : { riskExponent }),
  ...(riskThreshold === undefined ? {} : { riskThreshold }),
});

/** A level in parts of a lot per 1e-18 of equity, as leverage. */
function leverageOf(input: AdlAllocationInput, level: Quotient): Ratio | null {
  const { factorLoading = null } = input;
  if (factorLoading !== null) {
    return quotientUp({ ...level, denominator: level.denominator * rawOf(ONE_RATIO) });
  }
  const oneLot = exactLeverage(input, input.lot, fromRaw<Money>(1n));
  return quotientUp({
    numerator: level.numerator * oneLot.numerator,
    denominator: level.denominator * oneLot.denominator,
  });
}
