import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import {
  durationMs,
  formatDecimal,
  fromRaw,
  type Price,
  price,
  ratio,
  rawOf,
} from '../units/index.ts';
import {
  VARIANCE_SAMPLE_MAX,
  varianceSample,
  volatilityOver,
  volatilityUp,
} from './realized-volatility.ts';

const DAY_MS = 86_400_000;

const sampleOf = (before: string, after: string, elapsedMs: number): string =>
  formatDecimal(
    varianceSample({
      before: price(before),
      after: price(after),
      elapsedMs: durationMs(elapsedMs),
    }),
  );

test('a move of 3 % in a day is a variance of 0.0009, in an hour 24 times as much', () => {
  assert.equal(sampleOf('100', '103', DAY_MS), '0.0009');
  assert.equal(sampleOf('100', '97', DAY_MS), '0.0009');
  assert.equal(sampleOf('100', '103', DAY_MS / 24), '0.0216');
  assert.equal(sampleOf('100', '100', 1), '0');
});

test('a sample is rounded down, once', () => {
  // (1/3)² · 1 day = 0.111…
  assert.equal(sampleOf('3', '4', DAY_MS), '0.111111111111111111');
  assert.equal(sampleOf('3', '2', DAY_MS), '0.111111111111111111');
});

test('an absurd move counts as much as the largest sample, and no more', () => {
  // A thousandfold move in a day is the largest.
  assert.equal(sampleOf('1', '1001', DAY_MS), formatDecimal(VARIANCE_SAMPLE_MAX));
  assert.equal(sampleOf('0.000000000000000001', '100000000000000000', 1), '1000000');
  assert.equal(sampleOf('1', '1000.999', DAY_MS), '999998.000001');
});

test('prices of zero and time that stands still are defects', () => {
  assert.throws(() => sampleOf('0', '1', 1), /not positive/);
  assert.throws(() => sampleOf('1', '0', 1), /not positive/);
  assert.throws(() => sampleOf('1', '1', 0), /no time has passed/);
});

test('volatility is the root of variance and grows with the root of time, rounded up', () => {
  assert.equal(formatDecimal(volatilityUp(ratio('0.0016'))), '0.04');
  assert.equal(formatDecimal(volatilityUp(ratio('2'))), '1.414213562373095049');
  const over = (elapsedMs: number): string =>
    formatDecimal(volatilityOver({ volatility: ratio('0.04'), elapsedMs: durationMs(elapsedMs) }));
  assert.equal(over(DAY_MS), '0.04');
  assert.equal(over(4 * DAY_MS), '0.08');
  assert.equal(over(DAY_MS / 100), '0.004');
  assert.equal(over(0), '0');
  // One minute is 0.000694444444444445 of a day, its root 0.026352313834736505, rounded up.
  assert.equal(over(60_000), '0.001054092553389461');
});

test('property: samples and volatility follow their formulas at fifty digits, one-sided', () => {
  const Wide = Decimal.clone({ precision: 60 });
  const raw = fc.bigInt({ min: 1n, max: 10n ** 35n });
  fc.assert(
    fc.property(raw, raw, fc.integer({ min: 1, max: 10 ** 12 }), (before, after, elapsed) => {
      const elapsedMs = durationMs(elapsed);
      const prices = { before: fromRaw<Price>(before), after: fromRaw<Price>(after) };
      const sample = varianceSample({ ...prices, elapsedMs });
      const move = new Wide((after - before).toString()).div(before.toString());
      const exact = move.pow(2).mul(DAY_MS).div(elapsed).mul('1e18');
      const expected = Wide.min(exact.floor(), '1e24');
      assert.equal(rawOf(sample).toString(), expected.toFixed(0));

      const over = new Wide(rawOf(volatilityOver({ volatility: sample, elapsedMs })).toString());
      const root = new Wide(elapsed).div(DAY_MS).sqrt().mul(rawOf(sample).toString());
      assert.ok(over.gte(root.floor()), `${over} below ${root}`);
      // Each rounding adds less than a unit; that of the days weighs most where they are few.
      const days = new Wide(elapsed).div(DAY_MS).add('1e-18').sqrt().add('1e-18');
      assert.ok(over.lte(days.mul(rawOf(sample).toString()).add(1)), `${over} above ${root}`);
    }),
    { numRuns: 300 },
  );
});
