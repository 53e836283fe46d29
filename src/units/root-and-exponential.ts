/**
 * Fixed-point square root and decaying exponential, with stated errors. Bit-identical on every
 * machine, unlike `Math.sqrt` on converted values or `Math.exp`.
 * @module
 */
import { assert } from './assert.ts';
import { brand, type Ratio, WAD } from './brand.ts';

/** ⌊√n⌋ for n ≥ 0, by Newton's iteration from above (monotone, ends at the floor). */
export function integerSqrtDown(n: bigint): bigint {
  assert(n >= 0n, 'SQRT', `radicand ${n} was negative`);
  if (n < 2n) return n;
  let guess = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (guess + n / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

/** √x rounded down to a wad; x ≥ 0. Error below one unit. */
export const sqrtDown = (x: Ratio): Ratio => brand<Ratio>(integerSqrtDown(x * WAD));

/** ⌈√n⌉ for a plain integer n ≥ 0, of any size. */
export const integerSqrtUp = (n: bigint): bigint => {
  const root = integerSqrtDown(n);
  return root * root === n ? root : root + 1n;
};

/** √x rounded up to a wad; x ≥ 0. Error below one unit. */
export const sqrtUp = (x: Ratio): Ratio => brand<Ratio>(integerSqrtUp(x * WAD));

// Working precision of the exponential: 2^128 units per one.
const GUARD = 128n;
const ONE = 1n << GUARD;
/** ln 2 in 2^-128 units, rounded to nearest (Wolfram: 0.693147180559945309417232121458…). */
const LN2 = (6931471805599453094172321214581765680755001343602552n * ONE) / 10n ** 52n;
/** Beyond this the true value is below half a unit of 1e-18. */
const EXP_ZERO_BEYOND = 42n * WAD;

/**
 * e^(−x) for x ≥ 0: 1 at 0, 0 beyond x = 42, non-increasing, error at most one unit of 1e-18,
 * rounded down from a working precision of 2^-128.
 *
 * x = k·ln2 + r with 0 ≤ r < ln2, so e^(−x) = 2^(−k)·e^(−r); e^(−r) by its alternating series,
 * summed until the terms vanish (34 terms at most for r < ln2 at 128 bits).
 */
export function expNegDown(x: Ratio): Ratio {
  assert(x >= 0n, 'EXP', `exponent ${x} was negative`);
  if (x === 0n) return brand<Ratio>(WAD);
  if (x > EXP_ZERO_BEYOND) return brand<Ratio>(0n);
  const scaled = (x << GUARD) / WAD;
  const halvings = scaled / LN2;
  const rest = scaled - halvings * LN2;
  let term = ONE;
  let series = ONE;
  for (let n = 1n; term > 0n; n += 1n) {
    term = (term * rest) / (n << GUARD);
    series = n % 2n === 1n ? series - term : series + term;
  }
  return brand<Ratio>(((series >> halvings) * WAD) >> GUARD);
}
