/**
 * Integer division with a direction. Down is toward −∞ and Up toward +∞ for every sign of the
 * operands (JavaScript's `/` truncates toward zero: −7n / 2n is −3n, divDown gives −4n).
 * One `bigint` division each: the usual quotient-and-remainder form costs twice as much. Where
 * truncation already goes the right way nothing is added; otherwise the dividend is moved away
 * from zero by the divisor less one, so that truncating it lands on the other whole number.
 * @module
 */
import { assert } from './assert.ts';
import { WAD } from './brand.ts';

/** ⌊n / d⌋ for any signs; d ≠ 0. */
export function divideDown(n: bigint, d: bigint): bigint {
  assert(d !== 0n, 'DIVISOR', 'divisor was zero');
  if (d < 0n) return divideDown(-n, -d);
  return n >= 0n ? n / d : (n - d + 1n) / d;
}

/** ⌈n / d⌉ for any signs; d ≠ 0. */
export function divideUp(n: bigint, d: bigint): bigint {
  assert(d !== 0n, 'DIVISOR', 'divisor was zero');
  if (d < 0n) return divideUp(-n, -d);
  return n > 0n ? (n + d - 1n) / d : n / d;
}

const WAD_LESS_ONE = WAD - 1n;

/** ⌊n / 1e18⌋: the division of every product of two quantities, so its divisor is a constant. */
export const divideByWadDown = (n: bigint): bigint =>
  n >= 0n ? n / WAD : (n - WAD_LESS_ONE) / WAD;

/** ⌈n / 1e18⌉. */
export const divideByWadUp = (n: bigint): bigint => (n > 0n ? (n + WAD_LESS_ONE) / WAD : n / WAD);
