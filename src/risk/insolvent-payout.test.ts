import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  durationMs,
  formatDecimal,
  fromRaw,
  type Money,
  money,
  type Ratio,
  ratio,
  rawOf,
} from '../units/index.ts';
import { type InsolventPayoutInput, insolventPayout } from './insolvent-payout.ts';

const unit = '0.000000000000000001';
const BASE: InsolventPayoutInput = {
  markToMarket: money('-100'),
  netMaintenanceValue: money('-300'),
  elapsedMs: durationMs(0),
  durationMs: durationMs(600_000),
  fraction: ratio('1'),
};
const payout = (changes: Partial<InsolventPayoutInput>): string =>
  formatDecimal(insolventPayout({ ...BASE, ...changes }));

test('from the value of the portfolio to the margin that it needs', () => {
  assert.equal(payout({}), '100');
  assert.equal(payout({ elapsedMs: durationMs(300_000) }), '200');
  assert.equal(payout({ elapsedMs: durationMs(599_999) }), '299.999666666666666666');
  assert.equal(payout({ elapsedMs: durationMs(600_000) }), '300');
  assert.equal(payout({ elapsedMs: durationMs(600_001) }), '300');
});

test('a share of the portfolio gets its share', () => {
  assert.equal(payout({ fraction: ratio('0.5'), elapsedMs: durationMs(12_000) }), '52');
  assert.equal(payout({ fraction: ratio('0') }), '0');
  assert.equal(payout({ fraction: ratio(unit) }), '0.0000000000000001');
});

test('from nothing, where the portfolio is still worth something', () => {
  const worth = { markToMarket: money('50') };
  assert.equal(payout(worth), '0');
  assert.equal(payout({ ...worth, elapsedMs: durationMs(1) }), '0.0005');
  assert.equal(payout({ markToMarket: money('0'), elapsedMs: durationMs(600_000) }), '300');
});

test('at the bounds', () => {
  assert.equal(payout({ netMaintenanceValue: money('-100') }), '100');
  assert.equal(payout({ markToMarket: money('5'), netMaintenanceValue: money('0') }), '0');
  const dust = { markToMarket: money('0'), netMaintenanceValue: money(`-${unit}`) };
  assert.equal(payout({ ...dust, elapsedMs: durationMs(599_999) }), '0');
  assert.equal(payout({ ...dust, elapsedMs: durationMs(600_000) }), unit);
});

test('contract violations', () => {
  for (const changes of [
    { netMaintenanceValue: money('-99.999999999999999999') },
    { markToMarket: money('50'), netMaintenanceValue: money(unit) },
    { durationMs: durationMs(0) },
    { fraction: ratio(`1.${unit.slice(2)}`) },
    { fraction: ratio(`-${unit}`) },
  ]) {
    assert.throws(() => payout(changes), /INSOLVENT_PAYOUT/);
  }
});

const WAD = 10n ** 18n;

test('the exact payout, rounded down; rising with time, and parts never get more', () => {
  const money18 = fc.oneof(
    fc.bigInt({ min: 0n, max: 1000n }),
    fc.bigInt({ min: 0n, max: 10n ** 30n }),
  );
  const times = fc.integer({ min: 0, max: 2000 });
  const fractions = fc.bigInt({ min: 0n, max: WAD });
  fc.assert(
    fc.property(money18, money18, times, times, fractions, (lost, more, t, later, fraction) => {
      const at = (elapsed: number, part: bigint) =>
        rawOf(
          insolventPayout({
            markToMarket: fromRaw<Money>(-lost),
            netMaintenanceValue: fromRaw<Money>(-lost - more),
            elapsedMs: durationMs(elapsed),
            durationMs: durationMs(1000),
            fraction: fromRaw<Ratio>(part),
          }),
        );
      const spent = BigInt(Math.min(t, 1000));
      const left = (lost * 1000n + more * spent) * fraction - at(t, fraction) * 1000n * WAD;
      assert.ok(left >= 0n && left < 1000n * WAD);
      assert.ok(at(t, fraction) <= at(t + later, fraction));
      assert.ok(at(t, fraction) + at(t, WAD - fraction) <= at(t, WAD));
    }),
    { numRuns: 300 },
  );
});
