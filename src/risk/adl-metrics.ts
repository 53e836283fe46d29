/**
 * How a deleveraging treated its candidates: how much it took, how evenly, and what it did to
 * their leverage. For reports and comparisons of policies; nothing decides on these.
 * @module
 */
import {
  cmp,
  divideDown,
  fromRaw,
  gt,
  isPositive,
  isZero,
  type Money,
  max,
  ONE_RATIO,
  type Ratio,
  ratioUp,
  rawOf,
  type Size,
  sub,
  sum,
  ZERO_MONEY,
  ZERO_RATIO,
} from '../units/index.ts';
import { type AdlCandidate, type AdlMarket, exactLeverage } from './adl-candidate.ts';
import { ascendingOrder, isClearlyBelow, type Ordering, sortWords } from './ascending-order.ts';
import { cmpQuotient, keyOf, type Quotient, quotientUp } from './exact-quotient.ts';

export type AdlMetrics = {
  /** What the counterparties had to bear: the gap of the size that was closed. */
  readonly budget: Money;
  /** What was taken beyond the budget; 0 under every policy that settles exactly. */
  readonly overshoot: Money;
  /** Largest share of a profit that was taken. */
  readonly profitHaircutMax: Ratio;
  /** Gini coefficient of those shares over the profitable: 0 equal, toward 1 all from one. */
  readonly profitHaircutGini: Ratio;
  /** Pairs of candidates of which the more leveraged became the less leveraged. */
  readonly orderInversions: number;
  /** Null where it exceeds the range of a quantity. */
  readonly leverageMaxBefore: Ratio | null;
  readonly leverageMaxAfter: Ratio | null;
};

export type AdlMetricsInput = {
  readonly market: AdlMarket;
  readonly budget: Money;
  /** Eligible, chosen or not. */
  readonly candidates: readonly AdlCandidate[];
  /** Of each, the size that was closed, ≥ 0. */
  readonly closed: readonly Size[];
  /** Of each, what it lost against the mark, ≥ 0. */
  readonly taken: readonly Money[];
};

/**
 * Metrics of a deleveraging over its eligible candidates.
 *
 *     profit haircut_i = taken_i / PnL_i, over candidates in profit
 *     leverage before = |q|·value / E,   after = (|q| − closed)·value / (E − taken)
 *
 * Units     Money, Ratio, counts
 * Rounding  Ratios up, the Gini coefficient of the rounded haircuts down: displays. Inversions
 *           are counted on exact quotients.
 * Cost      O(n log n)
 * Source    Plimsoll
 */
export function adlMetrics(input: AdlMetricsInput): AdlMetrics {
  const { market, budget, candidates, taken } = input;
  const haircuts = profitHaircuts(candidates, taken);
  const before = leveragesBefore(input);
  const after = leveragesAfter(input, before);
  const ascending = ascendingOrder(after);
  const ranks = ranksOf(after, ascending);
  const order = ascendingOrder({
    keys: before.keys,
    exact: (a, b) => before.exact(a, b) || ranks[a]! - ranks[b]!,
  });
  const shown = ({ of }: Leverages, index: number | undefined): Ratio | null => {
    if (index === undefined) return ZERO_RATIO;
    const { size, equity } = of(index);
    return quotientUp(exactLeverage(market, size, equity));
  };
  return {
    budget,
    overshoot: max(sub(sum(taken), budget), ZERO_MONEY),
    profitHaircutMax: haircuts.reduce((a, b) => (gt(b, a) ? b : a), ZERO_RATIO),
    profitHaircutGini: giniCoefficient(haircuts),
    orderInversions: orderInversions(order, ranks),
    leverageMaxBefore: shown(before, order.at(-1)),
    leverageMaxAfter: shown(after, ascending.at(-1)),
  };
}

/** Shares of the profits that were taken, of those who have one. */
function profitHaircuts(candidates: readonly AdlCandidate[], taken: readonly Money[]): Ratio[] {
  const haircuts: Ratio[] = [];
  for (let at = 0; at < candidates.length; at += 1) {
    const { unrealizedPnl } = candidates[at]!;
    if (!isPositive(unrealizedPnl)) continue;
    haircuts.push(isZero(taken[at]!) ? ZERO_RATIO : ratioUp(taken[at]!, unrealizedPnl));
  }
  return haircuts;
}

/**
 * Gini coefficient of non-negative values; 0 where all are zero or there are none.
 *
 *     Σ (2·rank − n − 1) · value / (n · Σ value),   ranks 1…n ascending
 *
 * Units     Ratio, in [0, 1)
 * Rounding  Down: a display.
 * Source    Gini (1912), in the form for sorted values
 */
export function giniCoefficient(values: readonly Ratio[]): Ratio {
  const ascending = sortedRaw(values);
  // Σ rank · value, by sums from each rank up.
  let total = 0n;
  let ranked = 0n;
  for (let at = ascending.length - 1; at >= 0; at -= 1) {
    total += ascending[at]!;
    ranked += total;
  }
  if (total === 0n) return ZERO_RATIO;
  const n = BigInt(values.length);
  const weighted = ranked + ranked - (n + 1n) * total;
  return fromRaw<Ratio>(divideDown(weighted * rawOf(ONE_RATIO), n * total));
}

/** Ascending; as machine words where all fit, which haircuts do. */
function sortedRaw(values: readonly Ratio[]): ArrayLike<bigint> {
  const words = new BigInt64Array(values.length);
  for (let at = 0; at < words.length; at += 1) {
    words[at] = rawOf(values[at]!);
    if (words[at] !== rawOf(values[at]!)) return values.toSorted(cmp).map(rawOf);
  }
  return sortWords(words.buffer);
}

/**
 * Leverages to be put in order. All of them value a contract alike, so they stand in the order of
 * size / equity.
 */
type Leverages = Ordering & {
  readonly of: (index: number) => { readonly size: Size; readonly equity: Money };
};

function leverages(keys: Float64Array, of: Leverages['of']): Leverages {
  const quotientAt = (index: number): Quotient => {
    const { size, equity } = of(index);
    // Closed whole, it has none, whatever is left of the equity.
    if (isZero(size)) return { numerator: 0n, denominator: 1n };
    return { numerator: rawOf(size), denominator: rawOf(equity) };
  };
  return { keys, of, exact: (a, b) => cmpQuotient(quotientAt(a), quotientAt(b)) };
}

function leveragesBefore({ candidates }: AdlMetricsInput): Leverages {
  const keys = new Float64Array(candidates.length);
  for (let at = 0; at < keys.length; at += 1) {
    const { size, equity } = candidates[at]!;
    keys[at] = keyOf(rawOf(size), rawOf(equity));
  }
  return leverages(keys, (index) => candidates[index]!);
}

function leveragesAfter(input: AdlMetricsInput, before: Leverages): Leverages {
  const { candidates, closed, taken } = input;
  const of = (index: number) => {
    const { size, equity } = candidates[index]!;
    return { size: sub(size, closed[index]!), equity: sub(equity, taken[index]!) };
  };
  const keys = before.keys.slice();
  for (let at = 0; at < keys.length; at += 1) {
    if (isZero(closed[at]!) && isZero(taken[at]!)) continue;
    const { size, equity } = of(at);
    keys[at] = isZero(size) ? 0 : keyOf(rawOf(size), rawOf(equity));
  }
  return leverages(keys, of);
}

/** Rank of each leverage from 1, the lowest first; the same for equal ones. */
function ranksOf({ keys, exact }: Leverages, ascending: Uint32Array): Uint32Array {
  const ranks = new Uint32Array(ascending.length);
  let rank = 0;
  for (let at = 0; at < ascending.length; at += 1) {
    const index = ascending[at]!;
    const last = at === 0 ? index : ascending[at - 1]!;
    const isHigher = isClearlyBelow(keys[last]!, keys[index]!) || exact(last, index) < 0;
    if (at === 0 || isHigher) rank = at + 1;
    ranks[index] = rank;
  }
  return ranks;
}

/** Pairs with before_i < before_j and after_i > after_j: by rank after, in the order before. */
function orderInversions(order: Uint32Array, ranks: Uint32Array): number {
  // A binary indexed tree over the ranks met so far: how many lie at or below a rank.
  const tree = new Uint32Array(order.length + 1);
  let inversions = 0;
  for (let met = 0; met < order.length; met += 1) {
    const rank = ranks[order[met]!]!;
    let atMost = 0;
    for (let at = rank; at > 0; at &= at - 1) atMost += tree[at]!;
    inversions += met - atMost;
    for (let at = rank; at < tree.length; at += at & -at) tree[at]! += 1;
  }
  return inversions;
}
