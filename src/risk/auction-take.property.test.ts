import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Amount, fromRaw, type Money, type Price, rawOf } from '../units/index.ts';
import { auctionTake } from './auction-take.ts';

const WAD = 10n ** 18n;
const raws = fc.oneof(
  fc.bigInt({ min: 1n, max: 100n }),
  fc.bigInt({ min: 1n, max: 100n * WAD }),
  fc.bigInt({ min: 1n, max: 1_000_000n * WAD }),
);
const prices = fc.oneof(fc.bigInt({ min: 1n, max: 3n * WAD }), raws);
const least = fc.oneof(fc.constant(0n), raws);

function taken(amount: bigint, lot: bigint, tab: bigint, price: bigint, tabMin: bigint) {
  const result = auctionTake({
    amount: fromRaw<Amount>(amount),
    lot: fromRaw<Amount>(lot),
    tab: fromRaw<Money>(tab),
    price: fromRaw<Price>(price),
    tabMin: fromRaw<Money>(tabMin),
  });
  if (result === null) return null;
  const { slice, owed, lotLeft, tabLeft, ends } = result;
  return {
    slice: rawOf(slice),
    owed: rawOf(owed),
    lotLeft: rawOf(lotLeft),
    tabLeft: rawOf(tabLeft),
    ends,
  };
}

test('everything is moved; nobody pays less than the price, or much more', () => {
  fc.assert(
    fc.property(raws, raws, raws, prices, least, (amount, lot, tab, price, tabMin) => {
      const result = taken(amount, lot, tab, price, tabMin);
      if (result === null) return;
      const { slice, owed, lotLeft, tabLeft, ends } = result;
      assert.ok(slice > 0n && owed > 0n && lotLeft >= 0n && tabLeft >= 0n);
      assert.ok(slice <= amount);
      assert.deepEqual([slice + lotLeft, owed + tabLeft], [lot, tab]);
      const excess = owed * WAD - slice * price;
      assert.ok(excess >= 0n && excess < (price > WAD ? price : WAD), `${excess} paid too much`);
      assert.equal(ends, lotLeft === 0n || tabLeft === 0n);
      assert.ok(ends || tabLeft >= tabMin, 'dust is left');
    }),
    { numRuns: 1000, seed: 20210519 },
  );
});

test('whoever wants the whole lot can have it or what the tab needs, if that is a unit', () => {
  let ended = 0;
  fc.assert(
    fc.property(raws, raws, prices, least, (lot, tab, price, tabMin) => {
      const result = taken(lot, lot, tab, price, tabMin);
      if (result === null) assert.ok(tab * WAD < price);
      else {
        assert.ok(result.ends);
        ended += 1;
      }
    }),
    { numRuns: 500, seed: 20210519 },
  );
  assert.ok(ended > 100, `${ended}`);
});

test('takes one after the other end an auction within a bounded number', () => {
  const shares = fc.array(fc.bigInt({ min: 1n, max: 1000n }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(raws, raws, prices, least, shares, (lot, tab, price, tabMin, wanted) => {
      let [lotLeft, tabLeft, raised, sold] = [lot, tab, 0n, 0n];
      let hasEnded = false;
      for (const share of [...wanted, 1000n]) {
        const amount = (lotLeft * share) / 1000n;
        const result = taken(amount > 0n ? amount : 1n, lotLeft, tabLeft, price, tabMin);
        if (result === null) continue;
        raised += result.owed;
        sold += result.slice;
        ({ lotLeft, tabLeft } = result);
        hasEnded = result.ends;
        if (hasEnded) break;
      }
      assert.deepEqual([sold + lotLeft, raised + tabLeft], [lot, tab]);
      assert.ok(hasEnded || tabLeft * WAD < price, 'a take of everything that is left ends it');
    }),
    { numRuns: 300, seed: 20210519 },
  );
});
