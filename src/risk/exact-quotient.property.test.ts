import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { orderByKeys } from './ascending-order.ts';
import { cmpQuotient, type KeyedQuotient, keyed, type Quotient } from './exact-quotient.ts';

const numerators = fc.oneof(
  fc.bigInt({ min: -20n, max: 20n }),
  fc.bigInt({ min: -(2n ** 254n), max: 2n ** 254n }),
);
const denominators = fc.oneof(
  fc.bigInt({ min: 1n, max: 20n }),
  fc.bigInt({ min: 1n, max: 2n ** 254n }),
);
const quotients = fc.record({ numerator: numerators, denominator: denominators });

/** As lists are sorted. */
function cmpKeyed(a: KeyedQuotient, b: KeyedQuotient): number {
  const pair = [a, b];
  const exact = (one: number, other: number) => cmpQuotient(pair[one]!, pair[other]!);
  return orderByKeys({ keys: Float64Array.of(a.key, b.key), exact })(0, 1);
}

/** A quotient next to another: equal, or apart by one part in as many as the numbers hold. */
const neighbors = fc
  .record({
    of: quotients,
    times: fc.bigInt({ min: 1n, max: 2n ** 60n }),
    by: fc.constantFrom(-1n, 0n, 1n),
  })
  .map(({ of, times, by }): [Quotient, Quotient] => [
    of,
    { numerator: of.numerator * times + by, denominator: of.denominator * times },
  ]);

test('with keys quotients stand in the same order as without, however near or far apart', () => {
  fc.assert(
    fc.property(fc.oneof(neighbors, fc.tuple(quotients, quotients)), ([a, b]) => {
      assert.equal(cmpKeyed(keyed(a), keyed(b)), cmpQuotient(a, b));
      assert.equal(cmpKeyed(keyed(b), keyed(a)), cmpQuotient(b, a));
    }),
    { numRuns: 3000 },
  );
});

test('keys decide what is clearly apart, and leave open what they cannot hold', () => {
  const third = keyed({ numerator: 1n, denominator: 3n });
  assert.ok(third.key < keyed({ numerator: 1n, denominator: 2n }).key);
  const near = keyed({ numerator: 10n ** 40n + 1n, denominator: 3n * 10n ** 40n });
  assert.equal(near.key, third.key);
  assert.equal(cmpKeyed(third, near), -1);
  assert.equal(keyed({ numerator: 0n, denominator: 7n }).key, 0);
});

test('beyond the range of floating point the exact comparison decides', () => {
  const huge = 10n ** 400n;
  const [half, third] = [
    { numerator: huge, denominator: 2n * huge },
    { numerator: 1n, denominator: 3n },
  ];
  assert.equal(cmpKeyed(keyed(third), keyed(half)), -1);
  assert.equal(cmpKeyed(keyed(half), keyed(third)), 1);
});
