import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import {
  durationMs,
  engineTimeMs,
  formatDecimal,
  fromRaw,
  type Money,
  money,
  type Price,
  price,
  ratio,
  rawOf,
} from '../units/index.ts';
import { type MovingAverage, movingAverageNext } from './moving-average.ts';

const tau = durationMs(150_000);
const gap = durationMs(10_000);
const at = engineTimeMs;

function averageOf(
  samples: readonly (readonly [value: Price, timeMs: number])[],
  timeConstantMs = tau,
  gapMsMax = gap,
): MovingAverage | null {
  let average: MovingAverage | null = null;
  for (const [value, timeMs] of samples) {
    const sample = { value, timeMs: at(timeMs), timeConstantMs, gapMsMax };
    average = movingAverageNext(average, sample);
  }
  return average;
}

test('the first sample is the average, with a weight of one millisecond', () => {
  assert.deepEqual(averageOf([[price('100'), 5000]]), {
    value: price('100'),
    weightMs: ratio('1'),
    timeMs: 5000,
  });
});

test('a second sample at the same time is ignored', () => {
  const first = averageOf([[price('100'), 5000]]);
  const second = movingAverageNext(first, {
    value: price('900'),
    timeMs: engineTimeMs(5000),
    timeConstantMs: tau,
    gapMsMax: gap,
  });
  assert.equal(second, first);
});

test('time that runs backwards and durations of zero are defects', () => {
  const backwards = (): unknown =>
    averageOf([
      [price('1'), 5000],
      [price('1'), 4999],
    ]);
  assert.throws(backwards, /in order of time/);
  const still = (): unknown => averageOf([[price('1'), 0]], durationMs(0));
  assert.throws(still, /positive durations/);
  const capless = (): unknown => averageOf([[price('1'), 0]], tau, durationMs(0));
  assert.throws(capless, /positive durations/);
});

test('one step, checked by hand: w = e^(−1) + 1 rounded down, v = 10/w rounded down', () => {
  const result = averageOf(
    [
      [price('0'), 0],
      [price('10'), 1],
    ],
    durationMs(1),
    gap,
  )!;
  assert.equal(formatDecimal(result.weightMs), '1.367879441171442321');
  assert.equal(formatDecimal(result.value), '7.310585786300048795');
});

test('after a very long gap nothing of the past is left', () => {
  const result = averageOf([
    [price('5'), 0],
    [price('7'), 43 * 150_000],
  ]);
  assert.deepEqual(result, { value: price('7'), weightMs: ratio('10000'), timeMs: 6_450_000 });
});

test('the cap on a gap limits what one late sample counts', () => {
  const steady = Array.from({ length: 300 }, (_, i) => [price('100'), i * 1000] as const);
  const late = [price('200'), 299_000 + 60_000] as const;
  const capped = Number(formatDecimal(averageOf([...steady, late])!.value));
  const uncapped = Number(
    formatDecimal(averageOf([...steady, late], tau, durationMs(1_000_000))!.value),
  );
  assert.ok(capped > 100 && capped < 115, `${capped}`);
  assert.ok(uncapped > 140, `${uncapped}`);
});

test('a basis may be negative, and rounds down', () => {
  const result = averageOf(
    [
      [price('-3'), 0],
      [price('-4'), 1],
    ],
    durationMs(1),
    gap,
  )!;
  // −3 − 1/1.367879441171442321 = −3.7310585786300048792…
  assert.equal(formatDecimal(result.value), '-3.73105857863000488');
});

test('an average of money is money, stepped as one of prices is', () => {
  const step = { timeConstantMs: durationMs(1), gapMsMax: gap };
  const first = movingAverageNext<Money>(null, { ...step, value: money('0'), timeMs: at(0) });
  const next = movingAverageNext<Money>(first, { ...step, value: money('10'), timeMs: at(1) });
  const value: Money = next.value;
  assert.equal(formatDecimal(value), '7.310585786300048795');
});

const sampleLists = fc.array(
  fc.record({
    raw: fc.oneof(
      fc.bigInt({ min: -5n, max: 5n }),
      fc.bigInt({ min: -(10n ** 23n), max: 10n ** 23n }),
    ),
    step: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 400_000 })),
  }),
  { minLength: 1, maxLength: 25 },
);

function timed(list: readonly { raw: bigint; step: number }[]): [Price, number][] {
  let timeMs = 1_700_000_000_000;
  return list.map(({ raw, step }) => {
    timeMs += step;
    return [fromRaw<Price>(raw), timeMs];
  });
}

test('property: the average stays within the range of the samples that counted', () => {
  fc.assert(
    fc.property(sampleLists, (list) => {
      const counted = list.filter(({ step }, index) => index === 0 || step > 0);
      const value = rawOf(averageOf(timed(list))!.value);
      assert.ok(counted.some(({ raw }) => raw <= value));
      assert.ok(counted.some(({ raw }) => raw >= value));
    }),
    { numRuns: 300 },
  );
});

test('property: the average follows the formula at fifty digits; its weight errs downward', () => {
  const Wide = Decimal.clone({ precision: 50 });
  fc.assert(
    fc.property(sampleLists, (list) => {
      let value = new Wide(list[0]!.raw.toString());
      let weight = new Wide(1);
      let [low, high] = [value, value];
      for (const { raw, step } of list.slice(1)) {
        if (step === 0) continue;
        const counted = Math.min(step, 10_000);
        const decay = new Wide(-step).div(150_000).exp();
        const sample = new Wide(raw.toString());
        [low, high] = [Wide.min(low, sample), Wide.max(high, sample)];
        weight = weight.mul(decay).add(counted);
        value = value.add(sample.sub(value).mul(counted).div(weight));
      }
      const actual = averageOf(timed(list))!;
      // Each step floors once (one unit) and its weight errs by at most a few of 1e-18.
      const tolerance = high.sub(low).mul('1e-16').add(1).mul(list.length);
      const error = value.sub(rawOf(actual.value).toString());
      assert.ok(error.abs().lte(tolerance), `error ${error}`);
      const weightError = weight.mul('1e18').sub(rawOf(actual.weightMs).toString());
      assert.ok(weightError.gte(0) && weightError.lte(list.length * 30_000), `${weightError}`);
    }),
    { numRuns: 200 },
  );
});

test('property: shifting the clock changes nothing, a constant stays itself', () => {
  fc.assert(
    fc.property(sampleLists, fc.integer({ min: 0, max: 10 ** 9 }), (list, shift) => {
      const samples = timed(list);
      const shifted = samples.map(([value, time]) => [value, time + shift] as const);
      assert.equal(averageOf(shifted)!.value, averageOf(samples)!.value);
      const constant = samples.map(([, time]) => [price('12.5'), time] as const);
      assert.equal(averageOf(constant)!.value, price('12.5'));
    }),
    { numRuns: 200 },
  );
});

test('property: a higher last sample never lowers the average', () => {
  fc.assert(
    fc.property(sampleLists, fc.bigInt({ min: 0n, max: 10n ** 22n }), (list, extra) => {
      const raised = list.map((each, index) =>
        index === list.length - 1 ? { ...each, raw: each.raw + extra } : each,
      );
      assert.ok(rawOf(averageOf(timed(raised))!.value) >= rawOf(averageOf(timed(list))!.value));
    }),
    { numRuns: 200 },
  );
});
