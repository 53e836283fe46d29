import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRaw, type Money, type Ratio, rawOf } from '../units/index.ts';
import {
  auctionMaxFraction,
  auctionStarterFee,
  solventSlicePrice,
} from './auction-max-fraction.ts';

const WAD = 10n ** 18n;
const values = fc.oneof(
  fc.bigInt({ min: 1n, max: 1000n }),
  fc.bigInt({ min: 1n, max: 10n ** 27n }),
);
const shares = fc.bigInt({ min: 0n, max: WAD });

const accounts = fc
  .record({
    value: values,
    missing: fc.oneof(fc.bigInt({ min: 0n, max: 1000n }), fc.bigInt({ min: 0n, max: 10n ** 27n })),
    buffer: fc.oneof(fc.constant(0n), shares),
    discount: shares,
    reservedShare: fc.oneof(fc.constant(0n), shares),
  })
  .map(({ reservedShare, ...account }) => ({
    ...account,
    reserved: (account.value * reservedShare) / (WAD + 1n),
  }));
type Account = typeof accounts extends fc.Arbitrary<infer T> ? T : never;

/** An account with a negative net maintenance value. */
const accountOf = ({ value, missing, buffer }: Account) => ({
  markToMarket: fromRaw<Money>(value),
  netMaintenanceValue: fromRaw<Money>(-missing),
  bufferFraction: fromRaw<Ratio>(buffer),
});

const fractionOf = (given: Account): bigint =>
  rawOf(
    auctionMaxFraction({
      ...accountOf(given),
      discount: fromRaw<Ratio>(given.discount),
      reserved: fromRaw<Money>(given.reserved),
    }).maxFraction,
  );

/** Buffer margin after a slice, times WAD³: the sale is played through, asset by asset. */
function bufferAfter({ value, missing, buffer, discount, reserved }: Account, fraction: bigint) {
  const kept = WAD - fraction;
  // Reserved proceeds are money; the rest of the value and all of the requirement shrink alike.
  const proceeds = fraction * discount * (value - reserved);
  const marketAfter = (value - reserved) * kept * WAD + reserved * WAD * WAD + proceeds;
  const requirementAfter = (value + missing) * kept * WAD;
  return (marketAfter - requirementAfter) * WAD - buffer * requirementAfter;
}

test('after the largest slice the buffer is whole, after one smaller by a unit it is not', () => {
  let partial = 0;
  fc.assert(
    fc.property(accounts, (given) => {
      const fraction = fractionOf(given);
      assert.ok(fraction >= 0n && fraction <= WAD);
      assert.ok(bufferAfter(given, fraction) >= 0n);
      if (fraction > 0n) assert.ok(bufferAfter(given, fraction - 1n) < 0n);
      if (fraction > 1n && fraction < WAD) partial += 1;
    }),
    { numRuns: 1000, seed: 20210519 },
  );
  assert.ok(partial > 300, `${partial}`);
});

test('a lower price means a larger slice', () => {
  fc.assert(
    fc.property(accounts, shares, (given, other) => {
      const [low, high] =
        given.discount < other ? [given.discount, other] : [other, given.discount];
      const atLow = fractionOf({ ...given, discount: low });
      assert.ok(atLow >= fractionOf({ ...given, discount: high }));
    }),
    { numRuns: 300, seed: 20210519 },
  );
});

test('the price of a slice is exact, rounded up; parts cost at least what the whole does', () => {
  fc.assert(
    fc.property(accounts, shares, shares, ({ value, discount, reserved }, a, b) => {
      const priced = (fraction: bigint) =>
        rawOf(
          solventSlicePrice({
            fraction: fromRaw<Ratio>(fraction),
            discount: fromRaw<Ratio>(discount),
            markToMarket: fromRaw<Money>(value),
            reserved: fromRaw<Money>(reserved),
          }),
        );
      const excess = priced(a) * WAD * WAD - a * discount * (value - reserved);
      assert.ok(excess >= 0n && excess < WAD * WAD);
      if (a + b <= WAD) assert.ok(priced(a) + priced(b) >= priced(a + b));
    }),
    { numRuns: 300, seed: 20210519 },
  );
});

test('the starter gets no more than the rate on the slice that is sold in full', () => {
  fc.assert(
    fc.property(accounts, shares, (given, rate) => {
      const paid = rawOf(
        auctionStarterFee({ ...accountOf(given), feeFraction: fromRaw<Ratio>(rate) }),
      );
      const fraction = fractionOf({ ...given, discount: WAD, reserved: 0n });
      assert.ok(paid >= 0n && paid * WAD * WAD <= fraction * given.value * rate);
      // The fraction was rounded up by less than a unit.
      const least = (fraction - 1n) * given.value * rate;
      assert.ok((paid + 1n) * WAD * WAD > least);
    }),
    { numRuns: 300, seed: 20210519 },
  );
});
