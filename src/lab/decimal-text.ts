/**
 * Numbers of the simulated world as decimal strings, the only way from floats to quantities.
 * @module
 */

/** A positive number with so many significant digits, as a plain decimal. */
export function significant(value: number, digits = 7): string {
  const exponent = Number(value.toExponential(digits - 1).split('e')[1]);
  const decimals = Math.min(18, Math.max(0, digits - 1 - exponent));
  return value.toFixed(decimals);
}
