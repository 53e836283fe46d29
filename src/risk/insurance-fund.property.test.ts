import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRaw, type Money, type Ratio, rawOf } from '../units/index.ts';
import { insuranceFundCover, insuranceFundDelta } from './insurance-fund.ts';

const WAD = 10n ** 18n;
const E27 = 10n ** 27n;
const amounts = fc.oneof(fc.bigInt({ min: 0n, max: 1000n }), fc.bigInt({ min: 0n, max: E27 }));
const quotes = fc.oneof(fc.bigInt({ min: -1000n, max: 1000n }), fc.bigInt({ min: -E27, max: E27 }));
const fractions = fc.oneof(
  fc.bigInt({ min: 0n, max: WAD / 100n }),
  fc.bigInt({ min: 0n, max: 2n * WAD }),
);

const deltaOf = (bankruptcy: bigint, fill: bigint, fraction: bigint): bigint =>
  rawOf(
    insuranceFundDelta({
      bankruptcyQuote: fromRaw<Money>(bankruptcy),
      fillQuote: fromRaw<Money>(fill),
      maxFeeFraction: fromRaw<Ratio>(fraction),
    }),
  );

test('the account keeps at least its bankruptcy quote; exactly that when the fund pays', () => {
  fc.assert(
    fc.property(quotes, quotes, fractions, (bankruptcy, fill, fraction) => {
      const kept = fill - deltaOf(bankruptcy, fill, fraction);
      assert.ok(kept >= bankruptcy);
      if (fill <= bankruptcy) assert.equal(kept, bankruptcy);
    }),
    { numRuns: 500 },
  );
});

test('what the fund takes is within the cap, rounded down by less than a unit', () => {
  let capped = 0;
  fc.assert(
    fc.property(quotes, quotes, fractions, (bankruptcy, fill, fraction) => {
      fc.pre(fill > bankruptcy);
      const taken = deltaOf(bankruptcy, fill, fraction);
      const slack = (fill < 0n ? -fill : fill) * fraction - taken * WAD;
      assert.ok(taken >= 0n && slack >= 0n);
      // Less than the difference only where the cap leaves no further unit.
      if (taken === fill - bankruptcy) return;
      capped += 1;
      assert.ok(slack < WAD);
    }),
    { numRuns: 500 },
  );
  assert.ok(capped > 50);
});

test('a higher bankruptcy quote never leaves more to the fund', () => {
  fc.assert(
    fc.property(quotes, quotes, fractions, amounts, (bankruptcy, fill, fraction, extra) => {
      const gap = deltaOf(bankruptcy, fill, fraction) - deltaOf(bankruptcy + extra, fill, fraction);
      assert.ok(gap >= 0n);
    }),
    { numRuns: 300 },
  );
});

test('the cover is the largest amount within deficit, fund and cap', () => {
  const caps = fc.option(amounts, { nil: null });
  fc.assert(
    fc.property(amounts, amounts, caps, (deficit, fund, cap) => {
      const paid = rawOf(
        insuranceFundCover({
          deficit: fromRaw<Money>(deficit),
          fund: fromRaw<Money>(fund),
          eventCap: cap === null ? null : fromRaw<Money>(cap),
        }),
      );
      const limits = cap === null ? [deficit, fund] : [deficit, fund, cap];
      assert.ok(limits.every((limit) => paid <= limit));
      assert.ok(limits.includes(paid));
    }),
    { numRuns: 300 },
  );
});
