import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import {
  expNegDown,
  formatDecimal,
  fromRaw,
  integerSqrtDown,
  integerSqrtUp,
  lte,
  type Ratio,
  ratio,
  rawOf,
  sqrtDown,
  sqrtUp,
} from './index.ts';

// An independent implementation, at a precision that settles every digit compared.
const Precise = Decimal.clone({ precision: 80 });
const toPrecise = (value: Ratio) => new Precise(formatDecimal(value));

const shown = (values: readonly Ratio[]) => values.map(formatDecimal);

test('roots of squares are exact, others are enclosed by a unit', () => {
  assert.deepEqual(shown(['0', '1', '4', '2.25', '0.0001'].map((x) => sqrtDown(ratio(x)))), [
    '0',
    '1',
    '2',
    '1.5',
    '0.01',
  ]);
  assert.deepEqual(shown(['0', '1', '4', '2.25'].map((x) => sqrtUp(ratio(x)))), [
    '0',
    '1',
    '2',
    '1.5',
  ]);
  assert.equal(formatDecimal(sqrtDown(ratio('2'))), '1.414213562373095048');
  assert.equal(formatDecimal(sqrtUp(ratio('2'))), '1.414213562373095049');
  assert.equal(formatDecimal(sqrtDown(ratio('0.000000000000000001'))), '0.000000001');
  assert.throws(() => sqrtDown(ratio('-1')), /radicand .* was negative/);
  assert.throws(() => sqrtUp(ratio('-0.000000000000000001')), /radicand .* was negative/);
});

test('down and up enclose the exact root over the whole range', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.bigInt({ min: 0n, max: 10n ** 6n }),
        fc.bigInt({ min: 0n, max: 2n ** 127n - 1n }),
      ),
      (raw) => {
        const x = fromRaw<Ratio>(raw);
        const [low, high] = [rawOf(sqrtDown(x)), rawOf(sqrtUp(x))];
        const radicand = raw * 10n ** 18n;
        assert.ok(low * low <= radicand && radicand < (low + 1n) * (low + 1n));
        assert.ok(high * high >= radicand && (high === 0n || (high - 1n) * (high - 1n) < radicand));
      },
    ),
  );
});

test('roots of integers of any size are enclosed by one', () => {
  assert.deepEqual([0n, 1n, 3n, 4n, 8n, 9n].map(integerSqrtDown), [0n, 1n, 1n, 2n, 2n, 3n]);
  assert.deepEqual([0n, 1n, 3n, 4n, 8n, 9n].map(integerSqrtUp), [0n, 1n, 2n, 2n, 3n, 3n]);
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 512n }), (n) => {
      const [low, high] = [integerSqrtDown(n), integerSqrtUp(n)];
      assert.ok(low * low <= n && n < (low + 1n) * (low + 1n));
      assert.ok(high * high >= n && (high - 1n) * (high - 1n) < n);
    }),
  );
});

test('golden values of e^−x', () => {
  const golden: readonly [string, string][] = [
    ['0', '1'],
    ['0.000000000000000001', '0.999999999999999999'],
    ['0.5', '0.606530659712633423'],
    ['1', '0.367879441171442321'],
    ['2', '0.135335283236612691'],
    ['10', '0.000045399929762484'],
    ['41', '0.000000000000000001'],
    ['42', '0'],
    ['42.000000000000000001', '0'],
    ['170141183460469231731', '0'],
  ];
  for (const [x, expected] of golden) {
    assert.equal(formatDecimal(expNegDown(ratio(x))), expected, `e^-${x}`);
  }
  assert.throws(() => expNegDown(ratio('-0.000000000000000001')), /exponent .* was negative/);
});

test('e^−x is never above the true value and less than two units below it', () => {
  const exponent = fc.oneof(
    fc.bigInt({ min: 0n, max: 1000n }),
    fc.bigInt({ min: 0n, max: 10n ** 18n }),
    fc.bigInt({ min: 0n, max: 43n * 10n ** 18n }),
    // Next to multiples of ln 2, where the range is reduced.
    fc
      .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: -2, max: 2 }))
      .map(([k, near]) => (BigInt(k) * 693147180559945309417n) / 1000n + BigInt(near)),
  );
  fc.assert(
    fc.property(exponent, (raw) => {
      const x = fromRaw<Ratio>(raw);
      const error = Precise.exp(toPrecise(x).neg())
        .minus(toPrecise(expNegDown(x)))
        .times('1e18');
      assert.ok(error.gte(0) && error.lt(2), `e^-${formatDecimal(x)} was ${error} units off`);
    }),
    { numRuns: 500 },
  );
});

test('e^−x never rises', () => {
  const positive = fc.bigInt({ min: 0n, max: 43n * 10n ** 18n });
  fc.assert(
    fc.property(positive, fc.oneof(fc.bigInt({ min: 0n, max: 10n }), positive), (raw, more) => {
      assert.ok(lte(expNegDown(fromRaw<Ratio>(raw + more)), expNegDown(fromRaw<Ratio>(raw))));
    }),
    { numRuns: 500 },
  );
});
