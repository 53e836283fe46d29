/**
 * The least close-outs that restore, found by bisection. See docs/spec/close-outs.md, section
 * "The plan".
 * @module
 */
import type { Restores } from './draft.ts';
import { ceilDiv, larger, magnitude } from './integers.ts';

/** Narrows down to neighbours, the lower of which fails and the higher of which holds. */
export function least(low: bigint, high: bigint, holds: (value: bigint) => boolean): bigint {
  let [failing, holding] = [low, high];
  while (holding - failing > 1n) {
    const middle = (failing + holding) / 2n;
    if (holds(middle)) holding = middle;
    else failing = middle;
  }
  return holding;
}

const withLots = (closes: readonly bigint[], at: number, lots: bigint): bigint[] =>
  closes.map((value, other) => (other === at ? lots : value));

/** Goes from a vector that fails to one that restores leg by leg, the last one only so far. */
export function completed(
  low: readonly bigint[],
  high: readonly bigint[],
  restores: Restores,
): readonly bigint[] {
  let closes = low;
  for (const [at, lots] of high.entries()) {
    const few = low[at]!;
    const more = withLots(closes, at, lots);
    if (lots === few) continue;
    if (!restores(more)) {
      closes = more;
      continue;
    }
    if (lots < few) return more;
    const before = closes;
    return withLots(
      closes,
      at,
      least(few, lots, (value) => restores(withLots(before, at, value))),
    );
  }
  return closes;
}

/** Goes from a vector that fails to one that restores with all legs at once. */
export function completedTogether(
  low: readonly bigint[],
  high: readonly bigint[],
  restores: Restores,
): readonly bigint[] {
  const steps = low.map((lots, at) => magnitude(high[at]! - lots)).reduce(larger);
  if (steps === 0n) return high;
  const reached = (step: bigint): bigint[] =>
    low.map((lots, at) => lots + ceilDiv((high[at]! - lots) * step, steps));
  return reached(least(0n, steps, (step) => restores(reached(step))));
}

/** Leg by leg the least that still restores with the others as they are. */
export function trimmed(closes: readonly bigint[], restores: Restores): readonly bigint[] {
  let now = closes;
  for (const [at, lots] of closes.entries()) {
    const others = now;
    const holds = (value: bigint): boolean => restores(withLots(others, at, value));
    if (lots === 0n || !holds(lots - 1n)) continue;
    now = withLots(others, at, least(-1n, lots - 1n, holds));
  }
  return now;
}
