/**
 * Goal: a record of few fills is a part of what a record of all would be, and bears its own part
 * of the gap. Method: small books in which shares of a gap hardly ever come out whole, each cut
 * at every number of fills.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cmpId, fromRaw, type Money, price, rawOf, type Size } from '../units/index.ts';
import { type AdlAllocationInput, adlAllocation } from './adl-allocation.ts';
import { largestOf } from './adl-largest.ts';
import { ADL_POLICY_NAMES } from './adl-policy-name.ts';

const books: fc.Arbitrary<AdlAllocationInput> = fc
  .record({
    policy: fc.constantFrom(...ADL_POLICY_NAMES),
    side: fc.constantFrom<1 | -1>(1, -1),
    quantity: fc.integer({ min: 1, max: 40 }),
    gap: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 2_000_000 })),
    list: fc.array(
      fc.record({
        size: fc.integer({ min: 1, max: 9 }),
        equity: fc.integer({ min: 0, max: 1_000_000 }),
        profit: fc.oneof(fc.integer({ min: -9, max: 40 }), fc.integer({ min: 0, max: 900_000 })),
      }),
      { minLength: 1, maxLength: 9 },
    ),
  })
  .map(({ list, quantity, gap, ...rest }) => ({
    ...rest,
    kind: 'linear',
    markPrice: price('100'),
    lot: fromRaw<Size>(1n),
    quantity: fromRaw<Size>(BigInt(quantity)),
    gap: fromRaw<Money>(BigInt(gap)),
    candidates: list.map(({ size, equity, profit }, at) => ({
      account: `a${(at * 5) % 11}`,
      size: fromRaw<Size>(BigInt(size)),
      equity: fromRaw<Money>(BigInt(equity)),
      unrealizedPnl: fromRaw<Money>(BigInt(profit)),
    })),
  }));

const total = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);

test('the largest fills stay as they are, and bear the gap of what they close to the unit', () => {
  let cut = 0;
  let uneven = 0;
  fc.assert(
    fc.property(books, (input) => {
      const all = adlAllocation(input);
      const bySize = all.fills.toSorted(
        (a, b) => Number(rawOf(b.size) - rawOf(a.size)) || cmpId(a.account, b.account),
      );
      for (let fillsMax = 1; fillsMax <= all.fills.length + 1; fillsMax += 1) {
        const part = adlAllocation({ ...input, fillsMax });
        const kept = all.fills.filter((fill) => bySize.indexOf(fill) < fillsMax);
        const shape = ({ account, size }: (typeof kept)[number]) => `${account} ${size}`;
        assert.deepEqual(part.fills.map(shape), kept.map(shape));
        const filled = total(part.fills.map(({ size }) => rawOf(size)));
        assert.equal(rawOf(part.unfilled), rawOf(input.quantity) - filled);
        const needed = (rawOf(input.gap) * filled) / rawOf(input.quantity);
        const borne = total(part.fills.map(({ taken }) => rawOf(taken)));
        assert.ok(rawOf(part.residualLoss) >= 0n);
        assert.equal(borne + rawOf(part.residualLoss), needed);
        assert.equal(rawOf(part.metrics.budget), needed);
        assert.equal(rawOf(part.metrics.overshoot), 0n);
        if (fillsMax >= all.fills.length) assert.deepEqual(part, all);
        else cut += 1;
        if (borne > 0n && (rawOf(input.gap) * filled) % rawOf(input.quantity) > 0n) uneven += 1;
      }
    }),
    { numRuns: 300, seed: 20260519 },
  );
  assert.ok(cut > 200 && uneven > 100, `cut ${cut}, uneven ${uneven}; seeded, as it is counted`);
});

test('lots are kept from the largest, ties by account id; none is no fill', () => {
  const candidates = ['c', 'a', 'd', 'b'].map((account) => ({
    account,
    size: fromRaw<Size>(9n),
    equity: fromRaw<Money>(1n),
    unrealizedPnl: fromRaw<Money>(0n),
  }));
  const kept = (lots: readonly bigint[], fillsMax: number | null) =>
    largestOf({ lots, candidates, fillsMax });
  assert.deepEqual(kept([2n, 2n, 0n, 3n], 1), [0n, 0n, 0n, 3n]);
  assert.deepEqual(kept([2n, 2n, 0n, 3n], 2), [0n, 2n, 0n, 3n]);
  assert.deepEqual(kept([2n, 2n, 0n, 3n], 3), [2n, 2n, 0n, 3n]);
  assert.deepEqual(kept([2n, 2n, 2n, 2n], null), [2n, 2n, 2n, 2n]);
  // Apart by less than floating point tells.
  const much = 2n ** 70n;
  assert.deepEqual(kept([much, much + 1n, much, much], 1), [0n, much + 1n, 0n, 0n]);
  assert.deepEqual(kept([much + 1n, much, much, much + 1n], 1), [0n, 0n, 0n, much + 1n]);
});

test('no fill at all is not a number of fills', () => {
  const input: AdlAllocationInput = {
    policy: 'queue',
    kind: 'linear',
    side: 1,
    markPrice: price('100'),
    quantity: fromRaw<Size>(1n),
    lot: fromRaw<Size>(1n),
    gap: fromRaw<Money>(0n),
    candidates: [],
    fillsMax: 0,
  };
  assert.throws(() => adlAllocation(input), /at least one fill/);
  assert.deepEqual(adlAllocation({ ...input, fillsMax: 1 }).fills, []);
});
