import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatDecimal,
  fromRaw,
  type Price,
  price,
  type Ratio,
  ratio,
  rawOf,
} from '../units/index.ts';
import { medianNeighbors, medianOfThree, weightedMedian } from './weighted-median.ts';

function median(...rows: [value: string, weight: string][]): string | null {
  const result = weightedMedian(
    rows.map(([value, weight]) => ({ value: price(value), weight: ratio(weight) })),
  );
  return result === null ? null : formatDecimal(result);
}

test('nothing, or nothing of weight, has no median', () => {
  assert.equal(median(), null);
  assert.equal(median(['5', '0']), null);
});

test('the smallest value whose cumulative weight exceeds half', () => {
  assert.equal(median(['5', '1']), '5');
  assert.equal(median(['3', '1'], ['1', '1'], ['2', '1']), '2');
  assert.equal(median(['1', '1'], ['2', '1.1']), '2');
  assert.equal(median(['1', '1.000000000000000001'], ['2', '1']), '1');
});

test('exactly half: the mean of two neighbors, rounded down, skipping weightless values', () => {
  assert.equal(median(['10', '1'], ['20', '1']), '15');
  assert.equal(median(['10', '2'], ['30', '1'], ['20', '1']), '15');
  assert.equal(median(['10', '1'], ['12', '0'], ['20', '1']), '15');
  assert.equal(
    median(['0.000000000000000001', '1'], ['0.000000000000000002', '1']),
    '0.000000000000000001',
  );
  assert.equal(median(['-0.000000000000000001', '1'], ['0', '1']), '-0.000000000000000001');
});

test('equal values pool their weight', () => {
  assert.equal(median(['5', '1'], ['5', '1'], ['9', '1.5']), '5');
  assert.equal(median(['5', '1'], ['9', '2'], ['5', '1']), '7');
});

test('negative weights are a defect', () => {
  assert.throws(() => median(['5', '-1']), /MEDIAN_WEIGHT/);
});

test('the neighbors keep what the mean loses', () => {
  const values = ['1', '2'].map((value) => ({ value: price(value), weight: ratio('1') }));
  assert.deepEqual(medianNeighbors(values), { lower: price('1'), upper: price('2') });
});

test('the middle one of three, in every order', () => {
  for (const order of [
    ['1', '2', '3'],
    ['1', '3', '2'],
    ['2', '1', '3'],
    ['2', '3', '1'],
    ['3', '1', '2'],
    ['3', '2', '1'],
  ]) {
    const [a, b, c] = order.map((text) => price(text)) as [Price, Price, Price];
    assert.equal(medianOfThree([a, b, c]), price('2'));
  }
  assert.equal(medianOfThree([price('1'), price('1'), price('9')]), price('1'));
});

const rows = fc.array(
  fc.record({
    value: fc.bigInt({ min: -20n, max: 20n }).map((raw) => fromRaw<Price>(raw)),
    weight: fc.bigInt({ min: 0n, max: 5n }).map((raw) => fromRaw<Ratio>(raw)),
  }),
  { maxLength: 8 },
);

/** The plain median of each value repeated weight times, twice over. */
function expandedTwice(values: readonly { value: Price; weight: Ratio }[]): bigint | null {
  const list = values.flatMap(({ value, weight }) => {
    return Array.from({ length: Number(rawOf(weight)) }, () => rawOf(value));
  });
  list.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  if (list.length === 0) return null;
  return list[(list.length - 1) >> 1]! + list[list.length >> 1]!;
}

test('property: whole weights are repetitions; the mean is rounded down', () => {
  fc.assert(
    fc.property(rows, (values) => {
      const result = weightedMedian(values);
      const twice = expandedTwice(values);
      if (twice === null) assert.equal(result, null);
      else assert.ok(2n * rawOf(result!) <= twice && twice - 2n * rawOf(result!) <= 1n);
    }),
    { numRuns: 500 },
  );
});

test('property: the median lies within the values and ignores their order', () => {
  fc.assert(
    fc.property(rows, (values) => {
      const result = weightedMedian(values);
      assert.equal(weightedMedian(values.toReversed()), result);
      const counting = values.filter(({ weight }) => rawOf(weight) > 0n);
      if (result === null) assert.equal(counting.length, 0);
      else {
        assert.ok(counting.some(({ value }) => rawOf(value) <= rawOf(result)));
        assert.ok(counting.some(({ value }) => rawOf(value) >= rawOf(result)));
      }
    }),
    { numRuns: 300 },
  );
});

test('property: less than half of the weight cannot move the median out of the others', () => {
  const outliers = fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n });
  fc.assert(
    fc.property(rows, outliers, fc.bigInt({ min: 1n, max: 40n }), (honest, value, weight) => {
      const honestWeight = honest.reduce((total, each) => total + rawOf(each.weight), 0n);
      fc.pre(weight < honestWeight);
      const attacked = [
        ...honest,
        { value: fromRaw<Price>(value), weight: fromRaw<Ratio>(weight) },
      ];
      const result = rawOf(weightedMedian(attacked)!);
      const counting = honest.filter((each) => rawOf(each.weight) > 0n);
      assert.ok(counting.some((each) => rawOf(each.value) <= result));
      assert.ok(counting.some((each) => rawOf(each.value) >= result));
    }),
    { numRuns: 300 },
  );
});
