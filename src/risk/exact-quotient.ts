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
  /** Not above that of a larger quotient. */
  readonly key: number;
};

/** Parts of one that a key counts: 1e36, more than a number can tell apart. */
const KEY_PARTS = rawOf(ONE_RATIO) * rawOf(ONE_RATIO);

/**
 * The same quotient with its key: for lists that are sorted.
 *
 * The key is an integer, a / b · 1e36 without its fraction, converted to a number. Division and
 * conversion round, but neither ever changes an order: of two quotients the larger has the same
 * key or a larger one. So different keys decide, and equal keys are compared exactly (`cmpKeyed`).
 *
 * Units     any
 * Rounding  Of the key alone, and no decision rests on it.
 * Source    Plimsoll
 */
export function keyed({ numerator, denominator }: Quotient): KeyedQuotient {
  return { numerator, denominator, key: Number((numerator * KEY_PARTS) / denominator) };
}

/**
 * The order of two quotients with keys, the same as `cmpQuotient` says.
 *
 * Units     any, the same for both
 * Rounding  None.
 * Source    Plimsoll
 */
export function cmpKeyed(a: KeyedQuotient, b: KeyedQuotient): -1 | 0 | 1 {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : cmpQuotient(a, b);
}

/**
 * Indices of quotients from the lowest to the highest; equal ones by another order, or as they
 * stand.
 *
 * Units     any, the same for all
 * Rounding  None.
 * Cost      O(n log n), with a multiplication only where keys are equal
 * Source    Plimsoll
 */
export function ascendingOrder(
  quotients: readonly KeyedQuotient[],
  tie: (a: number, b: number) => number = (a, b) => a - b,
): Uint32Array {
  const keys = Float64Array.from(quotients, ({ key }) => key);
  const order = Uint32Array.from(quotients, (_, index) => index);
  return order.sort((a, b) => {
    if (keys[a]! !== keys[b]!) return keys[a]! < keys[b]! ? -1 : 1;
    return cmpQuotient(quotients[a]!, quotients[b]!) || tie(a, b);
  });
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
