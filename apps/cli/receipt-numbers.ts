/** Numbers of a receipt for reading; the JSON has every digit. @module */

const grouped = (value: number, digits: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Money with two decimals. */
export const money = (text: string): string => grouped(Number(text), 2);

/** Prices and sizes: up to eight significant digits, never an exponent. */
export const fine = (text: string): string =>
  Number(text).toLocaleString('en-US', { maximumSignificantDigits: 8 });

export const shown = (text: string | null): string => (text === null ? '—' : fine(text));

/** A ratio as a percentage. */
export const percent = (text: string): string => `${grouped(100 * Number(text), 2)}%`;
