import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { idOrder } from './id-order.ts';

const sorted = (ids: readonly string[]): string[] => [...idOrder(ids)].map((at) => ids[at]!);
const byCodeUnit = (ids: readonly string[]): string[] =>
  [...ids].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

test('by code unit: a beginning before what it begins, digits before letters', () => {
  assert.deepEqual(sorted(['a10', 'a9', 'a', 'aB', 'aa']), ['a', 'a10', 'a9', 'aB', 'aa']);
  assert.deepEqual(sorted([]), []);
  assert.deepEqual(sorted(['one']), ['one']);
  assert.deepEqual([...idOrder(['same', 'same', 'sam'])], [2, 0, 1]);
});

test('any ids, few and many, with long common beginnings and long differences', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'09AZaz.-'), maxLength: 20 });
  const ids = fc.oneof(letters, fc.string(), fc.nat(99_999).map(String));
  const lists = fc.record({
    beginning: fc.constantFrom('', 'acc-', 'a'.repeat(40)),
    ends: fc.array(ids, { maxLength: 200 }),
  });
  fc.assert(
    fc.property(lists, ({ beginning, ends }) => {
      const all = ends.map((end) => beginning + end);
      assert.deepEqual(sorted(all), byCodeUnit(all));
    }),
    { numRuns: 400 },
  );
});
