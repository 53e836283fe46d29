/** Numbers as people read them; the JSON has every digit. @module */

/** A number with its noun, in the plural where there is not one. */
export const counted = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
export const count = (value: number): string =>
  Number.isSafeInteger(value) && (value > 0 || Object.is(value, 0))
    ? grouped(String(value))
    : value.toLocaleString('en-US');
export const minute = (iso: string): string => iso.slice(0, 16).replace('T', ' ');
export const percent = (value: number): string => `${(100 * value).toFixed(1)}%`;

/** Money for reading: whole units, grouped; the JSON has every digit. */
export const money = (text: string): string =>
  Math.abs(Number(text)) < 100 ? Number(text).toFixed(2) : count(Math.round(Number(text)));

/** Five significant digits, never an exponent. */
export function price(text: string): string {
  const value = Number(text);
  if (value >= 1000) return count(Math.round(value * 100) / 100);
  return roundedToFive(value) ?? value.toLocaleString('en-US', { maximumSignificantDigits: 5 });
}

/** Digits in threes. */
const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ',');

/**
 * What `toLocaleString` writes, for a number below a thousand without an exponent; null for others.
 * The tables that it loads first take longer than to read five thousand lines.
 */
function roundedToFive(value: number): string | null {
  const text = String(value);
  if (!/^\d{1,3}(\.\d+)?$/.test(text) || Object.is(value, -0)) return null;
  const [whole = '', fraction = ''] = text.split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits.length <= 5) return text;
  const places = fraction.length - digits.length + 5;
  const kept = Number(digits.slice(0, 5)) + (digits[5]! >= '5' ? 1 : 0);
  const all = String(kept).padStart(places + 1, '0');
  return grouped(all.slice(0, -places)) + `.${all.slice(-places)}`.replace(/\.?0+$/, '');
}
