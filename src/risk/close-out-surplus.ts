/**
 * Whether closing so much of every leg restores an account, and what a leg contributes to that.
 * @module
 */
import { EXACT_PER_RAW, type Money, type Ratio, rawOf, sub } from '../units/index.ts';
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
export const restores = (account: CloseOutAccount, vector: LotVector): boolean =>
  reaches(account, worthOf(account.legs, vector, null));

/** Costs and what is left of the requirement, in raw units. */
type Worth = { readonly cost: bigint; readonly left: bigint };

function worthOf(legs: readonly PreparedLeg[], vector: LotVector, except: number | null): Worth {
  let cost = 0n;
  let left = 0n;
  for (const [at, leg] of legs.entries()) {
    if (at === except) continue;
    cost += rawOf(closeOutCost(leg, vector[at]!));
    left += rawOf(marginLeft(leg, vector[at]!));
  }
  return { cost, left };
}

const reaches = ({ marginEquity, targetRatio }: CloseOutAccount, { cost, left }: Worth): boolean =>
  (rawOf(marginEquity) - cost) * EXACT_PER_RAW >= rawOf(targetRatio) * left;

/**
 * The question of `restores` for a vector of which one entry is asked about many times.
 *
 * Units     lots → yes or no
 * Rounding  As in `restores`.
 */
export function restoresAt(
  account: CloseOutAccount,
  vector: LotVector,
  at: number,
): (lots: bigint) => boolean {
  const leg = account.legs[at]!;
  const others = worthOf(account.legs, vector, at);
  return (lots) =>
    reaches(account, {
      cost: others.cost + rawOf(closeOutCost(leg, lots)),
      left: others.left + rawOf(marginLeft(leg, lots)),
    });
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
 *
 * Units     any
 * Rounding  None.
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

/**
 * The vector with one entry replaced.
 *
 * Units     lots
 * Rounding  None.
 */
export const withLots = (vector: LotVector, at: number, lots: bigint): bigint[] =>
  vector.map((value, index) => (index === at ? lots : value));

/**
 * The vector without the lots that are not needed: leg by leg, those without which the account
 * is restored all the same.
 *
 * Units     lots → lots
 * Rounding  None.
 * @param stands what else a vector with less must be, beside restoring
 */
export function trimmed(
  account: CloseOutAccount,
  vector: LotVector,
  stands: (vector: LotVector) => boolean = () => true,
): bigint[] {
  let kept = [...vector];
  for (const [at, lots] of vector.entries()) {
    if (lots === 0n) continue;
    const enough = restoresAt(account, kept, at);
    const accepts = (fewer: bigint): boolean => enough(fewer) && stands(withLots(kept, at, fewer));
    if (accepts(lots - 1n)) kept = withLots(kept, at, leastSatisfying(-1n, lots - 1n, accepts));
  }
  return kept;
}
