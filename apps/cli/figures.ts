/** Numbers as people read them; the JSON has every digit. @module */

/** A number with its noun, in the plural where there is not one. */
export const counted = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
export const count = (value: number): string => value.toLocaleString('en-US');
export const minute = (iso: string): string => iso.slice(0, 16).replace('T', ' ');
export const percent = (value: number): string => `${(100 * value).toFixed(1)}%`;

/** Money for reading: whole units, grouped; the JSON has every digit. */
export const money = (text: string): string =>
  Math.abs(Number(text)) < 100 ? Number(text).toFixed(2) : count(Math.round(Number(text)));

/** Five significant digits, never an exponent. */
export function price(text: string): string {
  const value = Number(text);
  if (value >= 1000) return count(Math.round(value * 100) / 100);
  return value.toLocaleString('en-US', { maximumSignificantDigits: 5 });
}
