/**
 * Sorting by quantities that are dear to compare: floating point settles what is clearly apart,
 * exact integers the rest, so that the order is the exact one.
 * @module
 */

/**
 * A key is the quantity in floating point: whole numbers converted to the nearest (off by at most
 * 2^-53 of themselves) and divided at most once (once more). So it is off by less than 2^-51 of
 * itself, and two quantities that do not stand in the order of their keys have keys that are less
 * than 2^-50 of their sum apart.
 */
const KEY_ERROR = 2 ** -48;
/** Far below the key of any quotient of quantities, and far above where numbers lose digits. */
const KEY_ERROR_MIN = 2 ** -1000;

/**
 * Whether a key is so far below another that the quantity is below the other as well. Never where
 * a key is beyond the range of numbers.
 *
 * Units     any, the same for both
 * Rounding  None: true only outside of what both keys may be off by.
 * Source    Plimsoll
 */
export const isClearlyBelow = (a: number, b: number, error = KEY_ERROR): boolean =>
  b - a > (Math.abs(a) + Math.abs(b)) * error + KEY_ERROR_MIN;

export type Ordering = {
  /** The quantities in floating point, as `isClearlyBelow` takes them. */
  readonly keys: Float64Array;
  /** The exact order of the quantities at two indices. */
  readonly exact: (a: number, b: number) => number;
};

/** From here on sorting numbers first takes less time. */
const MANY = 64;

/**
 * Indices in ascending order; equal ones as they stand.
 *
 * The keys are sorted as plain numbers, with each index in the last bits of its key. That moves a
 * key by less than a unit of those bits. Whatever could stand in another order than it should is
 * then linked by neighbors that are not clearly apart, and such runs are sorted exactly.
 *
 * Units     any, the same for all
 * Rounding  None: keys decide only what is clearly apart, `exact` decides the rest.
 * Cost      O(n log n), with an exact comparison only where keys are close
 * Source    Plimsoll
 */
export function ascendingOrder({ keys, exact }: Ordering): Uint32Array {
  const count = keys.length;
  const order = new Uint32Array(count);
  const compare = (a: number, b: number): number => {
    if (isClearlyBelow(keys[a]!, keys[b]!)) return -1;
    return isClearlyBelow(keys[b]!, keys[a]!) ? 1 : exact(a, b) || a - b;
  };
  if (count < MANY || !areFinite(keys)) {
    for (let at = 0; at < count; at += 1) order[at] = at;
    return order.sort(compare);
  }
  const indexBits = 32 - Math.clz32(count - 1);
  const indexMask = (1 << indexBits) - 1;
  const numbers = Float64Array.from(keys);
  const halves = new Uint32Array(numbers.buffer);
  for (let at = 0; at < count; at += 1) {
    const low = 2 * at + LOW_HALF;
    halves[low] = (halves[low]! & ~indexMask) | at;
  }
  numbers.sort();
  // Two keys that changed places, and neighbors between them, were moved by a unit each.
  const error = (indexMask + 1) * 2 ** -50;
  for (let at = 0; at < count; at += 1) order[at] = halves[2 * at + LOW_HALF]! & indexMask;
  let start = 0;
  for (let end = 1; end <= count; end += 1) {
    const apart =
      end === count || isClearlyBelow(keys[order[end - 1]!]!, keys[order[end]!]!, error);
    if (!apart) continue;
    if (end - start > 1) order.subarray(start, end).sort(compare);
    start = end;
  }
  return order;
}

/** Where this machine keeps the last bits of a number: in the first or the second half. */
const LOW_HALF = new Uint32Array(Float64Array.of(1).buffer)[0] === 0 ? 0 : 1;

function areFinite(numbers: Float64Array): boolean {
  for (let at = 0; at < numbers.length; at += 1) if (!Number.isFinite(numbers[at]!)) return false;
  return true;
}
