/**
 * Whether closing so much of every leg restores an account, and what a leg contributes to that.
 * @module
 */
import {
  add,
  EXACT_PER_RAW,
  type Money,
  type Ratio,
  rawOf,
  sub,
  ZERO_MONEY,
} from '../units/index.ts';
import { closeOutCost, marginLeft, type PreparedLeg } from './close-out-leg.ts';

/** Lots to close, leg by leg. */
export type LotVector = readonly bigint[];

export type CloseOutAccount = {
  readonly legs: readonly PreparedLeg[];
  /** Collateral after haircuts, signed. */
  readonly marginEquity: Money;
  /** Margin equity to reach per unit of maintenance margin: the release ratio. */
  readonly targetRatio: Ratio;
};

/**
 * Whether a vector of closes reaches the target:
 *
 *     E − Σ cost(x) ≥ κ · Σ MM(left(x))
 *
 * Units     Money and Ratio are only compared.
 * Rounding  Costs and requirements are rounded up; the inequality itself is exact.
 */
export function restores(account: CloseOutAccount, vector: LotVector): boolean {
  let cost = ZERO_MONEY;
  let left = ZERO_MONEY;
  account.legs.forEach((leg, at) => {
    cost = add(cost, closeOutCost(leg, vector[at]!));
    left = add(left, marginLeft(leg, vector[at]!));
  });
  const held = rawOf(sub(account.marginEquity, cost)) * EXACT_PER_RAW;
  return held >= rawOf(account.targetRatio) * rawOf(left);
}

/**
 * What closing so many lots of one leg adds to the surplus over the target, in units of 1e-36:
 * κ · (M − MM(left)) − cost.
 *
 * Units     Ratio × Money, exact
 * Rounding  None beyond those of cost and requirement.
 */
export function closeOutGain(account: CloseOutAccount, leg: PreparedLeg, lots: bigint): bigint {
  const released = sub(leg.maintenanceMargin, marginLeft(leg, lots));
  const gain = rawOf(account.targetRatio) * rawOf(released);
  return gain - rawOf(closeOutCost(leg, lots)) * EXACT_PER_RAW;
}

/**
 * The least value above `low` and up to `high` that satisfies a condition, by bisection: `low`
 * is known to fail, `high` to satisfy. Where the condition is not monotone (roundings of a unit)
 * the answer still satisfies and its predecessor fails.
 */
export function leastSatisfying(
  low: bigint,
  high: bigint,
  satisfies: (value: bigint) => boolean,
): bigint {
  let fails = low;
  let holds = high;
  while (holds - fails > 1n) {
    const middle = (fails + holds) >> 1n;
    if (satisfies(middle)) holds = middle;
    else fails = middle;
  }
  return holds;
}

/** The vector with one entry replaced. */
export const withLots = (vector: LotVector, at: number, lots: bigint): bigint[] =>
  vector.map((value, index) => (index === at ? lots : value));

/** Leg by leg, takes back the lots without which the account is restored all the same. */
export function trimmed(account: CloseOutAccount, vector: LotVector): bigint[] {
  let kept = [...vector];
  kept.forEach((lots, at) => {
    if (lots === 0n || !restores(account, withLots(kept, at, lots - 1n))) return;
    const least = leastSatisfying(-1n, lots - 1n, (fewer) =>
      restores(account, withLots(kept, at, fewer)),
    );
    kept = withLots(kept, at, least);
  });
  return kept;
}
