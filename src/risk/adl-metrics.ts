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
import { type AdlNumbers, adlNumbers } from './adl-numbers.ts';
import { ascendingOrder, type Ordering, orderByKeys, sortWords } from './ascending-order.ts';
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
export function adlMetrics({ market, budget, ...outcome }: AdlMetricsInput): AdlMetrics {
  const { candidates } = outcome;
  const isTouched = (at: number) => !isZero(outcome.closed[at]!) || !isZero(outcome.taken[at]!);
  const reduced = [...candidates.keys()].filter(isTouched);
  const closed = reduced.map((at) => outcome.closed[at]!);
  const taken = reduced.map((at) => outcome.taken[at]!);
  const numbers = adlNumbers(candidates);
  return metricsOf({ market, budget }, { candidates, numbers, reduced, closed, taken });
}

/** What a deleveraging did to its eligible candidates. */
export type AdlTreatment = {
  readonly candidates: readonly AdlCandidate[];
  readonly numbers: AdlNumbers;
  /** Indices of those who closed or lost something, ascending. */
  readonly reduced: readonly number[];
  /** Of each of these, the size that was closed. */
  readonly closed: readonly Size[];
  /** Of each of these, what it lost against the mark. */
  readonly taken: readonly Money[];
};

/**
 * The same for who knows whom it touched.
 *
 * Units     as `adlMetrics`
 * Rounding  as `adlMetrics`
 * Cost      as `adlMetrics`
 * Source    Plimsoll
 */
export function metricsOf(
  { market, budget }: Pick<AdlMetricsInput, 'market' | 'budget'>,
  treatment: AdlTreatment,
): AdlMetrics {
  const haircuts = profitHaircuts(treatment);
  const before = leveragesBefore(treatment);
  const after = leveragesAfter(treatment, before);
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
    overshoot: max(sub(sum(treatment.taken), budget), ZERO_MONEY),
    profitHaircutMax: haircuts.reduce((a, b) => (gt(b, a) ? b : a), ZERO_RATIO),
    profitHaircutGini: giniCoefficient(haircuts),
    orderInversions: orderInversions(order, ranks),
    leverageMaxBefore: shown(before, order.at(-1)),
    leverageMaxAfter: shown(after, ascending.at(-1)),
  };
}

/** Shares of the profits that were taken, of those who have one. */
function profitHaircuts({ candidates, numbers, reduced, taken }: AdlTreatment): readonly Ratio[] {
  const { profits } = numbers;
  const haircuts: Ratio[] = [];
  let next = 0;
  for (let at = 0; at < profits.length; at += 1) {
    const isReduced = reduced[next] === at;
    if (profits[at]! > 0) {
      const share = isReduced ? ratioUp(taken[next]!, candidates[at]!.unrealizedPnl) : ZERO_RATIO;
      haircuts.push(share);
    }
    if (isReduced) next += 1;
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

function leveragesBefore({ candidates, numbers: { sizes, equities } }: AdlTreatment): Leverages {
  return leverages(
    sizes.map((size, at) => size / equities[at]!),
    (index) => candidates[index]!,
  );
}

function leveragesAfter(treatment: AdlTreatment, before: Leverages): Leverages {
  const { candidates, reduced, closed, taken } = treatment;
  const keys = before.keys.slice();
  /** Place in the list of the reduced, counted from 1. */
  const places = new Uint32Array(candidates.length);
  const of = (index: number) => {
    const { size, equity } = candidates[index]!;
    const place = places[index]!;
    if (place === 0) return { size, equity };
    return { size: sub(size, closed[place - 1]!), equity: sub(equity, taken[place - 1]!) };
  };
  for (let next = 0; next < reduced.length; next += 1) {
    const at = reduced[next]!;
    places[at] = next + 1;
    const { size, equity } = of(at);
    keys[at] = isZero(size) ? 0 : keyOf(rawOf(size), rawOf(equity));
  }
  return leverages(keys, of);
}

/** Rank of each leverage from 1, the lowest first; the same for equal ones. */
function ranksOf(after: Leverages, ascending: Uint32Array): Uint32Array {
  const order = orderByKeys(after);
  const ranks = new Uint32Array(ascending.length);
  let rank = 0;
  for (let at = 0; at < ascending.length; at += 1) {
    const index = ascending[at]!;
    const last = at === 0 ? index : ascending[at - 1]!;
    if (at === 0 || order(last, index) < 0) rank = at + 1;
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
