import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { durationMs, fromRaw, type Money, type Ratio, rawOf, type Size } from '../units/index.ts';
import { ramp, throttle, windowCapacity } from './throttle.ts';

const WAD = 10n ** 18n;
const amounts = fc.oneof(
  fc.bigInt({ min: 0n, max: 1000n }),
  fc.bigInt({ min: 0n, max: 10n ** 24n }),
);
const fractions = fc.bigInt({ min: 0n, max: WAD });
const orNone = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null, freq: 3 });

const inputs = fc.record({
  notional: amounts,
  window: orNone(fc.record({ capacity: amounts, used: amounts })),
  cap: orNone(fc.record({ limit: amounts, inLiquidation: amounts })),
  share: orNone(fractions),
  small: fc.oneof(fc.constant(0n), amounts),
});
type Given = typeof inputs extends fc.Arbitrary<infer T> ? T : never;

const money = (raw: bigint): Money => fromRaw<Money>(raw);

function closableOf({ notional, window, cap, share, small }: Given): bigint {
  const { closableNotional } = throttle({
    notional: money(notional),
    window: window && { capacity: money(window.capacity), used: money(window.used) },
    cap: cap && { limit: money(cap.limit), inLiquidation: money(cap.inLiquidation) },
    ramp: share === null ? null : fromRaw<Ratio>(share),
    smallNotional: money(small),
  });
  return rawOf(closableNotional);
}

/** Every bound that applies, exactly, as a fraction over WAD. */
function boundsOf({ notional, window, cap, share, small }: Given): bigint[] {
  const bounds = [notional * WAD];
  if (window !== null) bounds.push((window.capacity - window.used) * WAD);
  if (cap !== null) bounds.push((cap.limit - cap.inLiquidation) * WAD);
  if (share !== null && notional > small) bounds.push(notional * share);
  return bounds.map((bound) => (bound > 0n ? bound : 0n));
}

test('never negative, never above a bound, and less than a unit below the least of them', () => {
  const seen = [0, 0, 0, 0];
  fc.assert(
    fc.property(inputs, (given) => {
      const closable = closableOf(given);
      assert.ok(closable >= 0n, 'negative');
      const bounds = boundsOf(given);
      for (const bound of bounds) assert.ok(closable * WAD <= bound, 'above a bound');
      const least = bounds.reduce((a, b) => (a < b ? a : b));
      assert.ok((closable + 1n) * WAD > least, 'below every bound');
      seen[bounds.length - 1]! += 1;
    }),
    { numRuns: 1000 },
  );
  for (const count of seen) assert.ok(count > 20, seen.join(' '));
});

test('more used, more in liquidation or a smaller share never lets more through', () => {
  fc.assert(
    fc.property(inputs, amounts, (given, step) => {
      const { window, cap, share } = given;
      const closable = closableOf(given);
      const tighter: Given[] = [];
      if (window) tighter.push({ ...given, window: { ...window, used: window.used + step } });
      if (cap) tighter.push({ ...given, cap: { ...cap, inLiquidation: cap.inLiquidation + step } });
      if (share !== null) tighter.push({ ...given, share: share > step ? share - step : 0n });
      for (const each of tighter) assert.ok(closableOf(each) <= closable, 'more than before');
    }),
    { numRuns: 500 },
  );
});

test('closing what is let through again and again never overdraws the window', () => {
  fc.assert(
    fc.property(amounts, fc.array(amounts, { maxLength: 20 }), (capacity, wishes) => {
      let used = 0n;
      for (const notional of wishes) {
        const open = { cap: null, share: null, small: 0n };
        const closed = closableOf({ notional, window: { capacity, used }, ...open });
        used += closed;
        assert.ok(used <= capacity, 'overdrawn');
        assert.ok(closed === notional || used === capacity, 'left over');
      }
    }),
    { numRuns: 300 },
  );
});

const times = fc.integer({ min: 0, max: 10 ** 12 });

function shareAt(elapsed: number, duration: number, initial: bigint): bigint {
  return rawOf(
    ramp({
      elapsedMs: durationMs(elapsed),
      durationMs: durationMs(duration),
      initialFraction: fromRaw<Ratio>(initial),
    }),
  );
}

test('the ramp lies between its initial fraction and one, and never falls', () => {
  let rising = 0;
  fc.assert(
    fc.property(times, times, times, fractions, (elapsed, later, duration, initial) => {
      const share = shareAt(elapsed, duration, initial);
      assert.ok(share >= initial && share <= WAD, 'range');
      assert.ok(shareAt(elapsed + later, duration, initial) >= share, 'falls');
      if (duration === 0) assert.equal(share, WAD);
      // Down, by less than a unit.
      const exact = BigInt(elapsed) * WAD + initial * BigInt(duration);
      if (share === WAD) assert.ok(exact >= WAD * BigInt(duration), 'one too early');
      else {
        assert.ok(share * BigInt(duration) <= exact, 'rounded up');
        assert.ok((share + 1n) * BigInt(duration) > exact, 'too low');
        rising += 1;
      }
    }),
    { numRuns: 500 },
  );
  assert.ok(rising > 100, `${rising}`);
});

test('the capacity is the exact product, rounded down by less than a unit', () => {
  const fees = fc.bigInt({ min: 0n, max: WAD / 100n });
  fc.assert(
    fc.property(fees, fees, amounts, fractions, times, (maker, taker, scale, perSecond, ms) => {
      const capacity = rawOf(
        windowCapacity({
          makerFee: fromRaw<Ratio>(maker - taker / 2n),
          takerFee: fromRaw<Ratio>(taker),
          skewScale: fromRaw<Size>(scale),
          multiplier: fromRaw<Ratio>(perSecond),
          windowMs: durationMs(ms),
        }),
      );
      const fee = maker - taker / 2n + taker;
      const exact = fee * scale * perSecond * BigInt(ms);
      const divisor = WAD * WAD * 1000n;
      assert.ok(capacity * divisor <= exact, 'rounded up');
      assert.ok((capacity + 1n) * divisor > exact, 'too low');
    }),
    { numRuns: 300 },
  );
});
