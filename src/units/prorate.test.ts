import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRaw, InvariantViolation, type Money, money, prorate, rawOf } from './index.ts';

const units = (values: readonly bigint[]): Money[] => values.map((raw) => fromRaw<Money>(raw));
const shares = (total: bigint, weights: readonly bigint[], order?: readonly number[]): bigint[] =>
  prorate(fromRaw<Money>(total), units(weights), order).map(rawOf);

test('shares are floored, and what remains is given one unit each in order', () => {
  assert.deepEqual(shares(10n, [1n, 1n, 1n]), [4n, 3n, 3n]);
  assert.deepEqual(shares(10n, [1n, 1n, 1n], [2, 0, 1]), [3n, 3n, 4n]);
  assert.deepEqual(shares(11n, [1n, 1n, 1n], [2, 0, 1]), [4n, 3n, 4n]);
  assert.deepEqual(shares(10n, [2n, 3n]), [4n, 6n]);
});

test('who has no weight gets nothing, not even an odd unit', () => {
  assert.deepEqual(shares(5n, [0n, 1n, 1n]), [0n, 3n, 2n]);
  assert.deepEqual(shares(0n, [0n, 0n]), [0n, 0n]);
  assert.deepEqual(shares(0n, []), []);
});

test('what cannot be split is a defect of the caller', () => {
  assert.throws(() => shares(-1n, [1n]), /total -1 was negative/);
  assert.throws(() => shares(1n, [1n, -1n]), /weight -1 was negative/);
  assert.throws(() => shares(1n, [0n]), /no positive weight/);
  assert.throws(() => shares(2n, [1n, 1n, 1n], [0]), /1 units were left over/);
  assert.throws(() => prorate(money('1'), []), InvariantViolation);
});

test('the shares sum to the total, and none is more than a unit from its exact share', () => {
  const weight = fc.oneof(fc.bigInt({ min: 0n, max: 5n }), fc.bigInt({ min: 0n, max: 2n ** 120n }));
  fc.assert(
    fc.property(
      fc.oneof(fc.bigInt({ min: 0n, max: 100n }), fc.bigInt({ min: 0n, max: 2n ** 126n })),
      fc.array(weight, { minLength: 1, maxLength: 12 }),
      fc.integer(),
      (total, weights, seed) => {
        const all = weights.reduce((a, b) => a + b, 0n);
        fc.pre(all > 0n);
        const order = weights
          .map((_, at) => at)
          .sort((a, b) => ((a * 7 + seed) % 5) - ((b * 7 + seed) % 5) || a - b);
        const given = shares(total, weights, order);
        assert.equal(
          given.reduce((a, b) => a + b, 0n),
          total,
        );
        given.forEach((share, at) => {
          const distance = share * all - total * weights[at]!;
          assert.ok(-all < distance && distance <= all, `share ${at}`);
          if (weights[at] === 0n) assert.equal(share, 0n);
        });
        // The odd units go to the first in the order: nobody later has one if an earlier has none.
        const odd = order
          .filter((at) => weights[at]! > 0n)
          .map((at) => given[at]! - (total * weights[at]!) / all);
        assert.deepEqual(
          odd,
          [...odd].sort((a, b) => (a > b ? -1 : a < b ? 1 : 0)),
        );
      },
    ),
  );
});
