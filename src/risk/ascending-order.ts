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

/**
 * The order of the quantities at two indices: by keys that are clearly apart, exactly otherwise.
 *
 * Units     any, the same for all
 * Rounding  None: keys decide only what is clearly apart, `exact` decides the rest.
 */
export const orderByKeys =
  ({ keys, exact }: Ordering) =>
  (a: number, b: number): number => {
    if (isClearlyBelow(keys[a]!, keys[b]!)) return -1;
    return isClearlyBelow(keys[b]!, keys[a]!) ? 1 : exact(a, b);
  };

/** From here on it takes less time to sort numbers first. */
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
export function ascendingOrder(ordering: Ordering): Uint32Array {
  const { keys } = ordering;
  const count = keys.length;
  const order = orderByKeys(ordering);
  const compare = (a: number, b: number): number => order(a, b) || a - b;
  let indexMask = 1;
  while (indexMask < count - 1) indexMask = 2 * indexMask + 1;
  const sorted = count < MANY ? null : orderOfNumbers(keys, indexMask);
  if (sorted === null) return Uint32Array.from(keys, (_, at) => at).sort(compare);
  // Two keys that changed places, and neighbors between them, were moved by a unit each.
  const error = (indexMask + 1) * 2 ** -50;
  let start = 0;
  for (let end = 1; end <= count; end += 1) {
    const apart =
      end === count || isClearlyBelow(keys[sorted[end - 1]!]!, keys[sorted[end]!]!, error);
    if (!apart) continue;
    if (end - start > 1) sorted.subarray(start, end).sort(compare);
    start = end;
  }
  return sorted;
}

/**
 * Puts integers of 64 bits in ascending order where they are.
 *
 * Units     any
 * Rounding  None.
 * Source    Plimsoll
 */
export function sortWords(buffer: ArrayBuffer): BigInt64Array {
  return new BigInt64Array(buffer).sort();
}

/** Where this machine keeps the last bits of a number: in the first or the second half. */
const LOW_HALF = new Uint32Array(Float64Array.of(1).buffer)[0] === 0 ? 0 : 1;

/**
 * Indices of numbers in ascending order, but for what differs in the last bits alone; null where a
 * number is not finite.
 *
 * The bits of positive numbers are integers in the same order, those of negative ones in the
 * opposite order once their sign is set aside; integers are sorted in half the time.
 */
function orderOfNumbers(numbers: Float64Array, indexMask: number): Uint32Array | null {
  const count = numbers.length;
  const copy = numbers.slice();
  const halves = new Int32Array(copy.buffer);
  for (let at = 0; at < count; at += 1) {
    const number = numbers[at]!;
    if (!Number.isFinite(number)) return null;
    // Of two zeros, the one with a sign would come before all negative numbers.
    if (number === 0) copy[at] = 0;
    const turned = number < 0 ? -1 : 0;
    const low = 2 * at + LOW_HALF;
    const high = 2 * at + 1 - LOW_HALF;
    halves[high]! ^= turned >>> 1;
    halves[low] = ((halves[low]! ^ turned) & ~indexMask) | at;
  }
  sortWords(copy.buffer);
  const order = new Uint32Array(count);
  for (let at = 0; at < count; at += 1) order[at] = halves[2 * at + LOW_HALF]! & indexMask;
  return order;
}
