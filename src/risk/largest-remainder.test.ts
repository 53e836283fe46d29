import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ExactShare, largestRemainder } from './largest-remainder.ts';

const whole = (total: bigint, denominator: bigint, shares: readonly ExactShare[]) =>
  largestRemainder({ total, denominator, count: shares.length, share: (index) => shares[index]! });

const of = (total: bigint, denominator: bigint, numerators: Record<string, bigint>) =>
  whole(
    total,
    denominator,
    Object.entries(numerators).map(([id, numerator]) => ({ id, numerator, room: total })),
  );

test('floors first, then one each to the largest remainders', () => {
  // 2.5, 1.9 and 0.6 of 5: floors 2, 1, 0; the remainders .9 and .6 come before .5.
  assert.deepEqual(of(5n, 10n, { a: 25n, b: 19n, c: 6n }), [2n, 2n, 1n]);
  assert.deepEqual(of(5n, 10n, { a: 30n, b: 20n, c: 0n }), [3n, 2n, 0n], 'whole shares stay');
});

test('equal remainders go by id, not by input order', () => {
  assert.deepEqual(of(1n, 3n, { c: 1n, a: 1n, b: 1n }), [0n, 1n, 0n]);
  assert.deepEqual(of(1n, 2n, { a9: 1n, a10: 1n }), [0n, 1n], 'by code unit');
});

test('shares that do not sum to the total, or exceed their room, are defects', () => {
  assert.throws(() => of(2n, 3n, { a: 3n }), /LARGEST_REMAINDER/);
  assert.throws(() => of(1n, 0n, { a: 1n }), /LARGEST_REMAINDER/);
  const share = { id: 'a', numerator: 4n, room: 1n };
  assert.throws(() => whole(2n, 2n, [share]), /LARGEST_REMAINDER/);
  assert.deepEqual(whole(2n, 2n, [{ ...share, room: 2n }]), [2n]);
  const negative = [
    { id: 'a', numerator: 6n, room: 3n },
    { id: 'b', numerator: -2n, room: 3n },
  ];
  assert.throws(() => whole(2n, 2n, negative), /LARGEST_REMAINDER/);
});

test('whole shares sum to the total, move by less than a lot and keep to their room', () => {
  const numerators = fc.array(fc.bigInt({ min: 0n, max: 10n ** 24n }), {
    minLength: 1,
    maxLength: 9,
  });
  fc.assert(
    fc.property(numerators, fc.bigInt({ min: 1n, max: 10n ** 21n }), (drawn, denominator) => {
      // The last share makes the sum whole.
      const sum = drawn.reduce((a, b) => a + b, 0n);
      const rest = (denominator - (sum % denominator)) % denominator;
      const exact = [...drawn, rest];
      const shares = exact.map((numerator, index) => ({
        id: `a${index}`,
        numerator,
        room: (numerator + denominator - 1n) / denominator,
      }));
      const lots = whole((sum + rest) / denominator, denominator, shares);
      assert.equal(lots.reduce((a, b) => a + b, 0n) * denominator, sum + rest);
      const up: bigint[] = [];
      const down: bigint[] = [];
      for (const [index, count] of lots.entries()) {
        const moved = count * denominator - exact[index]!;
        assert.ok(moved < denominator && moved > -denominator);
        (moved > 0n ? up : down).push(exact[index]! % denominator);
      }
      // No one rounded down had the larger remainder.
      for (const high of up) for (const low of down) assert.ok(high >= low);
    }),
    { numRuns: 400 },
  );
});
