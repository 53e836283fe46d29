/**
 * Averages that forget: of a basis, a book, a depth, a variance. See docs/spec/engine.md, section
 * "Prices".
 * @module
 */
import { ceilDiv, expMinusDown, floorDiv, ONE } from './integers.ts';
import type { Average } from './ledger.ts';

/** The average after one more sample; the first sample is the average. */
export function nextAverage(
  before: Average | null,
  sample: { value: bigint; timeMs: number; timeConstantMs: number; gapMsMax: number },
): Average {
  const { value, timeMs, timeConstantMs, gapMsMax } = sample;
  if (before === null) return { value, weightMs: ONE, timeMs };
  const elapsed = timeMs - before.timeMs;
  if (elapsed === 0) return before;
  const added = BigInt(Math.min(elapsed, gapMsMax)) * ONE;
  const age = ceilDiv(BigInt(elapsed) * ONE, BigInt(timeConstantMs));
  const weightMs = floorDiv(before.weightMs * expMinusDown(age), ONE) + added;
  const step = floorDiv((value - before.value) * added, weightMs);
  return { value: before.value + step, weightMs, timeMs };
}
