import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRaw, type Money, price, type Size } from '../units/index.ts';
import { type AdlAllocationInput, adlAllocation } from './adl-allocation.ts';
import type { AdlCandidate } from './adl-candidate.ts';
import { adlCap } from './adl-caps.ts';
import { adlNumbers } from './adl-numbers.ts';
import { ADL_POLICY_NAMES } from './adl-policy-name.ts';
import { ALL, aloneSeats, NOTHING, PART, surelyHold } from './adl-seats.ts';

const LIMIT = 2n ** 127n - 1n;
const magnitudes = fc.oneof(
  fc.bigInt({ min: 1n, max: 9n }),
  fc.bigInt({ min: 1n, max: 10n ** 20n }),
  fc.bigInt({ min: 1n, max: LIMIT / 2n }),
);

type Drawn = {
  readonly gap: bigint;
  readonly quantity: bigint;
  readonly lot: bigint;
  readonly candidates: readonly AdlCandidate[];
};

/** Equity and profit anywhere, or within a few units of what the cap compares them with. */
const candidate = ({ gap, quantity }: { readonly gap: bigint; readonly quantity: bigint }) =>
  fc
    .record({
      held: magnitudes,
      equity: fc.option(magnitudes, { freq: 2 }),
      profit: fc.option(magnitudes, { freq: 2 }),
      sign: fc.constantFrom(1n, 1n, 1n, 0n, -1n),
      off: fc.tuple(fc.bigInt({ min: -3n, max: 3n }), fc.bigInt({ min: -3n, max: 3n })),
      margins: fc.option(fc.tuple(magnitudes, magnitudes), { freq: 2 }),
      counted: fc.option(magnitudes, { freq: 2 }),
    })
    .map(({ held, equity, profit, sign, off, margins, counted }): AdlCandidate => {
      const loss = (gap * held) / quantity;
      const near = (by: bigint) => {
        const value = loss + by;
        return value < 1n ? 1n : value > LIMIT ? LIMIT : value;
      };
      const [one = 0n, other = 0n] = margins ?? [];
      return {
        account: 'a',
        size: fromRaw<Size>(held),
        equity: fromRaw<Money>(equity ?? near(off[0])),
        marginEquity: counted === null ? null : fromRaw<Money>(counted),
        unrealizedPnl: fromRaw<Money>(sign * (profit ?? near(off[1]))),
        maintenanceMargin: margins && fromRaw<Money>(one > other ? one : other),
        legMaintenanceMargin: margins && fromRaw<Money>(one > other ? other : one),
      };
    });

const books: fc.Arbitrary<Drawn> = fc
  .record({
    gap: fc.oneof(fc.constant(0n), magnitudes),
    quantity: magnitudes,
    lot: fc.oneof(fc.constant(1n), fc.bigInt({ min: 1n, max: 10n ** 18n })),
  })
  .chain((terms) =>
    fc.array(candidate(terms), { maxLength: 6 }).map((list) => ({
      ...terms,
      candidates: list.map((each, at) => ({ ...each, account: `a${at}` })),
    })),
  );

const seatsOf = ({ gap, quantity, lot, candidates }: Drawn) => {
  const numbers = adlNumbers(candidates);
  const terms = { gap: fromRaw<Money>(gap), quantity: fromRaw<Size>(quantity) };
  const seats = aloneSeats({ ...terms, candidates, numbers, lot: fromRaw<Size>(lot) });
  const caps = candidates.map((each) => adlCap(each, terms) / lot);
  return { seats, caps };
};

test('caps by numbers are the exact caps, however close what they compare', () => {
  fc.assert(
    fc.property(books, (book) => {
      const { seats, caps } = seatsOf(book);
      for (const [at, cap] of caps.entries()) {
        const held = BigInt(book.candidates[at]!.size) / book.lot;
        assert.equal(seats.heldAt(at), held);
        assert.equal(seats.capAt(at), cap);
        assert.equal(seats.gives[at], cap === 0n ? NOTHING : cap === held ? ALL : PART);
        assert.equal(seats.weights[at], Number(held));
      }
    }),
    { numRuns: 2000 },
  );
});

test('caps that surely hold a quantity do; what they miss by a unit they do not', () => {
  fc.assert(
    fc.property(books, (book) => {
      const { seats, caps } = seatsOf(book);
      const total = caps.reduce((a, b) => a + b, 0n);
      assert.ok(!surelyHold(seats, total + 1n));
      const whole = caps.filter((_, at) => seats.gives[at] === ALL).reduce((a, b) => a + b, 0n);
      if (whole >= 1000n) assert.ok(surelyHold(seats, whole / 2n));
    }),
    { numRuns: 1000 },
  );
});

test('numbers that are given mean the same as numbers that are worked out', () => {
  const modest = fc.bigInt({ min: 1n, max: 10n ** 21n });
  const list = fc.array(fc.tuple(modest, fc.bigInt({ min: -5n, max: 10n ** 20n }), modest), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(list, modest, fc.constantFrom(...ADL_POLICY_NAMES), (drawn, quantity, policy) => {
      const candidates = drawn.map(([held, equity, profit], at): AdlCandidate => {
        return {
          account: `a${at}`,
          size: fromRaw<Size>(held),
          equity: fromRaw<Money>(equity),
          unrealizedPnl: fromRaw<Money>(profit - 10n ** 20n),
        };
      });
      const input: AdlAllocationInput = {
        policy,
        kind: 'linear',
        side: 1,
        markPrice: price('1'),
        quantity: fromRaw<Size>(quantity),
        gap: fromRaw<Money>(quantity / 20n),
        lot: fromRaw<Size>(1n),
        candidates,
      };
      const given = adlAllocation({ ...input, numbers: adlNumbers(candidates) });
      assert.deepEqual(given, adlAllocation(input));
    }),
    { numRuns: 300 },
  );
});
