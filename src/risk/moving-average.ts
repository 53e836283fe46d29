/**
 * Exponential moving average of a value that is observed at irregular intervals. One long gap
 * cannot hand the whole average to the next sample: its weight is capped.
 * @module
 */
import {
  add,
  assert,
  type DurationMs,
  type EngineTimeMs,
  EXACT_PER_RAW,
  expNegDown,
  fromRaw,
  mulDown,
  ONE_RATIO,
  type Price,
  portionDown,
  type Ratio,
  ratioUp,
  sub,
  type Wad,
} from '../units/index.ts';

export type MovingAverage<U extends Wad = Price> = {
  /** Signed: an average basis may be negative. */
  readonly value: U;
  /** Accumulated weight in milliseconds, at full precision: whole milliseconds would drift. */
  readonly weightMs: Ratio;
  /** Time of the latest sample that counted. */
  readonly timeMs: EngineTimeMs;
};

export type MovingAverageSample<U extends Wad = Price> = {
  readonly value: U;
  readonly timeMs: EngineTimeMs;
  readonly timeConstantMs: DurationMs;
  /** Most milliseconds for which one sample counts. */
  readonly gapMsMax: DurationMs;
};

/**
 * The moving average after one more sample.
 *
 *     first sample   v = x,   w = 1 ms
 *     then           Δt' = min(Δt, gapMsMax)
 *                    w ← w · e^(−Δt/τ) + Δt'
 *                    v ← v + (x − v) · Δt' / w
 *
 * A second sample at the same time is ignored.
 *
 * Units     any dimension, kept; ms
 * Rounding  Down: the decay, the weight, and then the step for that weight. As Δt' ≤ w even so,
 *           no step passes its sample: the average stays within the range of the samples.
 * Asserts   time does not run backwards · τ > 0 · gapMsMax > 0
 * Source    Hyperliquid, mark price (the decaying quotient); the cap on a gap is Plimsoll's
 */
export function movingAverageNext<U extends Wad>(
  previous: MovingAverage<U> | null,
  { value, timeMs, timeConstantMs, gapMsMax }: MovingAverageSample<NoInfer<U>>,
): MovingAverage<U> {
  assert(timeConstantMs > 0 && gapMsMax > 0, 'MOVING_AVERAGE', 'expected positive durations');
  if (previous === null) return { value, weightMs: ONE_RATIO, timeMs };
  const elapsed = timeMs - previous.timeMs;
  assert(elapsed >= 0, 'MOVING_AVERAGE', 'expected samples in order of time');
  if (elapsed === 0) return previous;
  const weight = milliseconds(elapsed < gapMsMax ? elapsed : gapMsMax);
  const decay = expNegDown(ratioUp(milliseconds(elapsed), milliseconds(timeConstantMs)));
  const weightMs = add(mulDown(previous.weightMs, decay), weight);
  const step = portionDown(sub(value, previous.value), weight, weightMs);
  return { value: add(previous.value, step), weightMs, timeMs };
}

function milliseconds(whole: number): Ratio {
  return fromRaw<Ratio>(BigInt(whole) * EXACT_PER_RAW);
}
