/**
 * Geometric decay: a quantity times a power of a ratio of at most one, with a stated error and
 * rounded once. Bit-identical on every machine, unlike `Math.pow`.
 *
 * The power is computed in decimal fixed point of 144 digits, every step rounded up, so that
 *
 *     exact ≤ unrounded < exact + 1e-79 units of the result
 *
 * Error: a root of a ratio ≥ 1e-18 is at least 1e-9, so the six roots together are off by less
 * than 1e-134 in relative terms, and a power of at most 2^53 multiplies that by less than 1e16.
 * Each of its products adds at most 1e-144 and is then multiplied by factors of at most one; a
 * squaring doubles what was added before, so that a power p carries less than 2p of them. The sum
 * is below 1e-117, times a quantity below 2^127 < 1e39 units.
 *
 * Exact cases stay exact: if a · r^p is a whole number of units for a fraction r in lowest terms,
 * its denominator to the power p divides a < 2^127. Then r^p has at most 126 digits after the
 * point, and so has every lower power and every root on the way: nothing is rounded before the
 * end. What is rounded up at the end is therefore the exact value's own ceiling, unless that lies
 * less than 1e-79 units above the exact value; it is a unit more then, and never less.
 * @module
 */
import { assert } from './assert.ts';
import { brand, type DurationMs, type Ratio, WAD, type Wad } from './brand.ts';
import { divideUp } from './division.ts';
import { integerSqrtUp } from './root-and-exponential.ts';

/** Units of the working precision in one. */
const FINE = WAD ** 8n;
const FINE_PER_RAW = FINE / WAD;

/** Milliseconds in a second, as roots: a thousandth of an exponent is three of each. */
const MS_PER_SECOND_FACTORS = [2n, 2n, 2n, 5n, 5n, 5n] as const;

/** ⌈n^(1/5)⌉ for n > 0, by Newton's iteration from above (monotone, ends at the floor). */
function integerFifthRootUp(n: bigint): bigint {
  let guess = 1n << BigInt(Math.ceil(n.toString(2).length / 5));
  for (;;) {
    const next = (4n * guess + n / guess ** 4n) / 5n;
    if (next >= guess) break;
    guess = next;
  }
  return guess ** 5n === n ? guess : guess + 1n;
}

const rootUp = (fine: bigint, degree: 2n | 5n): bigint =>
  degree === 2n ? integerSqrtUp(fine * FINE) : integerFifthRootUp(fine * FINE ** 4n);

/** base^exponent by squaring, every product rounded up; 0 < base ≤ 1, exponent ≥ 0. */
function powerUp(base: bigint, exponent: bigint): bigint {
  let power = FINE;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) power = divideUp(power * square, FINE);
    if (rest > 1n) square = divideUp(square * square, FINE);
  }
  return power;
}

function assertDecays(a: Wad, ratio: Ratio): void {
  assert(a >= 0n, 'DECAY', `expected a quantity of at least 0, was ${a}`);
  assert(ratio > 0n && ratio <= WAD, 'DECAY', `expected a ratio in (0, 1], was ${ratio}`);
}

/** a · ratio^steps, rounded up once; a ≥ 0, 0 < ratio ≤ 1, whole steps ≥ 0. */
export function decayStepsUp<U extends Wad>(a: U, ratio: Ratio, steps: number): U {
  assertDecays(a, ratio);
  assert(Number.isSafeInteger(steps) && steps >= 0, 'DECAY', `expected whole steps, was ${steps}`);
  return brand<U>(divideUp(a * powerUp(ratio * FINE_PER_RAW, BigInt(steps)), FINE));
}

/** a · perSecond^(elapsed in seconds), rounded up once; a ≥ 0, 0 < perSecond ≤ 1. */
export function decayUp<U extends Wad>(a: U, perSecond: Ratio, elapsed: DurationMs): U {
  assertDecays(a, perSecond);
  let exponent = BigInt(elapsed);
  let base = perSecond * FINE_PER_RAW;
  // Roots are taken only as far as the exponent is no multiple: whole seconds need none.
  for (const factor of MS_PER_SECOND_FACTORS) {
    if (exponent % factor === 0n) exponent /= factor;
    else base = rootUp(base, factor);
  }
  return brand<U>(divideUp(a * powerUp(base, exponent), FINE));
}
