/**
 * Quantiles of the normal distribution and the exponential, enclosed between two integers: both
 * are irrational, so all that can be known of them is where they lie. Plain fixed point, the same
 * on every machine.
 *
 * Every bound is computed with `GUARD` binary digits more than are asked for. What rounding can
 * add up to there stays below `SLACK` units of the last place: a series has fewer than 2^11 terms,
 * each wrong by a few units, and the worst product multiplies the last unit of a density by a
 * series below 2^100. So what is returned is a true enclosure and not an estimate.
 * @module
 */
import { assert, divideDown, divideUp, integerSqrtDown } from '../units/index.ts';

/** A number that lies between low and high, in units of 2^-BITS. */
type Enclosure = { readonly low: bigint; readonly high: bigint };

/** Binary digits after the point of what is returned. */
const BITS = BigInt(256);
const GUARD = BigInt(320);
const FINE = BITS + GUARD;
const ONE = 1n << FINE;
const SLACK = 1n << BigInt(120);
const TWO = BigInt(2);

/** Σ 1 / ((2k + 1) · base^(2k + 1)), signs alternating for the arc tangent. */
function oddPowers(base: bigint, alternating: 1n | -1n): bigint {
  let power = ONE / base;
  let total = 0n;
  let sign: bigint = 1n;
  for (let odd = 1n; power > 0n; odd += TWO) {
    total += (sign * power) / odd;
    power /= base * base;
    sign *= alternating;
  }
  return total;
}

/** ln 2 = 2 · artanh(1/3). */
const LN2 = TWO * oddPowers(BigInt(3), 1n);
/** π = 16 · arctan(1/5) − 4 · arctan(1/239), by Machin. */
const PI = BigInt(16) * oddPowers(BigInt(5), -1n) - BigInt(4) * oddPowers(BigInt(239), -1n);
/** √(2π). */
const ROOT_OF_TWO_PI = integerSqrtDown(TWO * PI * ONE);

/** e^x for |x| ≤ 2^10, x fine; wrong by less than SLACK · max(1, e^x) units. */
function exponential(x: bigint): bigint {
  const doublings = divideDown(x, LN2);
  const rest = x - doublings * LN2;
  let term = ONE;
  let total = ONE;
  for (let n = 1n; term > 0n; n += 1n) {
    term = (term * rest) / (n << FINE);
    total += term;
  }
  return doublings >= 0n ? total << doublings : total >> -doublings;
}

/** Φ(z) − 1/2 and φ(z) for 0 ≤ z ≤ 16, z fine; wrong by less than SLACK. */
function normal(z: bigint): { readonly above: bigint; readonly density: bigint } {
  const square = (z * z) >> FINE;
  const density = (exponential(-square / TWO) * ONE) / ROOT_OF_TWO_PI;
  let term = z;
  let series = z;
  for (let odd = BigInt(3); term > 0n; odd += TWO) {
    term = (term * square) / (odd << FINE);
    series += term;
  }
  return { above: (density * series) >> FINE, density };
}

/** Newton's steps from 0: about half the square of the quantile, then a few to the last digit. */
const STEPS_MAX = 256;

/**
 * The point that a standard normal variable exceeds with a probability.
 *
 *     z with 1 − Φ(z) = numerator / denominator
 *
 * Found by Newton's iteration, which approaches the root of a concave function from one side, and
 * enclosed by the signs of the function a little below and a little above it.
 *
 * Units     dimensionless → standard deviations, in units of 2^-256
 * Rounding  Outward: the exact quantile lies between low and high, which are 2 units apart; they
 *           are equal where it is 0.
 * Asserts   1e-30 ≤ numerator / denominator ≤ 1 − 1e-30
 * Source    Φ(z) = ½ + φ(z) · Σ z^(2k+1) / (2k+1)!!, Abramowitz and Stegun 26.2.11
 */
export function normalUpperQuantile(numerator: bigint, denominator: bigint): Enclosure {
  if (numerator * TWO === denominator) return { low: 0n, high: 0n };
  if (numerator * TWO > denominator) {
    const mirrored = normalUpperQuantile(denominator - numerator, denominator);
    return { low: -mirrored.high, high: -mirrored.low };
  }
  const tailMin = BigInt(10) ** BigInt(30);
  assert(numerator * tailMin >= denominator, 'NORMAL_QUANTILE', 'expected a tail above 1e-30');
  const target = ONE / TWO - (numerator * ONE) / denominator;
  let z = 0n;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const { above, density } = normal(z);
    const move = ((target - above) * ONE) / density;
    z += move;
    if (move >> GUARD === 0n || move < 0n) break;
  }
  const low = z >> GUARD;
  const high = low + 1n;
  // The density is at least the tail, 1e-30 > 2^-100: a unit of z moves the function by 2^-356,
  // and the slack is 2^-456.
  const bounds = { low: low - 1n, high: high + 1n };
  const enclosed =
    normal(bounds.low << GUARD).above + SLACK < target &&
    normal(bounds.high << GUARD).above - SLACK > target;
  assert(enclosed, 'NORMAL_QUANTILE', 'expected the iteration to end at the quantile');
  return bounds;
}

/**
 * The exponential of a number that lies between two bounds.
 *
 * Units     dimensionless, in units of 2^-256 → the same
 * Rounding  Outward: e^x of everything enclosed lies between low and high.
 * Asserts   |x| ≤ 2^10
 * Source    e^x = 2^k · e^(x − k · ln 2)
 */
export function exponentialOf({ low, high }: Enclosure): Enclosure {
  const most = BigInt(1024) << BITS;
  assert(low >= -most && high <= most, 'EXPONENTIAL', 'expected an exponent of at most 2^10');
  const least = exponential(low << GUARD);
  const largest = exponential(high << GUARD);
  // The error of a doubled result is doubled as often: it is taken in parts of the result.
  const scale = largest / ONE + 1n;
  return {
    low: divideDown(least - SLACK * scale, 1n << GUARD),
    high: divideUp(largest + SLACK * scale, 1n << GUARD),
  };
}
