/**
 * Medians that no minority can move beyond the honest values.
 * @module
 */
import {
  add,
  assert,
  clamp,
  cmp,
  gt,
  isNegative,
  meanDown,
  type Ratio,
  sub,
  type Wad,
  ZERO_RATIO,
} from '../units/index.ts';

/** A value and how much it counts. */
export type WeightedValue<U extends Wad> = {
  readonly value: U;
  /** ≥ 0; a value of weight zero does not count. */
  readonly weight: Ratio;
};

/** The two values between which the median lies; equal unless a value carries exactly half. */
export type MedianNeighbors<U extends Wad> = { readonly lower: U; readonly upper: U };

/**
 * The values on either side of the middle of the weight, or null when there is no weight.
 *
 *     upper = smallest value whose cumulative weight exceeds half
 *     lower = smallest value whose cumulative weight reaches half
 *
 * Kept apart from their mean so that decisions against the median can be made exactly.
 *
 * Units     any dimension, kept
 * Rounding  None: the weight of a side is compared with the weight that remains.
 * Asserts   weights ≥ 0
 * Source    Plimsoll
 */
export function medianNeighbors<U extends Wad>(
  values: readonly WeightedValue<U>[],
): MedianNeighbors<U> | null {
  let remaining = ZERO_RATIO;
  for (const { weight } of values) {
    assert(!isNegative(weight), 'MEDIAN_WEIGHT', 'expected a weight of at least 0');
    remaining = add(remaining, weight);
  }
  const rising = values.toSorted((a, b) => cmp(a.value, b.value));
  let cumulative = ZERO_RATIO;
  let lower: U | null = null;
  for (const { value, weight } of rising) {
    cumulative = add(cumulative, weight);
    remaining = sub(remaining, weight);
    const half = cmp(cumulative, remaining);
    if (half >= 0 && lower === null) lower = value;
    if (half > 0 && lower !== null) return { lower, upper: value };
  }
  return null;
}

/**
 * Weighted median, or null when there is no weight.
 *
 * The smallest value whose cumulative weight exceeds half; where a value carries exactly half,
 * the mean of it and the next.
 *
 * Units     any dimension, kept
 * Rounding  Down, and only for that mean: the result lies between its two neighbors, so it
 *           never leaves the range of the values.
 * Asserts   weights ≥ 0
 * Source    Plimsoll
 */
export function weightedMedian<U extends Wad>(values: readonly WeightedValue<U>[]): U | null {
  const neighbors = medianNeighbors(values);
  return neighbors === null ? null : meanDown(neighbors.lower, neighbors.upper);
}

/**
 * The middle one of three values.
 *
 * Units     any dimension, kept
 * Rounding  None: the result is one of the three.
 * Source    Plimsoll
 */
export function medianOfThree<U extends Wad>(values: readonly [U, NoInfer<U>, NoInfer<U>]): U {
  const [a, b, c] = values;
  return gt(a, b) ? clamp(c, b, a) : clamp(c, a, b);
}
