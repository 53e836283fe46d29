/**
 * The order of many ids.
 * @module
 */
import { cmpId } from '../units/index.ts';
import { ascendingOrder } from './ascending-order.ts';

/** Keys up to here stay clearly apart from each other. */
const KEY_MAX = 2 ** 36;

/**
 * Indices of ids in ascending order, by code unit (`cmpId`).
 *
 * A key counts what follows the common beginning, as many characters as a number holds, each as a
 * digit; a missing one counts less than any other.
 *
 * Units     none
 * Rounding  None: ids with equal keys are compared whole.
 * Cost      O(n log n), with a comparison of ids only where their keys are equal
 * Source    Plimsoll
 */
export function idOrder(ids: readonly string[]): Uint32Array {
  const keys = new Float64Array(ids.length);
  const start = commonLength(ids);
  const { lowest, digits } = alphabet(ids, start);
  let places = 1;
  for (let most = digits; most * digits <= KEY_MAX; most *= digits) places += 1;
  for (let at = 0; at < keys.length; at += 1) {
    const id = ids[at]!;
    let key = 0;
    for (let place = start; place < start + places; place += 1) {
      key *= digits;
      if (place < id.length) key += id.charCodeAt(place) - lowest + 1;
    }
    keys[at] = key;
  }
  return ascendingOrder({ keys, exact: (a, b) => cmpId(ids[a]!, ids[b]!) });
}

/** How many characters all ids begin with. */
function commonLength(ids: readonly string[]): number {
  const first = ids[0] ?? '';
  let length = first.length;
  for (let at = 1; at < ids.length && length > 0; at += 1) {
    if (!ids[at]!.startsWith(first.slice(0, length))) {
      length = 0;
      while (ids[at]!.charCodeAt(length) === first.charCodeAt(length)) length += 1;
    }
  }
  return length;
}

/** Digits that stand for the characters from a place on, and none. */
function alphabet(ids: readonly string[], start: number) {
  let lowest = 0xffff;
  let highest = 0;
  for (let at = 0; at < ids.length; at += 1) {
    const id = ids[at]!;
    for (let place = start; place < id.length; place += 1) {
      const code = id.charCodeAt(place);
      if (code < lowest) lowest = code;
      if (code > highest) highest = code;
    }
  }
  return { lowest, digits: Math.max(highest - lowest + 2, 2) };
}
