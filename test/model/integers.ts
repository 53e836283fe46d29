/**
 * Arithmetic of the naive model: plain integers, each division with its direction written out
 * from its definition. Deliberately shares nothing with the library's own number room.
 * @module
 */

/** One, in units of 1e-18. */
export const ONE = 10n ** 18n;

/** Quantities lie strictly between −2^127 and 2^127. */
const LARGEST = 2n ** 127n - 1n;

/** The largest integer at or below n / d. */
export function floorDiv(n: bigint, d: bigint): bigint {
  const towardZero = n / d;
  const exact = towardZero * d === n;
  const negative = n < 0n !== d < 0n;
  return exact || !negative ? towardZero : towardZero - 1n;
}

/** The smallest integer at or above n / d. */
export function ceilDiv(n: bigint, d: bigint): bigint {
  const below = floorDiv(n, d);
  return below * d === n ? below : below + 1n;
}

export const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
export const magnitude = (a: bigint): bigint => (a < 0n ? -a : a);
export const signOf = (a: bigint): bigint => (a < 0n ? -1n : a > 0n ? 1n : 0n);
export const total = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);

/** The integer itself if it can be a quantity, else the largest quantity. */
export const atMostLargest = (a: bigint): bigint => smaller(a, LARGEST);
export const isInRange = (a: bigint): boolean => magnitude(a) <= LARGEST;

/** √x for x ≥ 0 in units of 1e-18, rounded up; found by bisection. */
export function sqrtUp(x: bigint): bigint {
  const square = x * ONE;
  let low = 0n;
  let high = square + 1n;
  while (low < high) {
    const middle = (low + high) / 2n;
    if (middle * middle >= square) high = middle;
    else low = middle + 1n;
  }
  return low;
}

/** e^(−x) for x ≥ 0 in units of 1e-18, rounded down: one over the series of e^x. */
export function expMinusDown(x: bigint): bigint {
  if (x === 0n) return ONE;
  if (x > 42n * ONE) return 0n;
  const precision = 10n ** 60n;
  let term = precision;
  let series = precision;
  for (let n = 1n; term > 0n; n += 1n) {
    term = (term * x) / (n * ONE);
    series += term;
  }
  return (ONE * precision) / series;
}

/** Order of two texts by code unit. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
