/**
 * The stable price: a slow average of a market's mark. What a price has only just become is not
 * yet what it is worth.
 * @module
 */
import {
  type DurationMs,
  type EngineTimeMs,
  EXACT_PER_RAW,
  fromRaw,
  type Price,
  type Ratio,
} from '../units/index.ts';
import { type MovingAverage, movingAverageNext } from './moving-average.ts';

export type StablePriceInput = {
  /** Null: there is none yet. */
  readonly previous: MovingAverage | null;
  /** The mark that was live since the average last moved; null where it was not live. */
  readonly heldMark: Price | null;
  /** The mark that is decided now. */
  readonly mark: Price;
  readonly timeMs: EngineTimeMs;
  readonly timeConstantMs: DurationMs;
};

/**
 * The stable price when a live mark is decided.
 *
 *     first          v = the mark that was held, else the one decided; w = τ
 *     then           one step of the moving average toward the mark that was held, Δt' ≤ τ
 *     none was held  v and w stay, and the time that passed counts for nothing
 *
 * The sample is the mark that stood while the time passed, never the one decided at its end: a
 * jump after a quiet hour would else count as if it had lasted for that hour. For the same reason
 * the first weight is that of an average which is old already: a young one would follow at once.
 *
 * Units     Price, ms
 * Rounding  As the moving average: it stays within the range of the marks.
 * Asserts   time does not run backwards · τ > 0
 * Source    Plimsoll
 */
export function stablePriceNext(input: StablePriceInput): MovingAverage {
  const { previous, heldMark, mark, timeMs, timeConstantMs } = input;
  if (previous === null) {
    return { value: heldMark ?? mark, weightMs: settledWeight(timeConstantMs), timeMs };
  }
  if (heldMark === null) return previous.timeMs === timeMs ? previous : { ...previous, timeMs };
  const sample = { value: heldMark, timeMs, timeConstantMs, gapMsMax: timeConstantMs };
  return movingAverageNext(previous, sample);
}

/**
 * Weight of an average that has run for much longer than its time constant.
 *
 * Units     ms → ms, as a Ratio
 * Rounding  None.
 * Source    Plimsoll
 */
export function settledWeight(timeConstantMs: DurationMs): Ratio {
  return fromRaw<Ratio>(BigInt(timeConstantMs) * EXACT_PER_RAW);
}
