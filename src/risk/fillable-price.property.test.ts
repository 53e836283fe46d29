import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRaw, type Money, type Price, type Ratio, rawOf, type Size } from '../units/index.ts';
import type { ContractKind } from './contract-value.ts';
import {
  type CloseOutLimitPriceInput,
  closeOutLimitPrice,
  type FillablePriceInput,
  fillablePrice,
} from './fillable-price.ts';

const WAD = 10n ** 18n;

const within = (min: bigint, max: bigint) =>
  fc.oneof(fc.bigInt({ min, max: min + 100n }), fc.bigInt({ min, max }));
const kinds = fc.constantFrom<ContractKind>('linear', 'inverse');
const signs = fc.constantFrom(1n, -1n);

/** The leg requires at most a tenth of its notional, so that no spread exceeds its value. */
const legs = fc
  .record({
    kind: kinds,
    side: signs,
    quantity: within(WAD, 10n ** 24n),
    mark: within(10n ** 15n, 10n ** 22n),
    fraction: fc.bigInt({ min: 1n, max: WAD / 10n }),
    others: within(0n, 10n ** 26n),
    equity: fc.bigInt({ min: -(10n ** 26n), max: 10n ** 26n }),
    adjustment: within(0n, 5n * WAD),
    spread: within(0n, WAD - 101n),
  })
  .map((leg): FillablePriceInput => {
    const value =
      leg.kind === 'linear' ? (leg.quantity * leg.mark) / WAD : (leg.quantity * WAD) / leg.mark;
    const required = (value * leg.fraction) / WAD + 1n;
    return {
      kind: leg.kind,
      size: fromRaw<Size>(leg.side * leg.quantity),
      markPrice: fromRaw<Price>(leg.mark),
      marginEquity: fromRaw<Money>(leg.equity),
      maintenanceMargin: fromRaw<Money>(required + leg.others),
      legMaintenanceMargin: fromRaw<Money>(required),
      bankruptcyAdjustment: fromRaw<Ratio>(leg.adjustment),
      spreadToMaintenanceMarginRatio: fromRaw<Ratio>(leg.spread),
    };
  });

/** An exact rational with a positive denominator. */
type Rational = readonly [numerator: bigint, denominator: bigint];
const over = (n: bigint, d: bigint): Rational => (d < 0n ? [-n, -d] : [n, d]);
const times = (a: Rational, b: Rational): Rational => [a[0] * b[0], a[1] * b[1]];
const minus = (a: Rational, b: Rational): Rational => [a[0] * b[1] - b[0] * a[1], a[1] * b[1]];
const divided = (a: Rational, b: Rational): Rational => over(a[0] * b[1], a[1] * b[0]);
const less = (a: Rational, b: Rational): boolean => a[0] * b[1] < b[0] * a[1];

/** The formula as written, in rationals: (value − clamp(…) · S · MM_leg) / q. */
function exactFillable(input: FillablePriceInput): Rational {
  const wad = (value: bigint): Rational => [value, WAD];
  const q = wad(rawOf(input.size));
  const mark = wad(rawOf(input.markPrice));
  const health = over(rawOf(input.marginEquity), rawOf(input.maintenanceMargin));
  let share = times(wad(rawOf(input.bankruptcyAdjustment)), minus([1n, 1n], health));
  if (less(share, [0n, 1n])) share = [0n, 1n];
  if (less([1n, 1n], share)) share = [1n, 1n];
  const spread = wad(rawOf(input.spreadToMaintenanceMarginRatio));
  const off = times(times(share, spread), wad(rawOf(input.legMaintenanceMargin)));
  if (input.kind === 'linear') return divided(minus(times(q, mark), off), q);
  const value = divided(minus([0n, 1n], q), mark);
  return divided(minus([0n, 1n], q), minus(value, off));
}

test('the exact formula, rounded toward the mark by less than one unit', () => {
  fc.assert(
    fc.property(legs, (leg) => {
      const [numerator, denominator] = exactFillable(leg);
      const miss = rawOf(fillablePrice(leg)) * denominator - numerator * WAD;
      const toward = rawOf(leg.size) > 0n ? miss : -miss;
      assert.ok(toward >= 0n && toward < denominator);
    }),
    { numRuns: 500 },
  );
});

test('never beyond the mark, and at the mark exactly while healthy', () => {
  fc.assert(
    fc.property(legs, (leg) => {
      const found = rawOf(fillablePrice(leg));
      const mark = rawOf(leg.markPrice);
      assert.ok(rawOf(leg.size) > 0n ? found <= mark : found >= mark);
      const healthy = fillablePrice({ ...leg, marginEquity: leg.maintenanceMargin });
      assert.equal(healthy, leg.markPrice);
    }),
    { numRuns: 300 },
  );
});

test('the worse the health, the farther from the mark', () => {
  fc.assert(
    fc.property(legs, within(0n, 10n ** 26n), (leg, loss) => {
      const poorer = { ...leg, marginEquity: fromRaw<Money>(rawOf(leg.marginEquity) - loss) };
      const gap = rawOf(fillablePrice(poorer)) - rawOf(fillablePrice(leg));
      assert.ok(rawOf(leg.size) > 0n ? gap <= 0n : gap >= 0n);
    }),
    { numRuns: 300 },
  );
});

test('symmetry: a linear long and the equal short are equally far from the mark', () => {
  fc.assert(
    fc.property(legs, (leg) => {
      const linear = { ...leg, kind: 'linear' as const, markPrice: fromRaw<Price>(10n ** 24n) };
      const here = rawOf(fillablePrice(linear));
      const size = fromRaw<Size>(-rawOf(leg.size));
      const there = rawOf(fillablePrice({ ...linear, size }));
      // Where the spread would exceed the value, the long is held at the smallest price.
      fc.pre(here > 1n && there > 1n);
      assert.equal(here + there, 2n * 10n ** 24n);
    }),
    { numRuns: 200 },
  );
});

const limits = fc
  .record({
    kind: kinds,
    side: signs,
    mark: within(10n ** 15n, 10n ** 22n),
    // Distances from the mark in parts of 1e-18 of it.
    fillable: fc.bigInt({ min: 0n, max: WAD / 2n }),
    bankruptcy: fc.option(fc.bigInt({ min: -WAD / 5n, max: WAD / 2n }), { nil: null }),
    equity: fc.bigInt({ min: -10n, max: 100n }),
    penalty: fc.oneof(
      fc.bigInt({ min: 0n, max: WAD / 20n }),
      fc.bigInt({ min: 0n, max: WAD - 1n }),
    ),
  })
  .map((each): CloseOutLimitPriceInput => {
    const away = (distance: bigint): Price =>
      fromRaw<Price>(each.mark - (each.side * each.mark * distance) / WAD);
    return {
      kind: each.kind,
      size: fromRaw<Size>(each.side * WAD),
      markPrice: fromRaw<Price>(each.mark),
      fillablePrice: away(each.fillable),
      bankruptcyPrice: each.bankruptcy === null ? null : away(each.bankruptcy),
      equity: fromRaw<Money>(each.equity),
      penaltyFraction: fromRaw<Ratio>(each.penalty),
    };
  });

/** Whether a fill at the price is allowed, decided from its proceeds after the penalty. */
function isAllowed(limit: CloseOutLimitPriceInput, raw: bigint): boolean {
  const sells = rawOf(limit.size) > 0n;
  const mark = rawOf(limit.markPrice);
  if (sells ? raw >= mark : raw <= mark) return true;
  const worst = rawOf(limit.fillablePrice);
  if (sells ? raw < worst : raw > worst) return false;
  if (limit.bankruptcyPrice === null || rawOf(limit.equity) <= 0n) return true;
  const bankrupt = rawOf(limit.bankruptcyPrice);
  const penalty = rawOf(limit.penaltyFraction);
  // Per contract: linear ±p less f · p; inverse ∓1/p less f/p. Compared with the quote's.
  const sold = sells ? 1n : -1n;
  if (limit.kind === 'linear') return raw * (sold * WAD - penalty) >= sold * bankrupt * WAD;
  return (-sold * WAD - penalty) * bankrupt >= -sold * WAD * raw;
}

test('a fill at the limit is allowed, and one unit worse is not', () => {
  fc.assert(
    fc.property(limits, (limit) => {
      const found = rawOf(closeOutLimitPrice(limit));
      const worse = rawOf(limit.size) > 0n ? found - 1n : found + 1n;
      assert.ok(isAllowed(limit, found));
      assert.ok(!isAllowed(limit, worse));
    }),
    { numRuns: 1000 },
  );
});

test('a larger penalty never widens the limit', () => {
  fc.assert(
    fc.property(limits, fc.bigInt({ min: 0n, max: WAD / 10n }), (limit, extra) => {
      const penalty = rawOf(limit.penaltyFraction) + extra;
      fc.pre(penalty < WAD);
      const dearer = { ...limit, penaltyFraction: fromRaw<Ratio>(penalty) };
      const gap = rawOf(closeOutLimitPrice(dearer)) - rawOf(closeOutLimitPrice(limit));
      assert.ok(rawOf(limit.size) > 0n ? gap >= 0n : gap <= 0n);
    }),
    { numRuns: 300 },
  );
});
