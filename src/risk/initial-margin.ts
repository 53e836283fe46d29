/**
 * What an account must hold to increase its risk: a fraction of notional, optionally raised as
 * the open interest of the whole market grows.
 * @module
 */
import {
  add,
  assert,
  clamp,
  gt,
  gte,
  isZero,
  lt,
  lte,
  type Money,
  max,
  mulUp,
  ONE_RATIO,
  portionUp,
  type Ratio,
  sub,
  ZERO_RATIO,
} from '../units/index.ts';

export type ScaledInitialMarginFractionInput = {
  /** Fraction of a market with little open interest, in [0, 1]. */
  readonly initialMarginFraction: Ratio;
  readonly openInterestNotional: Money;
  /** Open interest from which the fraction rises. Both bounds zero: scaling is off. */
  readonly openInterestLower: Money;
  /** Open interest at which the fraction reaches one. */
  readonly openInterestUpper: Money;
};

/**
 * Initial margin fraction after scaling by open interest.
 *
 *     ι = ι₀ + clamp((OI − lower) / (upper − lower), 0, 1) · (1 − ι₀)
 *
 * Only the initial margin is scaled: growth of other accounts' positions may stop an account
 * from adding risk, but never liquidates it.
 *
 * Units     Ratio, Money ÷ Money → Ratio
 * Rounding  Up, once: the claim is never understated.
 * Asserts   0 ≤ ι₀ ≤ 1 · lower < upper, or both zero
 * Source    Plimsoll, after the open-interest scaling of dYdX v4 perpetuals
 */
export function scaledInitialMarginFraction({
  initialMarginFraction,
  openInterestNotional,
  openInterestLower,
  openInterestUpper,
}: ScaledInitialMarginFractionInput): Ratio {
  assert(
    gte(initialMarginFraction, ZERO_RATIO) && lte(initialMarginFraction, ONE_RATIO),
    'INITIAL_MARGIN_FRACTION',
    'expected a fraction in [0, 1]',
  );
  if (isZero(openInterestLower) && isZero(openInterestUpper)) return initialMarginFraction;
  assert(
    gt(openInterestUpper, openInterestLower),
    'OPEN_INTEREST_BOUNDS',
    'expected the upper bound above the lower one, or both zero',
  );
  if (lt(openInterestNotional, openInterestLower)) return initialMarginFraction;
  const span = sub(openInterestUpper, openInterestLower);
  const above = sub(
    clamp(openInterestNotional, openInterestLower, openInterestUpper),
    openInterestLower,
  );
  const headroom = sub(ONE_RATIO, initialMarginFraction);
  return add(initialMarginFraction, portionUp(headroom, above, span));
}

export type InitialMarginInput = {
  readonly notional: Money;
  /** Already scaled by open interest. */
  readonly initialMarginFraction: Ratio;
  /** Of the same position. */
  readonly maintenanceMargin: Money;
};

/**
 * Initial margin of one position: never below its maintenance margin, so an account that may
 * add risk is healthy whatever its tier.
 *
 *     initialMargin = max(⌈N · ι⌉, maintenanceMargin)
 *
 * Units     Money × Ratio → Money, ≥ 0
 * Rounding  Up: the claim is never understated.
 * Source    Plimsoll
 */
export function initialMargin({
  notional,
  initialMarginFraction,
  maintenanceMargin,
}: InitialMarginInput): Money {
  return max(mulUp(notional, initialMarginFraction), maintenanceMargin);
}
