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
import {
  ascendingOrder,
  cmpKeyed,
  type KeyedQuotient,
  keyed,
  quotientUp,
} from './exact-quotient.ts';

/** What happened to one eligible candidate, chosen or not. */
export type AdlOutcome = {
  readonly candidate: AdlCandidate;
  /** Size that was closed, ≥ 0. */
  readonly closed: Size;
  /** What it lost against the mark, ≥ 0. */
  readonly taken: Money;
};

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
  readonly outcomes: readonly AdlOutcome[];
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
export function adlMetrics({ market, budget, outcomes }: AdlMetricsInput): AdlMetrics {
  const taken = sum(outcomes.map((outcome) => outcome.taken));
  const profitable = outcomes.filter(({ candidate }) => isPositive(candidate.unrealizedPnl));
  const haircuts = profitable.map((outcome) =>
    ratioUp(outcome.taken, outcome.candidate.unrealizedPnl),
  );
  const before = outcomes.map(({ candidate: { size, equity } }) =>
    keyed(exactLeverage(market, size, equity)),
  );
  const after = outcomes.map(({ candidate: { size, equity }, closed, taken: lost }, index) =>
    isZero(closed) && isZero(lost)
      ? before[index]!
      : keyed(exactLeverage(market, sub(size, closed), sub(equity, lost))),
  );
  return {
    budget,
    overshoot: max(sub(taken, budget), ZERO_MONEY),
    profitHaircutMax: haircuts.reduce((a, b) => (gt(b, a) ? b : a), ZERO_RATIO),
    profitHaircutGini: giniCoefficient(haircuts),
    orderInversions: orderInversions(before, after),
    leverageMaxBefore: largest(before),
    leverageMaxAfter: largest(after),
  };
}

function largest(leverages: readonly KeyedQuotient[]): Ratio | null {
  const zero: KeyedQuotient = keyed({ numerator: 0n, denominator: 1n });
  return quotientUp(leverages.reduce((a, b) => (cmpKeyed(b, a) > 0 ? b : a), zero));
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
  const ascending = [...values].sort((a, b) => cmp(a, b));
  const n = BigInt(ascending.length);
  let weighted = 0n;
  let total = 0n;
  let rank = 0n;
  for (const value of ascending) {
    rank += 1n;
    weighted += (rank + rank - n - 1n) * rawOf(value);
    total += rawOf(value);
  }
  if (total === 0n) return ZERO_RATIO;
  return fromRaw<Ratio>(divideDown(weighted * rawOf(ONE_RATIO), n * total));
}

/** Pairs with before_i < before_j and after_i > after_j. */
function orderInversions(
  before: readonly KeyedQuotient[],
  after: readonly KeyedQuotient[],
): number {
  const ranks = ranksOf(after);
  const order = ascendingOrder(before, (a, b) => ranks[a]! - ranks[b]!);
  // A binary indexed tree over the ranks met so far: how many lie at or below a rank.
  const tree = new Int32Array(order.length + 1);
  let inversions = 0;
  for (const [met, index] of order.entries()) {
    const rank = ranks[index]!;
    let atMost = 0;
    for (let at = rank; at > 0; at -= at & -at) atMost += tree[at]!;
    inversions += met - atMost;
    for (let at = rank; at < tree.length; at += at & -at) tree[at]! += 1;
  }
  return inversions;
}

/** Rank of each leverage from 1, the lowest first; the same for equal ones. */
function ranksOf(leverages: readonly KeyedQuotient[]): Int32Array {
  const ranks = new Int32Array(leverages.length);
  let rank = 0;
  let last: KeyedQuotient | null = null;
  for (const [at, index] of ascendingOrder(leverages).entries()) {
    const leverage = leverages[index]!;
    if (last === null || cmpKeyed(last, leverage) < 0) rank = at + 1;
    ranks[index] = rank;
    last = leverage;
  }
  return ranks;
}
