import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs, formatDecimal, money, ratio, size } from '../units/index.ts';
import { ramp, type ThrottleInput, throttle, windowCapacity } from './throttle.ts';

const unit = '0.000000000000000001';

/** What may be closed, and the bounds by window, cap and ramp. */
function closable(notional: string, bounds: Omit<ThrottleInput, 'notional'> = {}) {
  const result = throttle({ notional: money(notional), ...bounds });
  const { closableNotional, byWindow, byCap, byRamp } = result;
  return [closableNotional, byWindow, byCap, byRamp].map((each) =>
    each === null ? null : formatDecimal(each),
  );
}

const window = (capacity: string, used: string) => ({
  window: { capacity: money(capacity), used: money(used) },
});
const cap = (limit: string, inLiquidation: string) => ({
  cap: { limit: money(limit), inLiquidation: money(inLiquidation) },
});

test('without a bound all of it', () => {
  assert.deepEqual(closable('100'), ['100', null, null, null]);
  assert.deepEqual(closable('100', { window: null, cap: null, ramp: null })[0], '100');
  assert.deepEqual(closable('0')[0], '0');
});

test('what the window has left', () => {
  assert.deepEqual(closable('100', window('150', '30')), ['100', '120', null, null]);
  assert.deepEqual(closable('100', window('150', '90')), ['60', '60', null, null]);
  assert.deepEqual(closable('100', window('150', '150')), ['0', '0', null, null]);
  assert.deepEqual(closable('100', window('150', '170')), ['0', '0', null, null]);
});

test('what may be in liquidation together', () => {
  assert.deepEqual(closable('100', cap('500', '440')), ['60', null, '60', null]);
  assert.deepEqual(closable('100', cap('500', '501')), ['0', null, '0', null]);
});

test('a share of the notional, rounded down', () => {
  assert.deepEqual(closable('100', { ramp: ratio('0.3') }), ['30', null, null, '30']);
  assert.deepEqual(closable('100', { ramp: ratio('0') })[0], '0');
  assert.deepEqual(closable('100', { ramp: ratio('1') })[0], '100');
  assert.deepEqual(closable('0.000000000000000003', { ramp: ratio('0.5') })[0], unit);
});

test('the least of the bounds', () => {
  const bounds = { ...window('50', '10'), ...cap('90', '60'), ramp: ratio('0.2') };
  assert.deepEqual(closable('100', bounds), ['20', '40', '30', '20']);
  assert.deepEqual(closable('300', bounds), ['30', '40', '30', '60']);
  assert.deepEqual(closable('300', { ...bounds, ...window('50', '45') })[0], '5');
});

test('what is small ignores the ramp, and only the ramp', () => {
  const small = { ramp: ratio('0.1'), smallNotional: money('100') };
  assert.deepEqual(closable('100', small), ['100', null, null, null]);
  assert.deepEqual(closable('100.000000000000000001', small)[0], '10');
  assert.deepEqual(closable('100', { ...small, ...window('40', '0') })[0], '40');
  assert.deepEqual(closable('100', { ...small, ...cap('40', '15') })[0], '25');
});

test('contract violations of the throttle', () => {
  assert.throws(() => closable('-1'), /THROTTLE/);
  assert.throws(() => closable('1', window('-1', '0')), /THROTTLE/);
  assert.throws(() => closable('1', window('1', '-1')), /THROTTLE/);
  assert.throws(() => closable('1', cap('-1', '0')), /THROTTLE/);
  assert.throws(() => closable('1', cap('1', '-1')), /THROTTLE/);
  assert.throws(() => closable('1', { ramp: ratio('-0.1') }), /THROTTLE/);
  assert.throws(() => closable('1', { ramp: ratio('1.000000000000000001') }), /THROTTLE/);
  assert.throws(() => closable('1', { smallNotional: money('-1') }), /THROTTLE/);
});

function share(elapsedMs: number, duration: number, initialFraction: string): string {
  return formatDecimal(
    ramp({
      elapsedMs: durationMs(elapsedMs),
      durationMs: durationMs(duration),
      initialFraction: ratio(initialFraction),
    }),
  );
}

test('the ramp rises from its initial fraction to one', () => {
  assert.equal(share(0, 1000, '0.1'), '0.1');
  assert.equal(share(250, 1000, '0.1'), '0.35');
  assert.equal(share(899, 1000, '0.1'), '0.999');
  assert.equal(share(900, 1000, '0.1'), '1');
  assert.equal(share(950, 1000, '0.1'), '1');
  assert.equal(share(1000, 1000, '0'), '1');
  assert.equal(share(9_007_199_254_740_991, 1, '0'), '1');
  assert.equal(share(0, 1000, '1'), '1');
});

test('the ramp is rounded down, and one where it has no duration', () => {
  assert.equal(share(1, 3, '0'), '0.333333333333333333');
  assert.equal(share(2, 3, '0.1'), '0.766666666666666666');
  assert.equal(share(0, 0, '0'), '1');
});

test('contract violations of the ramp', () => {
  assert.throws(() => share(0, 1, '-0.1'), /RAMP/);
  assert.throws(() => share(0, 1, '1.1'), /RAMP/);
});

function capacity(
  makerFee: string,
  takerFee: string,
  scale: string,
  perSecond: string,
  ms: number,
) {
  return formatDecimal(
    windowCapacity({
      makerFee: ratio(makerFee),
      takerFee: ratio(takerFee),
      skewScale: size(scale),
      multiplier: ratio(perSecond),
      windowMs: durationMs(ms),
    }),
  );
}

test('capacity of a window', () => {
  assert.equal(capacity('0.007', '0.003', '1000', '1', 10_000), '100');
  assert.equal(capacity('0.007', '0.003', '1000', '0.25', 10_000), '25');
  assert.equal(capacity('-0.001', '0.003', '1000', '1', 1500), '3');
  assert.equal(capacity('-0.003', '0.003', '1000', '1', 1500), '0');
  assert.equal(capacity('0.007', '0.003', '1000', '1', 0), '0');
});

test('the capacity is rounded down, once', () => {
  // 0.5 · 3e-18 · 0.5 · 4 s is three units; rounded in between it would be less.
  assert.equal(capacity('0', '0.5', '0.000000000000000003', '0.5', 4000), '0.000000000000000003');
  assert.equal(capacity('0', '0.5', '0.000000000000000003', '0.5', 3999), '0.000000000000000002');
});

test('contract violations of the capacity', () => {
  assert.throws(() => capacity('-0.2', '0.1', '1', '1', 1), /WINDOW_CAPACITY/);
  assert.throws(() => capacity('0', '0.1', '-1', '1', 1), /WINDOW_CAPACITY/);
  assert.throws(() => capacity('0', '0.1', '1', '-1', 1), /WINDOW_CAPACITY/);
});
