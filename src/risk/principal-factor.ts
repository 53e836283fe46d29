/**
 * What moves all markets at once: the direction in which prices vary most together, with its
 * strength. It turns the positions of an account into one number, in which a hedge counts as one.
 * @module
 */
import {
  assert,
  divideDown,
  integerSqrtDown,
  nearestQuantity,
  ONE_RATIO,
  type Price,
  rawOf,
  type Size,
  type Wad,
} from '../units/index.ts';

/** Covariance of price changes, Price², symmetric; row and column by market. */
export type Covariance = readonly (readonly Wad[])[];

/** Binary digits after the point while iterating. */
const BITS = BigInt(192);
const FINER = BigInt(64);
const TWO = BigInt(2);
/** λ₂/λ₁ to the power 2^48 is nothing, unless the two differ by less than 1e-13. */
const SQUARINGS_MAX = 48;

type Matrix = readonly (readonly bigint[])[];

const traceOf = (matrix: Matrix): bigint => matrix.reduce((sum, row, at) => sum + row[at]!, 0n);

/** The square of a symmetric matrix, scaled to trace one. */
function squared(matrix: Matrix): Matrix {
  const product = matrix.map((row) =>
    matrix.map((other) => row.reduce((sum, value, at) => sum + value * other[at]!, 0n) >> BITS),
  );
  return scaled(product);
}

function scaled(matrix: Matrix): Matrix {
  const trace = traceOf(matrix);
  return matrix.map((row) => row.map((value) => divideDown(value << BITS, trace)));
}

/**
 * Loadings of the factor that explains most of the variance; null where there is none.
 *
 *     v = √λ₁ · u₁,   λ₁ and u₁ the largest eigenvalue of the covariance and its unit vector
 *
 * v[m] is what one standard deviation of the factor moves the price of market m by, so that v · q
 * is what it moves an account of positions q by. Found by squaring the matrix: the power that is
 * iterated doubles each time. Where two eigenvalues are equal, the vector nearest to the market
 * of the largest part is taken, the first of equals. The vector's sign is such that its largest
 * entry, the first of equals, is positive. Null where nothing varies or the matrix is no
 * covariance (its largest eigenvalue is negative).
 *
 * Units     Price² → Price
 * Rounding  To nearest, once, from 192 binary digits: a loading weighs one account as the other.
 *           A result beyond the range of a quantity is the largest quantity.
 * Asserts   square, symmetric, at most 32 markets
 * Cost      O(n³)
 * Source    Principal component analysis (Hotelling 1933), power iteration by squaring
 */
export function principalFactor(covariance: Covariance): readonly Price[] | null {
  assertCovariance(covariance);
  const exact: Matrix = covariance.map((row) => row.map(rawOf));
  if (traceOf(exact) <= 0n) return null;
  let power = scaled(exact);
  for (let squaring = 0; squaring < SQUARINGS_MAX; squaring += 1) {
    const next = squared(power);
    const settled = next.every((row, i) => row.every((value, j) => value === power[i]![j]));
    power = next;
    if (settled) break;
  }
  const largest = power.reduce((best, row, at) => (row[at]! > power[best]![best]! ? at : best), 0);
  const column = power[largest]!;
  const length = column.reduce((sum, value) => sum + value * value, 0n);
  const strength = column.reduce(
    (sum, value, i) => sum + value * column.reduce((t, other, j) => t + other * exact[i]![j]!, 0n),
    0n,
  );
  if (strength <= 0n) return null;
  const root = integerSqrtDown((strength * rawOf(ONE_RATIO)) << (FINER * TWO));
  const whole = length << FINER;
  return column.map((value) =>
    nearestQuantity<Price>(divideDown(TWO * value * root + whole, TWO * whole)),
  );
}

const MARKETS_MAX = 32;

function assertCovariance(covariance: Covariance): void {
  const n = covariance.length;
  assert(n <= MARKETS_MAX, 'COVARIANCE', `expected at most ${MARKETS_MAX} markets, was ${n}`);
  for (const [i, row] of covariance.entries()) {
    assert(row.length === n, 'COVARIANCE', `expected ${n} columns in row ${i}`);
    const symmetric = row.every((value, j) => rawOf(value) === rawOf(covariance[j]![i]!));
    assert(symmetric, 'COVARIANCE', `expected row ${i} to equal column ${i}`);
  }
}

/**
 * What one standard deviation of the factor moves a list of positions by.
 *
 *     v · q
 *
 * Units     Price, Size → money in units of 1e-36, signed
 * Rounding  None: it decides who is deleveraged first.
 * Source    Plimsoll
 */
export function factorExposure(
  positions: readonly { readonly loading: Price; readonly size: Size }[],
): bigint {
  return positions.reduce((sum, { loading, size }) => sum + rawOf(loading) * rawOf(size), 0n);
}
