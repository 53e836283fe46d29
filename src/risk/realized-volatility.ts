/**
 * Realized volatility: how far a price has moved lately, from one observation to the next,
 * brought to the length of a day. Squares are averaged, so that ups and downs count alike.
 * @module
 */
import {
  assert,
  type DurationMs,
  divideDown,
  EXACT_PER_RAW,
  fromRaw,
  isPositive,
  mulUp,
  type Price,
  portionUp,
  type Ratio,
  ratio,
  rawOf,
  sqrtUp,
} from '../units/index.ts';

const DAY_MS = BigInt(86_400_000);

/**
 * Most that one sample of variance counts: that of a price which moves a thousandfold in a day.
 *
 * Units     Ratio, per day
 * Rounding  None.
 * Source    Plimsoll
 */
export const VARIANCE_SAMPLE_MAX: Ratio = ratio('1000000');

export type VarianceSampleInput = {
  /** > 0 */
  readonly before: Price;
  /** > 0 */
  readonly after: Price;
  /** > 0 */
  readonly elapsedMs: DurationMs;
};

/**
 * Variance per day that one move of a price shows: (d / before)² · day / Δt.
 *
 * Units     Price, ms → Ratio, per day
 * Rounding  Down, once; at most `VARIANCE_SAMPLE_MAX`.
 * Asserts   prices > 0 · Δt > 0
 * Source    Realized variance of simple returns; the cap is Plimsoll's
 */
export function varianceSample({ before, after, elapsedMs }: VarianceSampleInput): Ratio {
  const positive = isPositive(before) && isPositive(after);
  assert(positive, 'VARIANCE_SAMPLE', 'a price was not positive');
  assert(elapsedMs > 0, 'VARIANCE_SAMPLE', 'no time has passed');
  const move = rawOf(after) - rawOf(before);
  const base = rawOf(before);
  const sample = divideDown(move * move * DAY_MS * EXACT_PER_RAW, base * base * BigInt(elapsedMs));
  const most = rawOf(VARIANCE_SAMPLE_MAX);
  return fromRaw<Ratio>(sample < most ? sample : most);
}

/**
 * Volatility per day for a variance per day: its root.
 *
 * Units     Ratio, per day → Ratio, per root of a day
 * Rounding  Up: danger is not understated.
 * Source    Plimsoll
 */
export const volatilityUp = (variance: Ratio): Ratio => sqrtUp(variance);

export type VolatilityOverInput = {
  /** Per day, ≥ 0. */
  readonly volatility: Ratio;
  /** ≥ 0 */
  readonly elapsedMs: DurationMs;
};

/**
 * Volatility over a length of time: σ · √(Δt / day).
 *
 * Units     Ratio, ms → Ratio
 * Rounding  Up at each step: a move is called unusual only if it is.
 * Source    The square-root-of-time rule
 */
export function volatilityOver({ volatility, elapsedMs }: VolatilityOverInput): Ratio {
  const days = portionUp(ratio('1'), fromRaw<Ratio>(BigInt(elapsedMs)), fromRaw<Ratio>(DAY_MS));
  return mulUp(volatility, sqrtUp(days));
}
