/**
 * Outside identifiers and engine time. Ids are short printable ASCII so that their order (by
 * code unit) and their encoding (one byte each) are the same everywhere.
 * @module
 */
import { assert } from './assert.ts';
import type {
  AccountId,
  AssetId,
  DurationMs,
  EngineTimeMs,
  IndexId,
  MarketId,
  Seq,
} from './brand.ts';

const ID_LENGTH_MAX = 64;
/** By character code: 2 for letters and digits, 1 for what may follow them, 0 for the rest. */
const ID_CHARACTERS = Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[A-Za-z0-9]/.test(character) ? 2 : /[._:/-]/.test(character) ? 1 : 0;
});

/** True for 1–64 characters of `A-Z a-z 0-9 . _ : / -`, the first a letter or digit. */
export function isId(text: string): boolean {
  if (ID_CHARACTERS[text.charCodeAt(0)] !== 2 || text.length > ID_LENGTH_MAX) return false;
  for (let at = 1; at < text.length; at += 1) {
    const kind = ID_CHARACTERS[text.charCodeAt(at)];
    if (kind === undefined || kind === 0) return false;
  }
  return true;
}

const id = (text: string): string => {
  assert(isId(text), 'ID', `expected 1-64 characters of A-Z a-z 0-9 . _ : / -, was "${text}"`);
  return text;
};

export const accountId = (text: string): AccountId => id(text) as AccountId;
export const marketId = (text: string): MarketId => id(text) as MarketId;
export const assetId = (text: string): AssetId => id(text) as AssetId;
export const indexId = (text: string): IndexId => id(text) as IndexId;

/** Total order of ids by code unit; never `localeCompare`. */
export const cmpId = (a: string, b: string): -1 | 0 | 1 => (a < b ? -1 : a > b ? 1 : 0);

const wholeNumber = (value: number, what: string): number => {
  assert(
    Number.isSafeInteger(value) && value >= 0,
    'WHOLE_NUMBER',
    `${what}: expected a non-negative safe integer, was ${value}`,
  );
  return value;
};

export const engineTimeMs = (value: number): EngineTimeMs =>
  wholeNumber(value, 'engine time') as EngineTimeMs;
export const durationMs = (value: number): DurationMs =>
  wholeNumber(value, 'duration') as DurationMs;
export const seq = (value: number): Seq => wholeNumber(value, 'seq') as Seq;
