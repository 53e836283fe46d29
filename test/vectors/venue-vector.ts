/**
 * A published number of another venue, and how ours is compared with it: exactly, or after the
 * rounding that the number was printed with.
 * @module
 */
import { runCalc } from '../../apps/cli/calc/index.ts';
import {
  divideDown,
  divideUp,
  formatDecimal,
  neg,
  notionalDown,
  parseDecimal,
  price,
  size,
} from '../../src/units/index.ts';

export type Values = Readonly<Record<string, unknown>>;

export type VenueVector = {
  readonly id: string;
  readonly source: string;
  readonly concept: string;
  readonly inputs: Values;
  readonly expected: Values;
  readonly notes: string;
  readonly provenance: string;
};

/**
 * Exact: every digit of ours. Within: theirs was published with a tolerance, which is stated. The
 * others cut ours to the digits that were printed.
 */
export type Rounding = 'exact' | 'nearest' | 'up' | 'truncated' | 'within';

/** One published value against ours. */
export type Comparison = {
  readonly what: string;
  readonly ours: unknown;
  readonly theirs: unknown;
  readonly rounding: Rounding;
  /** Most that the two may differ by, as published; with `within` only. */
  readonly tolerance?: string;
};

/** How the vectors of a concept are put to `plimsoll calc`, end to end. */
export type Reading = (vector: VenueVector) => readonly Comparison[];

const ONE = 10n ** 18n;

/** A published JSON number as the decimal string that was printed. */
export function printed(value: unknown): string {
  if (typeof value !== 'number') throw new TypeError(`expected a number, was ${value}`);
  const text = String(value);
  if (!text.includes('e')) return text;
  return value.toFixed(18).replace(/\.?0+$/, '');
}

export const field = (record: Values, name: string): string => printed(record[name]);

/** A published integer of so many decimal places: micro-dollars are 6. */
export function scaled(value: unknown, places: number): string {
  const digits = printed(value);
  const magnitude = digits.replace('-', '').padStart(places + 1, '0');
  const cut = magnitude.length - places;
  const text = `${magnitude.slice(0, cut)}.${magnitude.slice(cut)}`.replace(/\.?0+$/, '');
  return digits.startsWith('-') ? `-${text}` : text;
}

function rawOfText(text: string): bigint {
  const parsed = parseDecimal(text);
  if (!parsed.ok) throw new TypeError(parsed.reason);
  return parsed.value;
}

function decimalsOf(text: string): bigint {
  return BigInt(text.split('.')[1]?.length ?? 0);
}

/** Whether ours is what was published. */
export function meets({ ours, theirs, rounding, tolerance = '0' }: Comparison): boolean {
  if (typeof theirs !== 'string' || typeof ours !== 'string' || rounding === 'exact') {
    return ours === theirs;
  }
  if (rounding === 'within') {
    const apart = rawOfText(ours) - rawOfText(theirs);
    const most = rawOfText(tolerance);
    return apart <= most && apart >= -most;
  }
  const unit = ONE / 10n ** decimalsOf(theirs);
  const own = rawOfText(ours);
  if (rounding === 'up') return divideUp(own, unit) * unit === rawOfText(theirs);
  if (rounding === 'truncated') return own - (own % unit) === rawOfText(theirs);
  return divideDown(own + unit / 2n, unit) * unit === rawOfText(theirs);
}

type Output = { readonly [key: string]: unknown };

/** The output of a formula; a refusal fails the test with its problem. */
export function calculated(name: string, input: unknown): Output {
  const outcome = runCalc(name, JSON.stringify(input));
  if (!outcome.ok) throw new Error(`${name}: ${outcome.problem}`);
  return outcome.output as Output;
}

/** One output of a formula. */
export const output = (name: string, input: unknown, key: string): unknown =>
  calculated(name, input)[key];

/** A table of one tier. */
export const flatTier = (fraction: string) => [
  { notionalFloor: '0', maintenanceMarginFraction: fraction },
];

/** A magnitude as the size of a long or of a short. */
export const signed = (held: string, isShort: boolean): string =>
  isShort ? formatDecimal(neg(size(held))) : held;

/** Entry value of a linear position. */
export const entryValueOf = (held: string, at: string): string =>
  formatDecimal(notionalDown(size(held), price(at)));
