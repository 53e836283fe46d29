/** Where two JSON views part, for people who ask what was changed. @module */
import type { Json } from '../engine/index.ts';

export type Difference = {
  /** Such as `events[0].price`; empty when the whole differs. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
};

/** Null when the views are equal. Keys come in the order of their shape. */
export function firstDifference(expected: Json, found: Json, path = ''): Difference | null {
  if (Array.isArray(expected) && Array.isArray(found)) {
    return ofLists(expected as readonly Json[], found as readonly Json[], path);
  }
  if (isObject(expected) && isObject(found)) return ofObjects(expected, found, path);
  return expected === found ? null : { path, expected: shown(expected), found: shown(found) };
}

type JsonObject = { readonly [key: string]: Json };

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function ofLists(
  expected: readonly Json[],
  found: readonly Json[],
  path: string,
): Difference | null {
  const length = Math.min(expected.length, found.length);
  for (let at = 0; at < length; at += 1) {
    const difference = firstDifference(expected[at]!, found[at]!, `${path}[${at}]`);
    if (difference !== null) return difference;
  }
  if (expected.length === found.length) return null;
  const count = (list: readonly Json[]): string => `${list.length} entries`;
  return { path, expected: count(expected), found: count(found) };
}

function ofObjects(expected: JsonObject, found: JsonObject, path: string): Difference | null {
  // Another variant of a union differs as a whole: its fields say nothing side by side.
  if (expected['type'] !== found['type']) {
    return { path, expected: shown(expected), found: shown(found) };
  }
  for (const [key, value] of Object.entries(expected)) {
    const within = path === '' ? key : `${path}.${key}`;
    const difference = firstDifference(value, found[key] ?? null, within);
    if (difference !== null) return difference;
  }
  return null;
}

const SHOWN_MAX = 240;

function shown(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}
