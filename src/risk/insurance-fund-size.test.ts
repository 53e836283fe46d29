import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatDecimal,
  fromRaw,
  InvariantViolation,
  type Money,
  money,
  type Ratio,
  ratio,
  rawOf,
} from '../units/index.ts';
import { insuranceFundSize, type LossDistribution } from './insurance-fund-size.ts';
import { exponentialOf, normalUpperQuantile } from './normal-quantile.ts';

const sized = (distribution: LossDistribution, carryRate: string, uncoveredCost = '1') => {
  const size = insuranceFundSize({
    distribution,
    carryRate: ratio(carryRate),
    uncoveredCost: ratio(uncoveredCost),
  });
  return size === null ? null : formatDecimal(size);
};

const samples = (...losses: string[]): LossDistribution => ({
  type: 'samples',
  losses: losses.map(money),
});

const lognormal = (logMean: string, logDeviation: string): LossDistribution => ({
  type: 'lognormal',
  logMean: ratio(logMean),
  logDeviation: ratio(logDeviation),
});

test('the order statistic at both sides of a step', () => {
  const four = samples('40', '10', '30', '20');
  assert.equal(sized(four, '0'), '40');
  assert.equal(sized(four, '0.249999999999999999'), '40');
  assert.equal(sized(four, '0.25'), '30');
  assert.equal(sized(four, '0.999999999999999999'), '10');
  assert.equal(sized(four, '1'), '0');
  assert.equal(sized(four, '2', '1.5'), '0');
  assert.equal(sized(four, '2', '4'), '20');
});

test('published quantiles of the normal law', () => {
  // Φ⁻¹(0.95) = 1.644853626951472714863848907991632…, Φ⁻¹(0.975) = 1.959963984540054235524594…
  const decimals = (value: bigint) => (value * 10n ** 30n) >> 256n;
  const { low } = normalUpperQuantile(1n, 20n);
  assert.equal(decimals(low), 1644853626951472714863848907991n);
  assert.equal(decimals(normalUpperQuantile(1n, 40n).low) / 10n ** 6n, 1959963984540054235524594n);
  const mirrored = normalUpperQuantile(19n, 20n);
  assert.equal(mirrored.high, -low);
  assert.deepEqual(normalUpperQuantile(5n, 10n), { low: 0n, high: 0n });
});

test('the exponential encloses e and its powers', () => {
  const one = 1n << 256n;
  const e = exponentialOf({ low: one, high: one });
  // e = 2.71828182845904523536028747135266249775724709369995…
  assert.equal((e.low * 10n ** 40n) >> 256n, 27182818284590452353602874713526624977572n);
  assert.ok(e.low < e.high && e.high - e.low <= 4n);
  const inverse = exponentialOf({ low: -one, high: -one });
  assert.ok(inverse.low * e.low < one * one && inverse.high * e.high > one * one);
});

test('a lognormal loss without spread is its median; ½ asks for the median', () => {
  assert.equal(sized(lognormal('0', '0'), '0.1'), '1');
  assert.equal(sized(lognormal('0', '0'), '0'), '1');
  assert.equal(sized(lognormal('0', '3'), '0.5'), '1');
  assert.equal(sized(lognormal('1', '3'), '1', '2'), '2.718281828459045236');
  assert.equal(sized(lognormal('1', '0'), '0.1'), '2.718281828459045236');
});

test('no amount is enough where holding it is free, or beyond the range', () => {
  assert.equal(sized(lognormal('0', '0.000000000000000001'), '0'), null);
  assert.equal(sized(lognormal('100', '1'), '0.1'), null);
  assert.equal(sized(lognormal('1000000', '1000000'), '0.1'), null);
  assert.equal(sized(lognormal('-1000000', '1000000'), '0.9'), '0.000000000000000001');
  assert.equal(sized(lognormal('60', '1'), '1'), '0');
});

test('what no distribution can be is a defect of the caller', () => {
  assert.throws(() => sized(samples(), '0.1'), InvariantViolation);
  assert.throws(() => sized(samples('-1'), '0.1'), InvariantViolation);
  assert.throws(() => sized(samples('1'), '-0.1'), InvariantViolation);
  assert.throws(() => sized(samples('1'), '0.1', '0'), InvariantViolation);
  assert.throws(() => sized(lognormal('0', '-1'), '0.1'), InvariantViolation);
});

const rates = fc.bigInt({ min: 1n, max: 10n ** 18n - 1n });

test('no other fund costs less: the sum of carry and uncovered losses is least', () => {
  const list = fc.array(fc.bigInt({ min: 0n, max: 50n }), { minLength: 1, maxLength: 9 });
  const whole = fc.bigInt({ min: 0n, max: 12n });
  fc.assert(
    fc.property(list, whole, fc.bigInt({ min: 1n, max: 12n }), (losses, carry, uncovered) => {
      const fund = rawOf(
        insuranceFundSize({
          distribution: { type: 'samples', losses: losses.map((raw) => fromRaw<Money>(raw)) },
          carryRate: fromRaw<Ratio>(carry),
          uncoveredCost: fromRaw<Ratio>(uncovered),
        })!,
      );
      const n = BigInt(losses.length);
      const cost = (size: bigint) =>
        losses.reduce(
          (total, loss) => total + (loss > size ? uncovered * (loss - size) : 0n),
          n * carry * size,
        );
      for (let other = 0n; other <= 50n; other += 1n) assert.ok(cost(fund) <= cost(other));
    }),
    { numRuns: 500 },
  );
});

test('a dearer carry never asks for a larger fund', () => {
  const distribution = lognormal('5', '1.5');
  fc.assert(
    fc.property(rates, rates, (a, b) => {
      const fund = (raw: bigint) =>
        rawOf(
          insuranceFundSize({
            distribution,
            carryRate: fromRaw<Ratio>(raw),
            uncoveredCost: ratio('1'),
          })!,
        );
      const [low, high] = a < b ? [a, b] : [b, a];
      assert.ok(fund(low) >= fund(high));
    }),
    { numRuns: 40 },
  );
});
