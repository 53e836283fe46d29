import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import {
  decayStepsUp,
  decayUp,
  durationMs,
  formatDecimal,
  fromRaw,
  type Price,
  price,
  type Ratio,
  ratio,
  rawOf,
} from './index.ts';

// An independent implementation, at a precision that settles every digit compared.
const Precise = Decimal.clone({ precision: 120 });
const WAD = 10n ** 18n;

const decayed = (a: string, perSecond: string, ms: number): string =>
  formatDecimal(decayUp(price(a), ratio(perSecond), durationMs(ms)));
const stepped = (a: string, each: string, steps: number): string =>
  formatDecimal(decayStepsUp(price(a), ratio(each), steps));

test('what is exact stays exact, in whole seconds and in parts of one', () => {
  assert.equal(decayed('4000', '0.5', 0), '4000');
  assert.equal(decayed('4000', '0.5', 1000), '2000');
  assert.equal(decayed('4000', '0.25', 500), '2000');
  assert.equal(decayed('4000', '0.25', 1500), '500');
  assert.equal(decayed('4000', '0.0625', 250), '2000');
  assert.equal(decayed('1', '0.00001', 200), '0.1');
  assert.equal(decayed('1', '0.00001', 1200), '0.000001');
  assert.equal(decayed('4000', '1', 123_456_789), '4000');
  assert.equal(stepped('1152921504606846976', '0.5', 60), '1');
  assert.equal(stepped('1152921504606846976', '0.5', 78), '0.000003814697265625');
  assert.equal(stepped('3', '0.7', 1), '2.1');
});

test('the largest power of two falls to one unit and stays there', () => {
  const largest = fromRaw<Price>(2n ** 126n);
  const half = ratio('0.5');
  assert.equal(rawOf(decayStepsUp(largest, half, 125)), 2n);
  for (const steps of [126, 127, 128, 1000, 2 ** 53 - 1]) {
    assert.equal(rawOf(decayStepsUp(largest, half, steps)), 1n);
  }
});

test('rounded up, at both sides of a whole unit', () => {
  const unit = '0.000000000000000001';
  assert.equal(stepped('0.000000000000000002', '0.5', 1), unit);
  assert.equal(stepped('0.000000000000000002', '0.500000000000000001', 1), `${unit.slice(0, -1)}2`);
  assert.equal(stepped('0.000000000000000002', '0.499999999999999999', 1), unit);
  assert.equal(stepped('0', '0.5', 3), '0');
  assert.equal(decayed('0', '0.5', 3), '0');
  assert.equal(decayed('1', unit, 1), '0.959400631515933131');
  assert.equal(decayed('1', unit, 1001), unit);
});

test('a half after fifteen minutes', () => {
  assert.match(decayed('4000', '0.999230132966', 3_600_000), /^250\.0000/);
  assert.match(decayed('4000', '0.999230132966', 900_000), /^2000\.0000/);
});

test('contract violations', () => {
  assert.throws(() => decayed('-1', '0.5', 1), /DECAY/);
  assert.throws(() => decayed('1', '0', 1), /DECAY/);
  assert.throws(() => decayed('1', '1.000000000000000001', 1), /DECAY/);
  assert.throws(() => stepped('1', '0.5', -1), /DECAY/);
  assert.throws(() => stepped('1', '0.5', 0.5), /DECAY/);
  assert.throws(() => stepped('1', '0', 0), /DECAY/);
});

const quantity = fc.oneof(
  fc.bigInt({ min: 0n, max: 1000n }),
  fc.bigInt({ min: 0n, max: 2n ** 127n - 1n }),
);
const factor = fc.oneof(
  fc.bigInt({ min: 1n, max: WAD }),
  fc.bigInt({ min: WAD - 10n ** 15n, max: WAD }),
  fc.bigInt({ min: 1n, max: 1000n }),
);
const milliseconds = fc.oneof(
  fc.integer({ min: 0, max: 5000 }),
  fc.integer({ min: 0, max: 100 }).map((seconds) => seconds * 1000),
  fc.integer({ min: 0, max: 10_000_000 }),
);

test('the exact value, rounded up to a unit', () => {
  fc.assert(
    fc.property(quantity, factor, milliseconds, (a, cut, ms) => {
      const ours = decayUp(fromRaw<Price>(a), fromRaw<Ratio>(cut), durationMs(ms));
      const exact = Precise.pow(new Precise(`${cut}e-18`), new Precise(ms).div(1000)).times(`${a}`);
      // What the precision cannot tell from a whole unit is one; nothing positive becomes zero.
      const ceiling = Precise.max(exact.minus('1e-60').ceil(), a === 0n ? 0 : 1);
      assert.equal(`${ours}`, ceiling.toFixed(0));
    }),
    { numRuns: 300 },
  );
});

test('never rises, and never above what it started from', () => {
  const steps = fc.oneof(fc.integer({ min: 0, max: 3 }), milliseconds);
  fc.assert(
    fc.property(quantity, factor, milliseconds, steps, (a, cut, ms, more) => {
      const at = (time: number) =>
        decayUp(fromRaw<Price>(a), fromRaw<Ratio>(cut), durationMs(time));
      const [now, later] = [rawOf(at(ms)), rawOf(at(ms + more))];
      assert.ok(later <= now && now <= a, `${later} after ${now} of ${a}`);
    }),
    { numRuns: 300 },
  );
});

test('whole seconds are steps of a second', () => {
  fc.assert(
    fc.property(quantity, factor, fc.integer({ min: 0, max: 10_000 }), (a, cut, seconds) => {
      const [start, each] = [fromRaw<Price>(a), fromRaw<Ratio>(cut)];
      assert.equal(
        decayUp(start, each, durationMs(seconds * 1000)),
        decayStepsUp(start, each, seconds),
      );
    }),
    { numRuns: 200 },
  );
});
