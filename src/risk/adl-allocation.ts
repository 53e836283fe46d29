/**
 * Who closes against a bankrupt position when the book and the insurance fund cannot: how much
 * of each opposing position, at what price, and what their profits could not bear. Entry point
 * `adlFills` (or `adlAllocation`, the same with metrics). Knows nothing about who is in
 * liquidation: the caller lists the candidates.
 * @module
 */
import {
  assert,
  cmpId,
  fromRaw,
  isNegative,
  isPositive,
  isZero,
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
import { type AdlGap, adlCap, hedgeCap, sidedExposure, takenMax } from './adl-caps.ts';
import { adlFillPrice } from './adl-fill-price.ts';
import { type AdlMetrics, adlMetrics } from './adl-metrics.ts';
import { minimaxLeverage } from './adl-minimax-leverage.ts';
import type { AdlFactorTerms, AdlPolicy, AdlRiskTerms, AdlSeat, AdlShares } from './adl-policy.ts';
import { cappedProRata, minMaxHaircut, riskAwareProRata } from './adl-pro-rata.ts';
import { queueByNotional, queueByProfit } from './adl-queue.ts';
import { type Quotient, quotientUp } from './exact-quotient.ts';

export type AdlPolicyName =
  | 'minimax-leverage'
  | 'capped-pro-rata'
  | 'risk-aware-pro-rata'
  | 'min-max'
  | 'queue'
  | 'queue-notional';

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
    /** Fills are multiples of it, > 0; a part of a position or of the quantity below it stays. */
    readonly lot: Size;
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
   * Leverage down to which positions were cut, to the factor where a loading is given; null for
   * policies without, or no fill.
   */
  readonly eta: Ratio | null;
  /** Gap of what was closed that the counterparties did not bear; moves down the waterfall. */
  readonly residualLoss: Money;
  /** Part of the quantity that no eligible position could close, or may where hedges are kept. */
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
 *     taken_i = min(gap · x_i / quantity, max(PnL_i, 0), legEquity_i · x_i / |q_i|)
 *     residualLoss = gap · Σx / quantity − Σ taken
 *
 * With a factor loading, leverage counts the other positions of an account (`minimaxLeverage`),
 * and with `hedges: 'protect'` nobody is closed beyond `hedgeCap` at either stage.
 *
 * Units     sizes Size (magnitudes), gap and taken Money, eta Ratio (display)
 * Rounding  Sizes by largest remainder to the lot. The gap of what is filled is rounded down,
 *           once; the rest stays with what is not filled. Each takes its floored share of it,
 *           then one unit each by account id where its limits allow: taken and residual sum to
 *           the gap of what is filled exactly. Eta up, and it decides nothing.
 * Asserts   quantity, lot, mark and sizes > 0 · gap ≥ 0 · 0 ≤ leg's margin ≤ account's margin
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
  const { result, eligible, closed, taken, budget } = settled(input);
  const outcomes = eligible.map((candidate, index) => ({
    candidate,
    closed: closed[index]!,
    taken: taken[index]!,
  }));
  return { ...result, metrics: adlMetrics({ market: input, budget, outcomes }) };
}

type Settled<Id extends string> = {
  readonly result: AdlFills<Id>;
  readonly eligible: readonly AdlCandidate<Id>[];
  readonly closed: readonly Size[];
  readonly taken: readonly Money[];
  /** Gap of what is filled. */
  readonly budget: Money;
};

function settled<Id extends string>(input: AdlAllocationInput<Id>): Settled<Id> {
  assertContract(input);
  const eligible = input.candidates.filter(({ equity }) => isPositive(equity));
  const { lots, level } = shares(input, eligible);
  const lot = rawOf(input.lot);
  const closed = lots.map((count) => fromRaw<Size>(count * lot));
  const filled = sum(closed);
  const budget = portionDown(input.gap, filled, input.quantity);
  const taken = takenEach({ eligible, closed, filled, budget });
  const fills = eligible.flatMap((candidate, index) => {
    const fill = { size: closed[index]!, taken: taken[index]! };
    if (isZero(fill.size)) return [];
    return [{ account: candidate.account, price: adlFillPrice(input, fill), ...fill }];
  });
  const result = {
    fills,
    eta: level === null ? null : leverageOf(input, level),
    residualLoss: sub(budget, sum(taken)),
    unfilled: sub(input.quantity, filled),
  };
  return { result, eligible, closed, taken, budget };
}

function assertContract<Id extends string>(input: AdlAllocationInput<Id>): void {
  assert(isPositive(input.quantity), 'ADL', 'expected a positive quantity');
  assert(isPositive(input.lot), 'ADL', 'expected a positive lot');
  assert(isPositive(input.markPrice), 'ADL', 'expected a positive mark price');
  assert(!isNegative(input.gap), 'ADL', 'expected a gap of at least 0');
  const { factorLoading = null, kind } = input;
  const counts = factorLoading === null || (isPositive(factorLoading) && kind === 'linear');
  assert(counts, 'ADL', 'expected a positive loading, of linear contracts');
  for (const { account, size, maintenanceMargin, legMaintenanceMargin } of input.candidates) {
    assert(isPositive(size), 'ADL', `expected a positive size of ${account}`);
    const leg = rawOf(legMaintenanceMargin ?? ZERO_MONEY);
    const total = rawOf(maintenanceMargin ?? legMaintenanceMargin ?? ZERO_MONEY);
    assert(
      leg >= 0n && leg <= total,
      'ADL',
      `expected the leg's maintenance margin of ${account} between 0 and the account's`,
    );
  }
}

/** Lots per eligible candidate, by both stages. */
function shares(input: AdlAllocationInput, eligible: readonly AdlCandidate[]): AdlShares {
  const policy = policies[input.policy];
  const lot = rawOf(input.lot);
  const limits = eligible.map((candidate) => hedgeLimit(candidate, input) / lot);
  const seats = eligible.map((candidate, at): AdlSeat => {
    const cap = least(adlCap(candidate, input) / lot, limits[at]!);
    return { candidate, held: rawOf(candidate.size) / lot, cap, ...exposure(candidate, input) };
  });
  const closable = limits.reduce((total, limit) => total + limit, 0n);
  const capped = seats.reduce((total, seat) => total + seat.cap, 0n);
  const quantity = least(rawOf(input.quantity) / lot, closable);
  if (quantity === 0n) return { lots: seats.map(() => 0n), level: null };
  const terms = { ...riskTerms(input), market: input, partsPerLot: partsPerLot(input) };
  if (quantity <= capped) return policy({ ...terms, quantity, seats });

  const beyond = seats.map((seat, at): AdlSeat => {
    const { candidate, held, cap } = seat;
    const rest = { candidate, held: held - cap, cap: limits[at]! - cap };
    if (seat.exposure === undefined) return rest;
    return { ...rest, exposure: seat.exposure - cap * terms.partsPerLot };
  });
  const second = policy({ ...terms, quantity: quantity - capped, seats: beyond });
  return { lots: seats.map(({ cap }, index) => cap + second.lots[index]!), level: second.level };
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** Most of a position that may be closed at any stage, in units of 1e-18 of size. */
function hedgeLimit(candidate: AdlCandidate, input: AdlAllocationInput): bigint {
  const { factorLoading = null, hedges = 'ignore' } = input;
  if (factorLoading === null || hedges === 'ignore') return rawOf(candidate.size);
  return hedgeCap(candidate, { ...input, factorLoading });
}

/** A lot in parts of an exposure: money per deviation of the factor, where there is one. */
const partsPerLot = ({ factorLoading = null, lot }: AdlAllocationInput): bigint =>
  factorLoading === null ? 1n : rawOf(factorLoading) * rawOf(lot);

/** What weighs on the leverage of an account, where other positions count. */
function exposure(
  candidate: AdlCandidate,
  { side, factorLoading = null }: AdlAllocationInput,
): { readonly exposure?: bigint } {
  if (factorLoading === null) return {};
  return { exposure: sidedExposure(candidate, { side, factorLoading }) };
}

const riskTerms = ({ riskExponent, riskThreshold }: AdlRiskTerms): AdlRiskTerms => ({
  ...(riskExponent === undefined ? {} : { riskExponent }),
  ...(riskThreshold === undefined ? {} : { riskThreshold }),
});

type TakenInput = {
  readonly eligible: readonly AdlCandidate[];
  readonly closed: readonly Size[];
  /** Σ closed. */
  readonly filled: Size;
  /** Gap of what is filled. */
  readonly budget: Money;
};

/** Taken per eligible candidate: its share of the budget within its limits. */
function takenEach({ eligible, closed, filled, budget }: TakenInput): Money[] {
  if (isZero(budget)) return eligible.map(() => ZERO_MONEY);
  const byId = closed.flatMap((size, index) => (isZero(size) ? [] : [index]));
  byId.sort((a, b) => cmpId(eligible[a]!.account, eligible[b]!.account));
  const limits = eligible.map((candidate, index) => takenMax(candidate, closed[index]!));
  const floors = closed.map((size) => rawOf(portionDown(budget, size, filled)));
  let units = floors.reduce((left, floor) => left - floor, rawOf(budget));
  const taken = floors.map((floor, index) => (floor < limits[index]! ? floor : limits[index]!));
  for (const index of byId) {
    if (units === 0n) break;
    if (taken[index]! === limits[index]!) continue;
    taken[index]! += 1n;
    units -= 1n;
  }
  return taken.map((raw) => fromRaw<Money>(raw));
}

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
