/**
 * Which legs of a cross-margined account to close, and how much of each: as little as restores
 * it, where that costs least, or by one of the simpler rules that venues use today.
 * @module
 */
import {
  add,
  assert,
  cmp,
  divideUp,
  EXACT_PER_RAW,
  gt,
  lt,
  type Money,
  mulUp,
  type Ratio,
  rawOf,
  type Size,
  sub,
} from '../units/index.ts';
import { type Hedge, hedged, hedgesOf, openedBy } from './close-out-hedges.ts';
import {
  type CloseOutLeg,
  closeOutCost,
  marginLeft,
  notionalOfLots,
  type PreparedLeg,
  preparedLeg,
  sizeOfLots,
} from './close-out-leg.ts';
import { marginalLots, marginPriceAt } from './close-out-marginal.ts';
import {
  type CloseOutAccount,
  closeOutGain,
  type LotVector,
  leastSatisfying,
  restores,
  restoresAt,
  trimmed,
  withLots,
} from './close-out-surplus.ts';

/**
 * - `least-impact`: the cheapest closes that restore the account
 * - `proportional`: the same share of every leg, the least that restores
 * - `largest-first`: whole legs by falling notional, the last one partly
 * - `fixed-share`: a share of the largest leg, whatever is missing
 * - `everything`: all of it
 */
export type CloseOutPolicy =
  | 'least-impact'
  | 'proportional'
  | 'largest-first'
  | 'fixed-share'
  | 'everything';

export type CloseOutLegsInput = {
  readonly policy: CloseOutPolicy;
  /** Of the largest leg, under `fixed-share`; above 0, up to 1. */
  readonly fixedShare: Ratio;
  /** Collateral after haircuts of the whole account, signed. */
  readonly marginEquity: Money;
  /** Margin equity to reach per unit of maintenance margin, > 0. */
  readonly targetRatio: Ratio;
  /** All positions of the account; their order breaks ties. */
  readonly legs: readonly CloseOutLeg[];
};

export type CloseOutLegs = {
  /** To close of each leg, in the order of the input, without sign. */
  readonly sizes: readonly Size[];
  readonly expectedCosts: readonly Money[];
  /** All of it together reaches the target, at the expected cost. */
  readonly restores: boolean;
  /** Legs to close, the one that helps most first; those that would only hurt are left out. */
  readonly order: readonly number[];
  /** Nothing is left to be ordered because closing any of it, even all, would only hurt. */
  readonly toxic: boolean;
};

/** Steps in which the search for the price of margin, or for a share, is made. */
const STEPS = 1n << BigInt(12);

/**
 * What to close of each leg now.
 *
 *     least-impact  minimise Σ f_k · x_k + C_k(x_k)  subject to  E − Σ cost ≥ κ · Σ MM(left)
 *                   with (f_k + C_k'(x_k)) / μ_k = ν over the legs that are closed partly
 *
 * ν rises in steps of κ / 4096 until the account is restored; between the last two steps leg by
 * leg, then lot by lot. Where the account can be restored with its hedges kept they are kept, and
 * between the last two steps all legs move together: one by one would open what the steps keep.
 * A remainder below the smallest notional is closed with the rest; where the market has no room for
 * that, less is closed.
 *
 * Units     Size, Money, Ratio → Size, Money
 * Rounding  Costs and requirements up; sizes are whole lots, and with one lot less of any leg the
 *           account would not be restored or a hedge be opened (`least-impact`; `proportional`,
 *           and where its share is taken, if every leg releases more than it costs), unless a lot
 *           releases less than a few units of rounding.
 * Asserts   targetRatio > 0 · sizes in whole lots · 0 ≤ closable ≤ |size| · fractions ≥ 0
 * Cost      O((12 + log lots) · legs) evaluations of cost and requirement
 * Source    Plimsoll; water-filling by the conditions of Karush, Kuhn and Tucker
 */
export function closeOutLegs(input: CloseOutLegsInput): CloseOutLegs {
  assert(rawOf(input.targetRatio) > 0n, 'CLOSE_OUT_LEGS', 'target ratio was not positive');
  const legs = input.legs.map(preparedLeg);
  const { marginEquity, targetRatio } = input;
  const account: CloseOutAccount = { legs, marginEquity, targetRatio };
  const wanted = withoutDust(legs, planned(account, input));
  const vector = wanted.some((lots) => lots > 0n) ? wanted : withoutDust(legs, oneLot(legs));
  const order = orderOf(account, vector);
  return {
    sizes: vector.map((lots, at) => sizeOfLots(legs[at]!, lots)),
    expectedCosts: vector.map((lots, at) => closeOutCost(legs[at]!, lots)),
    restores: restores(account, vector),
    order,
    toxic: order.length === 0 && isPointless(legs, vector),
  };
}

function planned(account: CloseOutAccount, input: CloseOutLegsInput): bigint[] {
  switch (input.policy) {
    case 'least-impact':
      return leastImpact(account);
    case 'proportional':
      return proportional(account) ?? everything(account);
    case 'largest-first':
      return largestFirst(account);
    case 'fixed-share':
      return fixedShare(account, input.fixedShare);
    case 'everything':
      return everything(account);
  }
}

const everything = ({ legs }: CloseOutAccount): bigint[] => legs.map(({ closable }) => closable);

/** Places of the legs, largest notional first, ties in their order. */
const bySize = (legs: readonly PreparedLeg[]): number[] =>
  [...legs.keys()].sort((a, b) => cmp(legs[b]!.notional, legs[a]!.notional) || a - b);

const fewer = (a: bigint, b: bigint): bigint => (a < b ? a : b);

function fixedShare({ legs }: CloseOutAccount, share: Ratio): bigint[] {
  const largest = bySize(legs).find((at) => legs[at]!.closable > 0n);
  return legs.map(({ held, closable }, at) =>
    at === largest ? fewer(closable, divideUp(held * rawOf(share), EXACT_PER_RAW)) : 0n,
  );
}

function largestFirst(account: CloseOutAccount): bigint[] {
  let vector = account.legs.map(() => 0n);
  for (const at of bySize(account.legs)) {
    const before = vector;
    const { closable } = account.legs[at]!;
    vector = withLots(before, at, closable);
    if (!restores(account, vector)) continue;
    const least = leastSatisfying(0n, closable, restoresAt(account, before, at));
    return withLots(before, at, least);
  }
  return vector;
}

/** The same share of every leg; null where all that is closable does not restore. */
function proportional(account: CloseOutAccount): bigint[] | null {
  const at = (step: bigint): bigint[] =>
    account.legs.map(({ held, closable }) => fewer(closable, divideUp(held * step, STEPS)));
  if (!restores(account, at(STEPS))) return null;
  const least = leastSatisfying(0n, STEPS, (step) => restores(account, at(step)));
  return trimmed(account, at(least));
}

function leastImpact(account: CloseOutAccount): bigint[] {
  const { legs, targetRatio } = account;
  const free = (step: bigint): bigint[] =>
    legs.map((leg) => marginalLots(leg, marginPriceAt(targetRatio, step, STEPS)));
  const hedges = hedgesOf(legs);
  const bound = (step: bigint): bigint[] => hedged(legs, hedges, free(step));
  const found =
    (hedges.length > 0 ? cheapest(account, bound, hedges) : null) ??
    cheapest(account, free, []) ??
    proportional(account);
  if (found !== null) return found;
  const worthwhile = bound(STEPS);
  const partly = worthwhile.some((lots) => lots > 0n);
  const limited = legs.some(({ held, closable }) => closable < held);
  return partly && limited ? worthwhile : everything(account);
}

/** The least price of margin at which a rule restores the account; null where none does. */
function cheapest(
  account: CloseOutAccount,
  at: (step: bigint) => bigint[],
  kept: readonly Hedge[],
): bigint[] | null {
  const most = at(STEPS);
  if (!restores(account, most)) return null;
  const completed = kept.length > 0 ? together : legByLeg;
  const none = most.map(() => 0n);
  const involved = most.filter((lots) => lots > 0n).length;
  const least =
    involved <= 1 ? STEPS : leastSatisfying(-1n, STEPS, (step) => restores(account, at(step)));
  const below = involved <= 1 || least === 0n ? none : at(least - 1n);
  const enough = completed(account, below, at(least));
  const opened = openedBy(account.legs, kept, enough);
  return trimmed(account, enough, (vector) => openedBy(account.legs, kept, vector) <= opened);
}

/** One leg after the other, the last one lot by lot: any order costs the same. */
function legByLeg(account: CloseOutAccount, low: LotVector, high: LotVector): bigint[] {
  let vector = [...low];
  for (const [at, lots] of high.entries()) {
    const from = vector[at]!;
    if (lots === from) continue;
    const before = vector;
    vector = withLots(before, at, lots);
    if (!restores(account, vector)) continue;
    if (lots < from) return vector;
    const least = leastSatisfying(from, lots, restoresAt(account, before, at));
    return withLots(before, at, least);
  }
  return vector;
}

/** All legs at once, each by its part of the way: between two hedged vectors all are hedged. */
function together(account: CloseOutAccount, low: LotVector, high: LotVector): bigint[] {
  const ways = high.map((lots, at) => lots - low[at]!);
  const parts = ways.reduce((most, way) => (way > most ? way : -way > most ? -way : most), 0n);
  if (parts === 0n) return [...high];
  const after = (part: bigint): bigint[] =>
    low.map((lots, at) => lots + divideUp(ways[at]! * part, parts));
  return after(leastSatisfying(0n, parts, (part) => restores(account, after(part))));
}

/** Of the largest leg with room the smallest step there is: who is not restored goes on. */
function oneLot(legs: readonly PreparedLeg[]): bigint[] {
  const largest = bySize(legs).find((at) => legs[at]!.closable > 0n);
  return legs.map((_, at) => (at === largest ? 1n : 0n));
}

/** No leg keeps a remainder that is worth less than the smallest notional. */
function withoutDust(legs: readonly PreparedLeg[], vector: LotVector): bigint[] {
  return vector.map((lots, at) => {
    const leg = legs[at]!;
    const { held, closable } = leg;
    if (lots === 0n || lots === held || !isDust(leg, held - lots)) return lots;
    if (closable === held) return held;
    const room = roomWithoutDust(leg, lots);
    // Rather dust for a while than a leg that is never begun.
    return room > 0n ? room : lots;
  });
}

const isDust = (leg: PreparedLeg, lots: bigint): boolean =>
  lots > 0n && lt(notionalOfLots(leg, lots), leg.leg.notionalMin);

/** The most lots, up to a limit, that leave at least the smallest notional. */
function roomWithoutDust(leg: PreparedLeg, limit: bigint): bigint {
  if (isDust(leg, leg.held)) return 0n;
  const kept = leastSatisfying(leg.held - limit, leg.held, (lots) => !isDust(leg, lots));
  return leg.held - kept;
}

/** Legs by falling gain, ties in their order, without those that cost more than they release. */
function orderOf(account: CloseOutAccount, vector: LotVector): number[] {
  const { legs } = account;
  const gains = vector.map((lots, at) => closeOutGain(account, legs[at]!, lots));
  const helps = (at: number): boolean => vector[at]! > 0n && !isToxic(legs[at]!, vector[at]!);
  return [...legs.keys()]
    .filter(helps)
    .sort((a, b) => (gains[a]! > gains[b]! ? -1 : gains[a]! < gains[b]! ? 1 : a - b));
}

/** Something would be closed, and of none of it even the whole leg would help. */
const isPointless = (legs: readonly PreparedLeg[], vector: LotVector): boolean => {
  const closing = legs.filter((_, at) => vector[at]! > 0n);
  return closing.length > 0 && closing.every((leg) => isToxic(leg, leg.held));
};

/**
 * Filled at its limit price, penalty included, the close-out would not lower the margin deficit.
 *
 * Units     Money is compared.
 * Rounding  What is released is rounded down by a unit at most, what it costs up.
 */
function isToxic(leg: PreparedLeg, lots: bigint): boolean {
  const { penaltyFraction, slippageFraction } = leg.leg;
  const released = sub(leg.maintenanceMargin, marginLeft(leg, lots));
  const cost = mulUp(notionalOfLots(leg, lots), add(penaltyFraction, slippageFraction));
  return !gt(released, cost);
}
