/**
 * What an account must hold to keep a position, by notional tier. The requirement is marginal:
 * each tier's fraction applies to the notional above its floor only, so a position that crosses
 * a floor never jumps.
 * @module
 */
import {
  cmp,
  fromRaw,
  isPositive,
  isZero,
  lt,
  type Money,
  ONE_RATIO,
  type Ratio,
  rawOf,
  rawOfExactDown,
  rawOfExactUp,
  ZERO_RATIO,
} from '../units/index.ts';

/** One step of the requirement; tiers are listed by rising floor, the first floor is zero. */
export type MarginTier = {
  /** Notional from which the tier applies, ≥ 0. */
  readonly notionalFloor: Money;
  /** Requirement per unit of notional above the floor, in (0, 1). */
  readonly maintenanceMarginFraction: Ratio;
};

export type MaintenanceMarginInput = {
  readonly tiers: readonly MarginTier[];
  /** Unsigned notional, ≥ 0. */
  readonly notional: Money;
};

export type MaintenanceMarginDetail = {
  readonly maintenanceMargin: Money;
  /** Fraction of the active tier: the last whose floor is at or below the notional. */
  readonly maintenanceMarginFraction: Ratio;
  /** What the lower tiers save against the active fraction on the whole notional. */
  readonly deduction: Money;
};

/**
 * Maintenance margin of one position.
 *
 *     maintenanceMargin = N · μ_i − d_i,   d_i = d_{i−1} + floor_i · (μ_i − μ_{i−1})
 *                       = Σ over tiers with floor_i ≤ N of (N − floor_i) · (μ_i − μ_{i−1})
 *
 * N is the notional, i the active tier, μ its fraction. The second form needs no lookup and
 * shows that the requirement is continuous and convex in N.
 *
 * Shape     tiers as `marginTierProblem` accepts them.
 * Units     Money × Ratio → Money, ≥ 0
 * Rounding  Up, once, on the exact sum: the claim is never understated, and rounding each
 *           tier would let the number of tiers change the requirement.
 * Cost      O(tiers up to the active one), no allocation.
 * Source    Plimsoll; the deduction form is common to exchange margin tables.
 */
export function maintenanceMargin({ tiers, notional }: MaintenanceMarginInput): Money {
  const exactNotional = rawOf(notional);
  let exact = 0n;
  let fractionBelow = 0n;
  for (const tier of tiers) {
    const floor = rawOf(tier.notionalFloor);
    if (floor > exactNotional) break;
    const fraction = rawOf(tier.maintenanceMarginFraction);
    exact += (exactNotional - floor) * (fraction - fractionBelow);
    fractionBelow = fraction;
  }
  return fromRaw<Money>(rawOfExactUp(exact));
}

/**
 * Maintenance margin with the active tier's fraction and deduction, for explanations.
 *
 * Units     Money × Ratio → Money, Ratio, Money
 * Rounding  Margin up as in `maintenanceMargin`; the deduction down, because it is a relief and
 *           must not be overstated. The margin is not derived from the rounded deduction.
 * Source    Plimsoll
 */
export function maintenanceMarginDetail(input: MaintenanceMarginInput): MaintenanceMarginDetail {
  let active = ZERO_RATIO;
  let exactDeduction = 0n;
  for (const tier of input.tiers) {
    if (lt(input.notional, tier.notionalFloor)) break;
    const step = rawOf(tier.maintenanceMarginFraction) - rawOf(active);
    exactDeduction += rawOf(tier.notionalFloor) * step;
    active = tier.maintenanceMarginFraction;
  }
  return {
    maintenanceMargin: maintenanceMargin(input),
    maintenanceMarginFraction: active,
    deduction: fromRaw<Money>(rawOfExactDown(exactDeduction)),
  };
}

/**
 * What is wrong with a table of tiers, or null when nothing is: at least one tier, the first
 * floor zero, floors strictly increasing, fractions in (0, 1) and non-decreasing.
 *
 * Units     Money and Ratio are only compared.
 * Rounding  None.
 * Source    Plimsoll
 */
export function marginTierProblem(tiers: readonly MarginTier[]): string | null {
  const first = tiers[0];
  if (first === undefined) return 'expected at least one margin tier, there was none';
  if (!isZero(first.notionalFloor)) return 'expected the first notional floor to be 0';
  let previous: MarginTier | null = null;
  for (const [index, tier] of tiers.entries()) {
    const fraction = tier.maintenanceMarginFraction;
    if (!isPositive(fraction) || !lt(fraction, ONE_RATIO)) {
      return `expected the fraction of tier ${index} to lie strictly between 0 and 1`;
    }
    if (previous !== null && cmp(tier.notionalFloor, previous.notionalFloor) <= 0) {
      return `expected the notional floor of tier ${index} to be above that of tier ${index - 1}`;
    }
    if (previous !== null && lt(fraction, previous.maintenanceMarginFraction)) {
      return `expected the fraction of tier ${index} to be at least that of tier ${index - 1}`;
    }
    previous = tier;
  }
  return null;
}
