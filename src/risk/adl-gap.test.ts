import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, price, size } from '../units/index.ts';
import { type AdlGapInput, adlGap } from './adl-gap.ts';

const gap = (change: Partial<AdlGapInput>): string =>
  formatDecimal(
    adlGap({
      kind: 'linear',
      side: 1,
      quantity: size('5000'),
      markPrice: price('50000'),
      closePrice: price('50000'),
      ...change,
    }),
  );

test('longs lose below the mark, shorts above it, nobody at it or beyond', () => {
  assert.equal(gap({ closePrice: price('49999.99') }), '50');
  assert.equal(gap({ closePrice: price('50000') }), '0');
  assert.equal(gap({ closePrice: price('50000.01') }), '0');
  assert.equal(gap({ side: -1, closePrice: price('50000.01') }), '50');
  assert.equal(gap({ side: -1, closePrice: price('50000') }), '0');
  assert.equal(gap({ side: -1, closePrice: price('49999.99') }), '0');
});

test('inverse contracts lose in coin', () => {
  assert.equal(gap({ kind: 'inverse', closePrice: price('40000') }), '0.025');
  assert.equal(gap({ kind: 'inverse', closePrice: price('62500') }), '0');
  assert.equal(gap({ kind: 'inverse', side: -1, closePrice: price('62500') }), '0.02');
  assert.equal(gap({ kind: 'inverse', side: -1, closePrice: price('40000') }), '0');
});

test('the gap is rounded up', () => {
  const dust = { quantity: size('0.000000000000000001'), closePrice: price('49999.9') };
  assert.equal(gap(dust), '0.000000000000000001', 'a tenth of a unit');
  // 5000 · (1/30000 − 1/50000) = 0.0666…
  assert.equal(gap({ kind: 'inverse', closePrice: price('30000') }), '0.066666666666666667');
});
