/**
 * Exponential and logarithm from + − × ÷ alone. `Math.exp` and `Math.log` are left to the
 * implementation by the language; these give the same bits on every machine, to about 1e-15.
 * @module
 */

const { LN2 } = Math;
const SQRT_HALF = Math.SQRT1_2;

/** e^x, for |x| up to about 700. */
export function portableExp(x: number): number {
  const halvings = Math.round(x / LN2);
  const rest = x - halvings * LN2;
  // |rest| ≤ 0.35: the terms fall below 1e-17 within 14 steps.
  let term = 1;
  let sum = 1;
  for (let n = 1; n <= 16; n += 1) {
    term = (term * rest) / n;
    sum += term;
  }
  return sum * powerOfTwo(halvings);
}

/** The natural logarithm of a positive, finite number. */
export function portableLn(x: number): number {
  let mantissa = x;
  let exponent = 0;
  while (mantissa >= 2 * SQRT_HALF) {
    mantissa /= 2;
    exponent += 1;
  }
  while (mantissa < SQRT_HALF) {
    mantissa *= 2;
    exponent -= 1;
  }
  // ln m = 2·artanh((m − 1)/(m + 1)), |argument| ≤ 0.172.
  const y = (mantissa - 1) / (mantissa + 1);
  const square = y * y;
  let power = y;
  let sum = y;
  for (let n = 3; n <= 25; n += 2) {
    power *= square;
    sum += power / n;
  }
  return 2 * sum + exponent * LN2;
}

/** x^y for positive x. */
export const portablePower = (x: number, y: number): number => portableExp(y * portableLn(x));

function powerOfTwo(exponent: number): number {
  let result = 1;
  const factor = exponent < 0 ? 0.5 : 2;
  for (let left = Math.abs(exponent); left > 0; left -= 1) result *= factor;
  return result;
}
