/**
 * Real shares made whole, so that they still sum to the total.
 * @module
 */
import { assert, cmpId } from '../units/index.ts';
import { ascendingOrder } from './ascending-order.ts';

export type ExactShare = {
  /** Breaks ties, by code unit. */
  readonly id: string;
  /** The exact share is numerator / denominator lots. */
  readonly numerator: bigint;
  /** Most lots that the share may have; at least the exact share. */
  readonly room: bigint;
};

export type LargestRemainderInput = {
  /** What the whole shares sum to, in lots, ≥ 0. */
  readonly total: bigint;
  /** Denominator of every exact share, > 0. */
  readonly denominator: bigint;
  /** How many shares there are. */
  readonly count: number;
  /** Each by its index, the same whenever it is asked for: none of them is kept. */
  readonly share: (index: number) => ExactShare;
};

/**
 * Whole lots for exact shares, in input order.
 *
 * Every share is floored; the lots that remain go one each to the largest remainders, ties by
 * id. A share with a remainder lies strictly below its room, so one lot more always fits.
 *
 * Units     lots
 * Rounding  Down, then up for the largest remainders: no share moves by a whole lot, and the
 *           result sums to the total exactly. Remainders share a denominator, so their order is
 *           that of integers.
 * Asserts   denominator > 0 · 0 ≤ share ≤ room · the exact shares sum to the total
 * Cost      O(n log n)
 * Source    Largest-remainder method (Hamilton), with the tie broken by id
 */
export function largestRemainder(input: LargestRemainderInput): bigint[] {
  const { total, denominator, count, share } = input;
  assert(denominator > 0n, 'LARGEST_REMAINDER', `denominator ${denominator} was not positive`);
  let exactTotal = 0n;
  let left = total;
  const lots: bigint[] = new Array(count).fill(0n);
  const rounded = new Uint32Array(count);
  const remainders: bigint[] = [];
  const keys = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const { id, numerator, room } = share(index);
    const floor = numerator / denominator;
    const remainder = floor === 0n ? numerator : numerator - floor * denominator;
    // The room is whole: a share below it leaves space for one lot more than its floor.
    if (numerator < 0n || (remainder === 0n ? floor > room : floor >= room)) {
      const expected = `expected the share of ${id} between 0 and its room of ${room}`;
      assert(false, 'LARGEST_REMAINDER', expected);
    }
    exactTotal += numerator;
    left -= floor;
    lots[index] = floor;
    if (remainder === 0n) continue;
    rounded[remainders.length] = index;
    // The largest come first.
    keys[remainders.length] = -Number(remainder);
    remainders.push(remainder);
  }
  assert(
    exactTotal === total * denominator,
    'LARGEST_REMAINDER',
    `expected shares that sum to ${total}, the sum was ${exactTotal} / ${denominator}`,
  );
  if (left === 0n) return lots;
  const exact = (a: number, b: number): number => {
    if (remainders[a]! !== remainders[b]!) return remainders[a]! > remainders[b]! ? -1 : 1;
    return cmpId(share(rounded[a]!).id, share(rounded[b]!).id);
  };
  const order = ascendingOrder({ keys: keys.subarray(0, remainders.length), exact });
  for (let next = 0; left > 0n; next += 1, left -= 1n) lots[rounded[order[next]!]!]! += 1n;
  return lots;
}
