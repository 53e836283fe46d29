import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  amount,
  formatDecimal,
  fromRaw,
  type Ratio,
  ratio,
  rawOf,
  shares,
} from '../units/index.ts';
import { borrowRate, type RateCurve, utilization } from './borrow-rate.ts';

const WAD = 10n ** 18n;
const unit = '0.000000000000000001';

const used = (cash: string, debt: string, index = '1') =>
  formatDecimal(
    utilization({ cash: amount(cash), debtShares: shares(debt), debtIndex: ratio(index) }),
  );

test('the share of the pool that is lent out', () => {
  assert.equal(used('75', '25'), '0.25');
  assert.equal(used('75', '12.5', '2'), '0.25');
  assert.equal(used('0', '25'), '1');
  assert.equal(used('2', '1'), '0.333333333333333334');
});

test('without a debt it is zero, even of an empty pool; with a unit of debt it is not', () => {
  assert.equal(used('0', '0'), '0');
  assert.equal(used('100', '0'), '0');
  assert.equal(used('100', unit), unit);
});

test('contract violations of the utilization', () => {
  assert.throws(() => used('-1', '1'), /UTILIZATION/);
  assert.throws(() => used('1', '-1'), /UTILIZATION/);
  assert.throws(() => used('1', '1', '0'), /UTILIZATION/);
});

const CURVE: RateCurve = {
  rateAtZero: ratio('0.02'),
  rateAtKink: ratio('0.1'),
  rateAtFull: ratio('1.1'),
  kinkUtilization: ratio('0.8'),
};
const rateAt = (at: string, curve: Partial<RateCurve> = {}) =>
  formatDecimal(borrowRate({ curve: { ...CURVE, ...curve }, utilization: ratio(at) }));

test('the rate is exact at zero, at the kink and at one, and linear between', () => {
  assert.equal(rateAt('0'), '0.02');
  assert.equal(rateAt('0.4'), '0.06');
  assert.equal(rateAt('0.8'), '0.1');
  assert.equal(rateAt('0.9'), '0.6');
  assert.equal(rateAt('1'), '1.1');
});

test('a unit beyond the kink the slope is the steep one', () => {
  assert.equal(rateAt('0.799999999999999999'), '0.1');
  assert.equal(rateAt('0.800000000000000001'), '0.100000000000000005');
  assert.equal(rateAt(unit), '0.020000000000000001');
});

test('a flat curve is lawful', () => {
  const flat = { rateAtZero: ratio('0.1'), rateAtFull: ratio('0.1') };
  for (const at of ['0', '0.8', '1']) assert.equal(rateAt(at, flat), '0.1');
});

test('contract violations of the rate', () => {
  assert.throws(() => rateAt('-0.1'), /BORROW_RATE/);
  assert.throws(() => rateAt('1.1'), /BORROW_RATE/);
  for (const wrong of [
    { kinkUtilization: ratio('0') },
    { kinkUtilization: ratio('1') },
    { rateAtZero: ratio('-0.1') },
    { rateAtZero: ratio('0.2') },
    { rateAtFull: ratio('0.09') },
  ]) {
    assert.throws(() => rateAt('0.5', wrong), /BORROW_RATE/);
  }
});

test('the rate never falls with utilization and stays on the curve', () => {
  const curves = fc
    .tuple(
      fc.array(fc.bigInt({ min: 0n, max: 3n * WAD }), { minLength: 3, maxLength: 3 }),
      fc.bigInt({ min: 1n, max: WAD - 1n }),
    )
    .map(([rates, kink]) => {
      const [low, middle, high] = rates.sort((a, b) => (a < b ? -1 : 1));
      return {
        rateAtZero: fromRaw<Ratio>(low!),
        rateAtKink: fromRaw<Ratio>(middle!),
        rateAtFull: fromRaw<Ratio>(high!),
        kinkUtilization: fromRaw<Ratio>(kink),
      };
    });
  const points = fc.bigInt({ min: 0n, max: WAD });
  fc.assert(
    fc.property(curves, points, points, (curve, a, b) => {
      const at = (raw: bigint) => rawOf(borrowRate({ curve, utilization: fromRaw<Ratio>(raw) }));
      const [low, high] = a < b ? [a, b] : [b, a];
      assert.ok(at(low) <= at(high));
      assert.ok(at(0n) <= at(low) && at(high) <= at(WAD));
      assert.equal(at(rawOf(curve.kinkUtilization)), rawOf(curve.rateAtKink));
    }),
    { numRuns: 500 },
  );
});
