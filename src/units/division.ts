/**
 * Integer division with a direction. Down is toward −∞ and Up toward +∞ for every sign of the
 * operands (JavaScript's `/` truncates toward zero: −7n / 2n is −3n, divDown gives −4n).
 * One `bigint` division each: the usual quotient-and-remainder form costs twice as much.
 * @module
 */
import { assert } from './assert.ts';

/** ⌊n / d⌋ for any signs; d ≠ 0. */
export function divideDown(n: bigint, d: bigint): bigint {
  assert(d !== 0n, 'DIVISOR', 'divisor was zero');
  if (d < 0n) return divideDown(-n, -d);
  return n >= 0n ? n / d : -((-n + d - 1n) / d);
}

/** ⌈n / d⌉ for any signs; d ≠ 0. */
export function divideUp(n: bigint, d: bigint): bigint {
  assert(d !== 0n, 'DIVISOR', 'divisor was zero');
  if (d < 0n) return divideUp(-n, -d);
  return n > 0n ? (n + d - 1n) / d : -(-n / d);
}
