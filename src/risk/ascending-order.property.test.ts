/**
 * Goal: the order is the exact one, however close the keys. Method: quotients that are equal, next
 * to each other, of either sign or far beyond the range of numbers are put in order by their keys,
 * few of them and many, and compared with a sort that knows nothing but integers.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ascendingOrder, isClearlyBelow } from './ascending-order.ts';
import { cmpQuotient, type Quotient } from './exact-quotient.ts';

const ordered = (quotients: readonly Quotient[]): number[] => [
  ...ascendingOrder({
    keys: Float64Array.from(
      quotients,
      ({ numerator, denominator }) => Number(numerator) / Number(denominator),
    ),
    exact: (a, b) => cmpQuotient(quotients[a]!, quotients[b]!),
  }),
];

const exactly = (quotients: readonly Quotient[]): number[] =>
  quotients
    .map((_, index) => index)
    .sort((a, b) => cmpQuotient(quotients[a]!, quotients[b]!) || a - b);

const plain: fc.Arbitrary<Quotient> = fc.record({
  numerator: fc.oneof(
    fc.bigInt({ min: -9n, max: 9n }),
    fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }),
  ),
  denominator: fc.oneof(fc.bigInt({ min: 1n, max: 9n }), fc.bigInt({ min: 1n, max: 2n ** 200n })),
});

/** Of a few quotients: themselves, the same unreduced, and neighbors at every distance. */
const crowd = fc
  .record({
    centers: fc.array(plain, { minLength: 1, maxLength: 3 }),
    steps: fc.array(
      fc.record({
        of: fc.nat(2),
        times: fc.oneof(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 38, max: 50 })),
        by: fc.bigInt({ min: -9n, max: 9n }),
      }),
      { minLength: 1, maxLength: 220 },
    ),
  })
  .map(({ centers, steps }): Quotient[] =>
    steps.map(({ of, times, by }) => {
      const { numerator, denominator } = centers[of % centers.length]!;
      const scale = 2n ** BigInt(times);
      return { numerator: numerator * scale + by, denominator: denominator * scale };
    }),
  );

test('the order is that of the exact quotients; equal ones stay as they stand', () => {
  fc.assert(
    fc.property(fc.oneof(crowd, fc.array(plain, { maxLength: 150 })), (quotients) => {
      assert.deepEqual(ordered(quotients), exactly(quotients));
    }),
    { numRuns: 600 },
  );
});

test('zeros of either sign, no keys, one key, and keys that no number can be', () => {
  const all = (keys: number[], values: number[]): number[] => [
    ...ascendingOrder({
      keys: Float64Array.from(keys),
      exact: (a, b) => values[a]! - values[b]!,
    }),
  ];
  assert.deepEqual(all([], []), []);
  assert.deepEqual(all([7], [7]), [0]);
  const signs = Array.from({ length: 100 }, (_, at) => [0, -0, -3, 2, -1e-300][at % 5]!);
  const bySign = (a: number, b: number): number => signs[a]! - signs[b]! || a - b;
  assert.deepEqual(all(signs, signs), [...signs.keys()].sort(bySign));
  const values = Array.from({ length: 100 }, (_, at) => (at * 37) % 100);
  const keys = values.map((value) =>
    value > 90 ? Number.POSITIVE_INFINITY : value % 7 === 0 ? Number.NaN : value,
  );
  assert.deepEqual(
    all(keys, values),
    [...values.keys()].sort((a, b) => values[a]! - values[b]!),
  );
});

test('what is clearly apart and shares its last bits with an index is put in order too', () => {
  // Of a hundred keys the last seven bits hold an index: three stand in each such unit, in every
  // order, more than the error of a key from each other.
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];
  const quotients = Array.from({ length: 102 }, (_, at): Quotient => {
    const unit = Math.floor(at / 3);
    const step = orders[unit % orders.length]![at % 3]!;
    return {
      numerator: 2n ** 60n + BigInt(unit * 2 ** 40 + step * 10_000),
      denominator: 2n ** 60n,
    };
  });
  assert.deepEqual(ordered(quotients), exactly(quotients));
});

test('numbers are clearly apart only beyond what a quotient of them may be off by', () => {
  assert.equal(isClearlyBelow(1, 1 + 2 ** -40), true);
  assert.equal(isClearlyBelow(1, 1 + 2 ** -48), false);
  assert.equal(isClearlyBelow(-1, 1), true);
  assert.equal(isClearlyBelow(1, 1), false);
  assert.equal(isClearlyBelow(0, Number.MIN_VALUE), false);
  assert.equal(isClearlyBelow(0, Number.POSITIVE_INFINITY), false);
  assert.equal(isClearlyBelow(Number.NaN, 1), false);
});
