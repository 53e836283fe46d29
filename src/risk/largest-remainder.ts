/**
 * Real shares made whole, so that they still sum to the total.
 * @module
 */
import { assert, cmpId } from '../units/index.ts';

export type LargestRemainderInput = {
  /** What the whole shares sum to, in lots, ≥ 0. */
  readonly total: bigint;
  /** Denominator of every exact share, > 0. */
  readonly denominator: bigint;
  readonly shares: readonly {
    /** Breaks ties, by code unit. */
    readonly id: string;
    /** The exact share is numerator / denominator lots. */
    readonly numerator: bigint;
    /** Most lots that the share may have; at least the exact share. */
    readonly room: bigint;
  }[];
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
  const { total, denominator, shares } = input;
  assert(denominator > 0n, 'LARGEST_REMAINDER', `denominator ${denominator} was not positive`);
  let exactTotal = 0n;
  let left = total;
  const lots: bigint[] = [];
  const remainders: { index: number; id: string; remainder: bigint }[] = [];
  for (const [index, { id, numerator, room }] of shares.entries()) {
    assert(
      numerator >= 0n && numerator <= room * denominator,
      'LARGEST_REMAINDER',
      `expected the share of ${id} between 0 and its room of ${room}`,
    );
    const floor = numerator / denominator;
    const remainder = numerator - floor * denominator;
    exactTotal += numerator;
    left -= floor;
    lots.push(floor);
    if (remainder > 0n) remainders.push({ index, id, remainder });
  }
  assert(
    exactTotal === total * denominator,
    'LARGEST_REMAINDER',
    `expected shares that sum to ${total}, the sum was ${exactTotal} / ${denominator}`,
  );
  remainders.sort((a, b) =>
    a.remainder === b.remainder ? cmpId(a.id, b.id) : a.remainder > b.remainder ? -1 : 1,
  );
  for (const { index } of remainders) {
    if (left === 0n) break;
    lots[index]! += 1n;
    left -= 1n;
  }
  return lots;
}
