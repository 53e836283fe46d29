/**
 * How fast a mark may move: an optional bound on each decision, which gains time at the price of
 * being late.
 * @module
 */
import {
  abs,
  assert,
  type DurationMs,
  divideDown,
  EXACT_PER_RAW,
  fromRaw,
  isNegative,
  isPositive,
  type Price,
  type Ratio,
  rawOf,
  sub,
} from '../units/index.ts';

export type MarkStepInput = {
  /** The mark as it would be without a bound. */
  readonly mark: Price;
  /** Null: nothing to move from, and no bound. */
  readonly previousMark: Price | null;
  /** Largest move per second, as a fraction of the previous mark. */
  readonly stepPerSecond: Ratio;
  /** Since the previous mark was decided. */
  readonly elapsedMs: DurationMs;
};

const MS_PER_SECOND = BigInt(1000);

/**
 * The mark, moved from the previous one by at most so much for the time that has passed.
 *
 *     |mark' − previous| ≤ ⌊previous · stepPerSecond · elapsedMs / 1000⌋
 *
 * No time passed: no move.
 *
 * Units     Price × Ratio/s × ms → Price
 * Rounding  Toward the previous mark: the bound is never exceeded.
 * Asserts   stepPerSecond > 0 · elapsedMs ≥ 0 · previousMark > 0
 * Source    Plimsoll
 */
export function boundedMark(input: MarkStepInput): Price {
  const { mark, previousMark, stepPerSecond, elapsedMs } = input;
  if (previousMark === null) return mark;
  const sound = isPositive(stepPerSecond) && elapsedMs >= 0 && isPositive(previousMark);
  assert(sound, 'MARK_STEP', 'expected a step, a mark and time that passes');
  const exact = rawOf(previousMark) * rawOf(stepPerSecond) * BigInt(elapsedMs);
  const allowed = divideDown(exact, EXACT_PER_RAW * MS_PER_SECOND);
  const move = sub(mark, previousMark);
  if (rawOf(abs(move)) <= allowed) return mark;
  const moved = isNegative(move) ? -allowed : allowed;
  return fromRaw<Price>(rawOf(previousMark) + moved);
}
