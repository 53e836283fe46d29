/**
 * How much of a market may be closed out at once, so that liquidations do not become the price:
 * what a window of time takes in, what may be in liquidation together, and how much of a position
 * is closed while its liquidation is young.
 * @module
 */
import {
  add,
  assert,
  type DurationMs,
  divideDown,
  EXACT_PER_RAW,
  fromRaw,
  isNegative,
  lte,
  type Money,
  max,
  min,
  mulDown,
  ONE_RATIO,
  type Ratio,
  rawOf,
  type Size,
  sub,
  ZERO_MONEY,
} from '../units/index.ts';

export type ThrottleInput = {
  /** What is to be closed, ≥ 0. */
  readonly notional: Money;
  /** Rolling window of the market; absent or null: no bound. */
  readonly window?: {
    /** Notional of the window's capacity at the mark, ≥ 0. */
    readonly capacity: Money;
    /** Notional closed out in the window so far, ≥ 0. */
    readonly used: Money;
  } | null;
  /** Bound on what is in liquidation together; absent or null: none. */
  readonly cap?: {
    /** ≥ 0. */
    readonly limit: Money;
    /** ≥ 0. */
    readonly inLiquidation: Money;
  } | null;
  /** Share of the notional that may be closed by now, in [0, 1]; absent or null: all of it. */
  readonly ramp?: Ratio | null;
  /** Up to here the ramp does not apply, ≥ 0. */
  readonly smallNotional?: Money;
};

/** What may be closed, and each bound on it; null where it does not apply. */
export type Throttle = {
  readonly closableNotional: Money;
  readonly byWindow: Money | null;
  readonly byCap: Money | null;
  readonly byRamp: Money | null;
};

/**
 * Notional that may be closed now.
 *
 *     byWindow = max(0, capacity − used)
 *     byCap    = max(0, limit − inLiquidation)
 *     byRamp   = ramp · notional, where notional > smallNotional
 *     closableNotional = min(notional, byWindow, byCap, byRamp)
 *
 * Units     Money × Ratio → Money, in [0, notional]
 * Rounding  Down: no bound is ever exceeded.
 * Asserts   every amount ≥ 0 · 0 ≤ ramp ≤ 1
 * Source    Synthetix v3 (window), MakerDAO (cap on what is in auction), Drift v2 (ramp)
 */
export function throttle({
  notional,
  window = null,
  cap = null,
  ramp: share = null,
  smallNotional = ZERO_MONEY,
}: ThrottleInput): Throttle {
  const { capacity, used } = window ?? { capacity: ZERO_MONEY, used: ZERO_MONEY };
  const { limit, inLiquidation } = cap ?? { limit: ZERO_MONEY, inLiquidation: ZERO_MONEY };
  for (const each of [notional, capacity, used, limit, inLiquidation, smallNotional]) {
    assert(!isNegative(each), 'THROTTLE', 'expected amounts of at least 0');
  }
  assert(
    share === null || (!isNegative(share) && lte(share, ONE_RATIO)),
    'THROTTLE',
    'expected a ramp in [0, 1]',
  );
  const byWindow = window === null ? null : max(sub(capacity, used), ZERO_MONEY);
  const byCap = cap === null ? null : max(sub(limit, inLiquidation), ZERO_MONEY);
  const isSmall = lte(notional, smallNotional);
  const byRamp = share === null || isSmall ? null : mulDown(notional, share);
  const closableNotional = [byWindow, byCap, byRamp].reduce<Money>(
    (least, bound) => (bound === null ? least : min(least, bound)),
    notional,
  );
  return { closableNotional, byWindow, byCap, byRamp };
}

export type WindowCapacityInput = {
  /** May be negative, a rebate; the two together ≥ 0. */
  readonly makerFee: Ratio;
  readonly takerFee: Ratio;
  /** Skew of the market at which its premium is one, ≥ 0. */
  readonly skewScale: Size;
  /** Per second, ≥ 0. */
  readonly multiplier: Ratio;
  readonly windowMs: DurationMs;
};

const MS_PER_SECOND = BigInt(1000);

/**
 * Size that a market takes in per window: where closing moves the premium by no more than the
 * fees, each second.
 *
 *     capacity = (makerFee + takerFee) · skewScale · multiplier · window in seconds
 *
 * Units     Ratio × Size × Ratio × ms → Size, ≥ 0
 * Rounding  Down, once, on the exact product.
 * Asserts   makerFee + takerFee ≥ 0 · skewScale, multiplier ≥ 0
 * Source    Synthetix v3, maxLiquidationAmountInWindow
 */
export function windowCapacity({
  makerFee,
  takerFee,
  skewScale,
  multiplier,
  windowMs,
}: WindowCapacityInput): Size {
  const fees = add(makerFee, takerFee);
  assert(
    !isNegative(fees) && !isNegative(skewScale) && !isNegative(multiplier),
    'WINDOW_CAPACITY',
    'expected fees, skew scale and multiplier of at least 0',
  );
  const product = rawOf(fees) * rawOf(skewScale) * rawOf(multiplier) * BigInt(windowMs);
  const scale = EXACT_PER_RAW * EXACT_PER_RAW * MS_PER_SECOND;
  return fromRaw<Size>(divideDown(product, scale));
}

export type RampInput = {
  /** Since the liquidation started. */
  readonly elapsedMs: DurationMs;
  /** Until everything may be closed; 0: at once. */
  readonly durationMs: DurationMs;
  /** Share that may be closed at the start, in [0, 1]. */
  readonly initialFraction: Ratio;
};

/**
 * Share of a position that may be closed by now.
 *
 *     min(1, elapsed / duration + initialFraction)
 *
 * Units     ms ÷ ms, Ratio → Ratio, in [0, 1]
 * Rounding  Down: never ahead of time.
 * Asserts   0 ≤ initialFraction ≤ 1
 * Source    Drift v2, calculate_max_pct_to_liquidate
 */
export function ramp({ elapsedMs, durationMs, initialFraction }: RampInput): Ratio {
  assert(
    !isNegative(initialFraction) && lte(initialFraction, ONE_RATIO),
    'RAMP',
    'expected an initial fraction in [0, 1]',
  );
  if (elapsedMs >= durationMs) return ONE_RATIO;
  const share = divideDown(BigInt(elapsedMs) * EXACT_PER_RAW, BigInt(durationMs));
  return min(add(fromRaw<Ratio>(share), initialFraction), ONE_RATIO);
}
