import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, money, ratio } from '../units/index.ts';
import { closeOutPeak } from './close-out-peak.ts';

type Row = {
  readonly cost?: string;
  readonly model?: 'square-root' | 'linear';
  readonly volatility?: string;
  readonly volume?: string;
};

/** Requires 5 % up to 1000 and 10 % above, for a notional of 1500 and a target of 1.2. */
const peak = ({ cost = '0', model = 'square-root', volatility = '0.04', volume = '9000' }: Row) =>
  formatDecimal(
    closeOutPeak({
      notional: money('1500'),
      tiers: [
        { notionalFloor: money('0'), maintenanceMarginFraction: ratio('0.05') },
        { notionalFloor: money('1000'), maintenanceMarginFraction: ratio('0.1') },
      ],
      targetRatio: ratio('1.2'),
      costFraction: ratio(cost),
      impact: {
        model,
        coefficient: ratio('1'),
        volatility: ratio(volatility),
        volume: money(volume),
      },
    }),
  );

test('within the top tier: x = V · (κμ − c)² / b², linear V · (κμ − c) / b', () => {
  assert.equal(peak({ volatility: '0.6' }), '360');
  assert.equal(peak({ volatility: '0.6', cost: '0.02' }), '250');
  assert.equal(peak({ model: 'linear', volatility: '0.6', volume: '1000' }), '200');
});

test('at the floor between the tiers, where the lower one gains too little', () => {
  assert.equal(peak({ volatility: '0.4' }), '500');
  assert.equal(peak({ cost: '0.06' }), '500');
  assert.equal(peak({ cost: '0.1' }), '500');
});

test('within the lower tier, and all of it', () => {
  assert.equal(peak({ volatility: '0.2' }), '810');
  assert.equal(peak({ model: 'linear', volatility: '0.1', volume: '1000' }), '600');
  assert.equal(peak({}), '1500');
});

test('nothing, where the next unit costs as much as it releases', () => {
  assert.equal(peak({ cost: '0.12' }), '0');
  assert.equal(peak({ cost: '0.5' }), '0');
});

test('rounded down', () => {
  // 9000 · 0.12² / 0.7² = 264.4897959183673469387…
  assert.equal(peak({ volatility: '0.7' }), '264.489795918367346938');
});
