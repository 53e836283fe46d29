/**
 * Quotients that are compared before they are rounded: rankings, thresholds and levels whose
 * order decides who pays.
 * @module
 */
import {
  divideDown,
  divideUp,
  fromRaw,
  isQuantity,
  ONE_RATIO,
  type Ratio,
  rawOf,
} from '../units/index.ts';

/** numerator / denominator, not reduced; denominator > 0. */
export type Quotient = { readonly numerator: bigint; readonly denominator: bigint };

/**
 * The order of two quotients.
 *
 * Units     any, the same for both
 * Rounding  None: cross-multiplied, because the order decides.
 * Source    Plimsoll
 */
export function cmpQuotient(a: Quotient, b: Quotient): -1 | 0 | 1 {
  const left = a.numerator * b.denominator;
  const right = b.numerator * a.denominator;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A quotient with a key that decides most comparisons without a multiplication. */
export type KeyedQuotient = Quotient & {
  /** The quotient in floating point, as `isClearlyBelow` takes it. */
  readonly key: number;
};

/**
 * A quotient in floating point, as `isClearlyBelow` takes it; not a number where the denominator is
 * beyond the range of numbers: that would make it 0, which is clearly below others.
 *
 * Units     any
 * Rounding  To nearest: it decides nothing by itself.
 * Source    Plimsoll
 */
export function keyOf(numerator: bigint, denominator: bigint): number {
  const below = Number(denominator);
  return Number.isFinite(below) ? Number(numerator) / below : Number.NaN;
}

/**
 * The same quotient with its key: for lists that are sorted.
 *
 * Units     any
 * Rounding  Of the key alone, and no decision rests on it.
 * Source    Plimsoll
 */
export function keyed({ numerator, denominator }: Quotient): KeyedQuotient {
  return { numerator, denominator, key: keyOf(numerator, denominator) };
}

/**
 * A dimensionless quotient for display, or null where it exceeds the range of a quantity.
 *
 * Units     dimensionless → Ratio
 * Rounding  Up: a level or leverage that is shown is never understated.
 * Source    Plimsoll
 */
export function quotientUp({ numerator, denominator }: Quotient): Ratio | null {
  const raw = divideUp(numerator * rawOf(ONE_RATIO), denominator);
  return isQuantity(raw) ? fromRaw<Ratio>(raw) : null;
}

/**
 * A dimensionless quotient for display, or null where it exceeds the range of a quantity.
 *
 * Units     dimensionless → Ratio
 * Rounding  Down: a score that is shown is never overstated.
 * Source    Plimsoll
 */
export function quotientDown({ numerator, denominator }: Quotient): Ratio | null {
  const raw = divideDown(numerator * rawOf(ONE_RATIO), denominator);
  return isQuantity(raw) ? fromRaw<Ratio>(raw) : null;
}
