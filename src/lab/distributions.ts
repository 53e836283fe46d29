/** Distributions over a random stream, the same bits on every machine. @module */
import { portableExp, portableLn, portablePower } from './portable-math.ts';
import type { Random } from './random.ts';

/** Standard normal, by Marsaglia's polar method (one of its two deviates). */
export function normal(random: Random): number {
  for (;;) {
    const x = 2 * random.uniform() - 1;
    const y = 2 * random.uniform() - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * portableLn(square)) / square);
  }
}

/** Lognormal with a given median. */
export const lognormal = (random: Random, median: number, deviation: number): number =>
  median * portableExp(deviation * normal(random));

/** Lognormal redrawn until it lies in [low, high], then moved to the nearer end. */
export function lognormalWithin(
  random: Random,
  { median, deviation }: { readonly median: number; readonly deviation: number },
  { low, high }: { readonly low: number; readonly high: number },
): number {
  let value = median;
  for (let draws = 0; draws < 16; draws += 1) {
    value = lognormal(random, median, deviation);
    if (value >= low && value <= high) return value;
  }
  return Math.min(Math.max(value, low), high);
}

/** Pareto with tail exponent α, truncated at a cap. */
export function paretoWithin(
  random: Random,
  { low, high, tail }: { readonly low: number; readonly high: number; readonly tail: number },
): number {
  // Inverse of the truncated distribution: no redraws needed.
  const atCap = portablePower(low / high, tail);
  const u = random.uniform() * (1 - atCap);
  return low / portablePower(1 - u, 1 / tail);
}

/** Index of a weight, drawn with that weight; weights need not sum to one. */
export function weightedIndex(random: Random, weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = random.uniform() * total;
  for (const [at, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return at;
  }
  return weights.length - 1;
}

/** Reorders a list in place (Fisher and Yates). */
export function shuffle<T>(random: Random, items: T[]): T[] {
  for (let at = items.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    const moved = items[at]!;
    items[at] = items[other]!;
    items[other] = moved;
  }
  return items;
}
