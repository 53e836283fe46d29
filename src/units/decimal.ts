/**
 * Decimal strings in and out. A string with more than 18 digits after the point is an error,
 * never rounded; so are exponents, signs other than a leading minus, blanks and NaN.
 * @module
 */
import {
  type Amount,
  brand,
  type FundingIndex,
  type Money,
  type Price,
  type Ratio,
  type Shares,
  type Size,
  WAD_LIMIT,
  type Wad,
} from './brand.ts';

const DIGITS = 18;
const PATTERN = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;

/** The text was not a decimal quantity. `message` states what was expected and what was found. */
export class DecimalError extends Error {
  override readonly name = 'DecimalError';
}

/** Result of reading a decimal string without throwing. */
export type ParsedDecimal =
  | { readonly ok: true; readonly value: bigint }
  | { readonly ok: false; readonly reason: string };

/** Reads a decimal string as a raw wad; the non-throwing form for untrusted input. */
export function parseDecimal(text: string): ParsedDecimal {
  const short = shortDecimal(text, 0, text.length);
  return Number.isNaN(short) ? longDecimal(text) : { ok: true, value: rawOfShort(short) };
}

/** As many digits as every number of them, times sixteen, is exact in floating point. */
const SHORT_DIGITS = 14;
/** What a unit of the last digit is worth, by how many digits stand after the point. */
const LAST_DIGIT = Array.from(
  { length: SHORT_DIGITS + 1 },
  (_, after) => 10n ** BigInt(DIGITS - after),
);
const MINUS = 45;
const POINT = 46;
const ZERO = 48;

/**
 * A decimal of at most 14 digits, as most are, that stands in a text from `start` to before `end`,
 * packed into a number: sixteen times all its digits, and how many of them stand after the point.
 * Not a number where there is anything else. It reads the text once and makes nothing: a value that
 * is kept for later takes eight bytes, and becomes a quantity when it is needed (`rawOfShort`).
 */
export function shortDecimal(text: string, start: number, end: number): number {
  const first = text.charCodeAt(start) === MINUS ? start + 1 : start;
  if (end > first + SHORT_DIGITS + 1) return Number.NaN;
  let digits = 0;
  let point = end;
  for (let at = first; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= ZERO + 9) digits = digits * 10 + (code - ZERO);
    else if (code === POINT && point === end) point = at;
    else return Number.NaN;
  }
  const whole = point - first;
  // At least a digit before the point and one after it, and no zero before others.
  if (whole === 0 || whole > SHORT_DIGITS || point === end - 1) return Number.NaN;
  if (whole > 1 && text.charCodeAt(first) === ZERO) return Number.NaN;
  const packed = 16 * digits + (point === end ? 0 : end - point - 1);
  return first === start ? packed : -packed;
}

/** What a unit of the last digit is worth, as a number: exact for all of them. */
const LAST_DIGIT_NUMBER = LAST_DIGIT.map(Number);

/**
 * The number nearest to the raw wad of a packed decimal: the product of two exact numbers, rounded
 * once. Never for a decision but of what is clearly apart.
 */
export function numberOfShort(packed: number): number {
  const magnitude = Math.abs(packed);
  const digits = Math.floor(magnitude / 16);
  const number = digits * LAST_DIGIT_NUMBER[magnitude - 16 * digits]!;
  return packed < 0 ? -number : number;
}

/** The raw wad of a packed decimal. */
export function rawOfShort(packed: number): bigint {
  const magnitude = Math.abs(packed);
  const digits = Math.floor(magnitude / 16);
  return BigInt(packed < 0 ? -digits : digits) * LAST_DIGIT[magnitude - 16 * digits]!;
}

/** Of any length, and what is wrong with it. */
function longDecimal(text: string): ParsedDecimal {
  if (!PATTERN.test(text)) {
    return { ok: false, reason: `expected a decimal number such as "-12.5", was ${quote(text)}` };
  }
  const point = text.indexOf('.');
  const whole = point < 0 ? text : text.slice(0, point);
  const fraction = point < 0 ? '' : text.slice(point + 1);
  if (fraction.length > DIGITS) {
    return {
      ok: false,
      reason: `expected at most ${DIGITS} digits after the point, was ${quote(text)}`,
    };
  }
  // With its sign at most 40 characters; the sign stands for the fraction as well.
  if (whole.length > 40) return outOfRange(text);
  const value = BigInt(whole + fraction.padEnd(DIGITS, '0'));
  if (value >= WAD_LIMIT || value <= -WAD_LIMIT) return outOfRange(text);
  return { ok: true, value };
}

function outOfRange(text: string): ParsedDecimal {
  return { ok: false, reason: `expected a magnitude below 2^127 / 1e18, was ${quote(text)}` };
}

function quote(text: string): string {
  return text.length > 60 ? `"${text.slice(0, 57)}..."` : `"${text}"`;
}

function parse<U extends Wad>(text: string): U {
  const parsed = parseDecimal(text);
  if (!parsed.ok) throw new DecimalError(parsed.reason);
  return brand<U>(parsed.value);
}

/** @throws DecimalError when the text is not a decimal number of at most 18 fractional digits. */
export const money = (text: string): Money => parse<Money>(text);
export const price = (text: string): Price => parse<Price>(text);
export const size = (text: string): Size => parse<Size>(text);
export const amount = (text: string): Amount => parse<Amount>(text);
export const ratio = (text: string): Ratio => parse<Ratio>(text);
export const fundingIndex = (text: string): FundingIndex => parse<FundingIndex>(text);
export const shares = (text: string): Shares => parse<Shares>(text);

/**
 * The shortest exact decimal string: no trailing zeros, no exponent. Inverse of the parsers.
 * @example formatDecimal(price('0.00000712'))   // => '0.00000712'
 */
export function formatDecimal(value: Wad): string {
  const digits = (value < 0n ? -value : (value as bigint)).toString().padStart(DIGITS + 1, '0');
  const point = digits.length - DIGITS;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === ZERO) end -= 1;
  const whole = value < 0n ? `-${digits.slice(0, point)}` : digits.slice(0, point);
  return end === point ? whole : `${whole}.${digits.slice(point, end)}`;
}

/**
 * A float64 near the value, for displays, simulated worlds and advisors. Never for a decision.
 */
export function approximate(value: Wad): number {
  return Number(value) / 1e18;
}
