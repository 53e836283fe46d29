import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, money, ratio } from '../units/index.ts';
import { impactCost } from './impact-cost.ts';

type Row = {
  readonly model?: 'square-root' | 'linear';
  readonly coefficient?: string;
  readonly volatility?: string;
  readonly volume?: string;
  readonly notional: string;
};

function impact(row: Row): string[] {
  const { peakImpact, averageImpact, cost } = impactCost({
    model: row.model ?? 'square-root',
    coefficient: ratio(row.coefficient ?? '1'),
    volatility: ratio(row.volatility ?? '0.03'),
    volume: money(row.volume ?? '1000000'),
    notional: money(row.notional),
  });
  return [peakImpact, averageImpact, cost].map((each) => formatDecimal(each));
}

test('square root: one percent of the volume moves the price by a tenth of a deviation', () => {
  assert.deepEqual(impact({ notional: '10000' }), ['0.003', '0.002', '20']);
  assert.deepEqual(impact({ notional: '1000000' }), ['0.03', '0.02', '20000']);
  assert.deepEqual(impact({ notional: '10000', coefficient: '2' }), ['0.006', '0.004', '40']);
});

test('linear: the average is half of the peak', () => {
  const linear = { model: 'linear' as const };
  assert.deepEqual(impact({ ...linear, notional: '10000' }), ['0.0003', '0.00015', '1.5']);
  assert.deepEqual(impact({ ...linear, notional: '1000000' }), ['0.03', '0.015', '15000']);
  const twice = { ...linear, coefficient: '2', notional: '1000000' };
  assert.deepEqual(impact(twice), ['0.06', '0.03', '30000']);
});

test('nothing closed, no volatility or no coefficient: no impact', () => {
  assert.deepEqual(impact({ notional: '0' }), ['0', '0', '0']);
  assert.deepEqual(impact({ notional: '10000', volatility: '0' }), ['0', '0', '0']);
  assert.deepEqual(impact({ notional: '10000', coefficient: '0' }), ['0', '0', '0']);
});

test('rounded up', () => {
  const third = { notional: '1', volume: '3', volatility: '1' };
  assert.deepEqual(impact({ ...third, model: 'linear' }), [
    '0.333333333333333334',
    '0.166666666666666667',
    '0.166666666666666667',
  ]);
  assert.deepEqual(impact({ notional: '0.000000000000000001', model: 'linear' }), [
    '0.000000000000000001',
    '0.000000000000000001',
    '0.000000000000000001',
  ]);
});

test('beyond the range of a quantity: the largest one, for each result by itself', () => {
  const largest = '170141183460469231731.687303715884105727';
  const far = { notional: '100000000000000000', volume: '1', volatility: '1000' };
  assert.deepEqual(impact({ ...far, model: 'linear' }), [
    '100000000000000000000',
    '50000000000000000000',
    largest,
  ]);
  assert.deepEqual(impact({ ...far, model: 'linear', coefficient: '1000' }), [
    largest,
    largest,
    largest,
  ]);
  // √(1.7e20 / 1e-18) = 1.3e19: exact although the quotient itself is no quantity.
  assert.deepEqual(impact({ notional: largest, volume: '0.000000000000000001', volatility: '1' }), [
    '13043817825332782212.349571806252508369',
    '8695878550221854808.23304787083500558',
    largest,
  ]);
});

test('contract violations', () => {
  assert.throws(() => impact({ notional: '1', volume: '0' }), /not positive/);
  assert.throws(() => impact({ notional: '-1' }), /negative/);
  assert.throws(() => impact({ notional: '1', volatility: '-1' }), /negative/);
  assert.throws(() => impact({ notional: '1', coefficient: '-1' }), /negative/);
});
