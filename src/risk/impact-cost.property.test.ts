import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { fromRaw, type Money, type Ratio, rawOf } from '../units/index.ts';
import { impactCost } from './impact-cost.ts';

const WAD = 10n ** 18n;
const Precise = Decimal.clone({ precision: 120 });
const decimal = (raw: bigint): Decimal => new Precise(raw.toString()).div('1e18');

type Close = {
  readonly model: 'square-root' | 'linear';
  readonly coefficient: bigint;
  readonly volatility: bigint;
  readonly volume: bigint;
  readonly notional: bigint;
};

const models = fc.constantFrom<Close['model']>('square-root', 'linear');
const closes: fc.Arbitrary<Close> = fc.record({
  model: models,
  coefficient: fc.bigInt({ min: 0n, max: 3n * WAD }),
  volatility: fc.bigInt({ min: 0n, max: WAD }),
  volume: fc.bigInt({ min: WAD, max: 10n ** 28n }),
  notional: fc.oneof(fc.bigInt({ min: 0n, max: 1000n }), fc.bigInt({ min: 0n, max: 10n ** 27n })),
});

function impactOf({ model, coefficient, volatility, volume, notional }: Close) {
  const impact = impactCost({
    model,
    coefficient: fromRaw<Ratio>(coefficient),
    volatility: fromRaw<Ratio>(volatility),
    volume: fromRaw<Money>(volume),
    notional: fromRaw<Money>(notional),
  });
  return {
    peak: rawOf(impact.peakImpact),
    average: rawOf(impact.averageImpact),
    cost: rawOf(impact.cost),
  };
}

test('never below the exact values, and close to them', () => {
  fc.assert(
    fc.property(closes, (close) => {
      const { peak, average, cost } = impactOf(close);
      const participation = decimal(close.notional).div(decimal(close.volume));
      const isRoot = close.model === 'square-root';
      const shape = isRoot ? participation.sqrt() : participation;
      const scale = decimal(close.coefficient).mul(decimal(close.volatility));
      const exactPeak = scale.mul(shape);
      const exactAverage = isRoot ? exactPeak.mul(2).div(3) : exactPeak.div(2);
      const exactCost = exactAverage.mul(decimal(close.notional));
      assert.ok(decimal(peak).gte(exactPeak));
      assert.ok(decimal(average).gte(exactAverage));
      assert.ok(decimal(cost).gte(exactCost));
      // A unit of participation is worth at most its root, 1e-9, after the square root.
      const step = isRoot && close.notional > 0n ? new Precise('1e-18').div(shape) : '1e-18';
      const slack = scale.mul(step).add(shape.mul('1e-18')).add(scale.mul('1e-18')).add('1e-18');
      assert.ok(decimal(peak).sub(exactPeak).lte(slack));
      assert.ok(decimal(average).sub(exactAverage).lte(slack.add('1e-18')));
      const costSlack = slack.add('1e-18').mul(decimal(close.notional)).add('1e-18');
      assert.ok(decimal(cost).sub(exactCost).lte(costSlack));
    }),
    { numRuns: 300 },
  );
});

test('closing more moves the price at least as far and costs at least as much', () => {
  fc.assert(
    fc.property(closes, fc.bigInt({ min: 0n, max: 10n ** 26n }), (close, extra) => {
      const small = impactOf(close);
      const large = impactOf({ ...close, notional: close.notional + extra });
      assert.ok(large.peak >= small.peak);
      assert.ok(large.average >= small.average);
      assert.ok(large.cost >= small.cost);
    }),
    { numRuns: 300 },
  );
});

test('the average lies between nothing and the peak', () => {
  fc.assert(
    fc.property(closes, (close) => {
      const { peak, average, cost } = impactOf(close);
      assert.ok(average >= 0n && average <= peak);
      assert.equal(average === 0n, peak === 0n);
      assert.equal(cost > 0n, average > 0n && close.notional > 0n);
    }),
    { numRuns: 200 },
  );
});

test('closing in two parts costs no more than at once, up to rounding', () => {
  fc.assert(
    fc.property(closes, fc.bigInt({ min: 0n, max: 100n }), (close, percent) => {
      const part = (close.notional * percent) / 100n;
      const parts =
        impactOf({ ...close, notional: part }).cost +
        impactOf({ ...close, notional: close.notional - part }).cost;
      const whole = impactOf(close).cost;
      // Each impact is rounded by a few units, or by 1e-9 of the scale where it is near zero.
      const rounding = (4n * close.notional) / WAD + 10n;
      if (close.model === 'linear') assert.ok(parts <= whole + rounding);
      else assert.ok(parts <= whole + whole / 10n ** 6n + rounding + close.notional / 10n ** 8n);
    }),
    { numRuns: 200 },
  );
});

test('scale: the same share of a larger market has the same impact', () => {
  fc.assert(
    fc.property(closes, fc.bigInt({ min: 2n, max: 9n }), (close, k) => {
      const once = impactOf(close);
      const times = impactOf({ ...close, notional: close.notional * k, volume: close.volume * k });
      assert.equal(times.peak, once.peak);
      assert.equal(times.average, once.average);
      const gap = once.cost * k - times.cost;
      assert.ok(gap >= 0n && gap < k);
    }),
    { numRuns: 200 },
  );
});

test('four times the size has twice the impact under the square root', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 9n }), (percentile) => {
      const close: Close = {
        model: 'square-root',
        coefficient: WAD,
        volatility: WAD,
        volume: 10n ** 18n * 4n * 10n ** 9n,
        notional: percentile * WAD,
      };
      const gap = impactOf({ ...close, notional: close.notional * 4n }).peak;
      const twice = impactOf(close).peak * 2n;
      // One unit of participation, magnified by the root at the smallest size.
      const slack = 10n ** 5n;
      assert.ok(gap - twice < slack && twice - gap < slack);
    }),
    { numRuns: 200 },
  );
});
