/**
 * One form of bytes per value: keys in the order of their code units, no blanks, whole numbers
 * only. A hash over it needs no agreement on anything else.
 * @module
 */
import type { Json } from '../engine/index.ts';
import { assert, cmpId } from '../units/index.ts';

/** @throws InvariantViolation for a number that is not whole: quantities are decimal strings. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return `${value}`;
  if (typeof value === 'number') {
    assert(Number.isSafeInteger(value) && !Object.is(value, -0), 'JSON', `a number was ${value}`);
    return `${value}`;
  }
  if (typeof value === 'string') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => cmpId(a, b));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`)}}`;
}

/** `Array.isArray` does not tell a readonly list from an object. */
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
