import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, money, ratio } from '../units/index.ts';
import { closeOutSize, restoresTarget } from './close-out-size.ts';

type Row = {
  readonly equity: string;
  readonly notional?: string;
  readonly tiers?: readonly (readonly [floor: string, fraction: string])[];
  readonly target?: string;
  readonly penalty?: string;
  readonly slippage?: string;
  readonly others?: string;
  readonly lot?: string;
  readonly impact?: Partial<Impact>;
};
type Impact = {
  readonly model: 'square-root' | 'linear';
  readonly coefficient: string;
  readonly volatility: string;
  readonly volume: string;
};

function inputOf(row: Row) {
  const { notional = '1500', tiers = twoTiers, lot } = row;
  return {
    marginEquity: money(row.equity),
    notional: money(notional),
    tiers: tiers.map(([floor, fraction]) => ({
      notionalFloor: money(floor),
      maintenanceMarginFraction: ratio(fraction),
    })),
    targetRatio: ratio(row.target ?? '1.2'),
    penaltyFraction: ratio(row.penalty ?? '0.01'),
    slippageFraction: ratio(row.slippage ?? '0.01'),
    otherMaintenanceMargin: money(row.others ?? '0'),
    lotNotional: lot === undefined ? null : money(lot),
    impact: row.impact === undefined ? null : impactOf(row.impact),
  };
}

const impactOf = ({
  model = 'square-root',
  coefficient = '1',
  volatility = '0.04',
  volume = '10000',
}: Partial<Impact>) => ({
  model,
  coefficient: ratio(coefficient),
  volatility: ratio(volatility),
  volume: money(volume),
});

/** The notional to close, or 'takeover'. */
function closed(row: Row): string {
  const input = inputOf(row);
  const { closeOutNotional, wholeTakeover } = closeOutSize(input);
  if (!wholeTakeover) {
    assert.ok(restoresTarget({ ...input, closeOutNotional }));
    return formatDecimal(closeOutNotional);
  }
  assert.equal(closeOutNotional, input.notional);
  return 'takeover';
}

const restores = (row: Row, closeOutNotional: string): boolean =>
  restoresTarget({ ...inputOf(row), closeOutNotional: money(closeOutNotional) });

/** Requires 5 % up to 1000 and 10 % above: 100 for a notional of 1500. */
const twoTiers = [
  ['0', '0.05'],
  ['1000', '0.1'],
] as const;
const oneTier = [['0', '0.1']] as const;

test('Drift: the size that covers a margin shortage of 10', () => {
  const drift = { equity: '90', notional: '1000', tiers: oneTier, target: '1' };
  assert.equal(closed({ ...drift, penalty: '0', slippage: '0' }), '100');
  assert.equal(closed({ ...drift, penalty: '0.01', slippage: '0.01' }), '125');
});

test('one tier alone: (κμN − E) / (κμ − f − s)', () => {
  const row = { equity: '100', notional: '1000', tiers: oneTier };
  assert.equal(closed(row), '200');
  assert.equal(closed({ ...row, target: '1.25', penalty: '0.015' }), '250');
});

test('nothing to close at the target exactly, something one unit below', () => {
  assert.equal(closed({ equity: '120' }), '0');
  assert.equal(closed({ equity: '121' }), '0');
  assert.equal(closed({ equity: '119.999999999999999999' }), '0.00000000000000001');
});

test('the root within the top tier, at the floor between tiers, and within the lower tier', () => {
  assert.equal(closed({ equity: '90' }), '300');
  assert.equal(closed({ equity: '70' }), '500');
  // 25 units would free the missing one, if the requirement were not rounded up.
  assert.equal(closed({ equity: '69.999999999999999999' }), '500.00000000000000004');
  assert.equal(closed({ equity: '40' }), '1250');
});

test('the smallest size: one unit less does not restore', () => {
  const row = { equity: '40' };
  assert.equal(restores(row, '1250'), true);
  assert.equal(restores(row, '1249.999999999999999999'), false);
});

test('the rounded requirement decides: the size ends where it drops by a unit', () => {
  const third = { equity: '110', notional: '1000', tiers: [['0', '0.3']] as const, target: '1' };
  const free = { ...third, penalty: '0', slippage: '0' };
  // 1000 − 110 / 0.3, up to the unit.
  assert.equal(closed(free), '633.333333333333333334');
});

test('the whole position is closed when nothing less restores', () => {
  assert.equal(closed({ equity: '30' }), '1500');
  assert.equal(closed({ equity: '29.999999999999999999' }), 'takeover');
  assert.equal(closed({ equity: '0' }), 'takeover');
  assert.equal(closed({ equity: '-10' }), 'takeover');
  assert.equal(closed({ equity: '0', penalty: '0', slippage: '0' }), '1500');
});

test('closing that costs as much as it frees never restores', () => {
  const row = { equity: '99', notional: '1000', tiers: oneTier, target: '1' };
  assert.equal(closed({ ...row, penalty: '0.09', slippage: '0.01' }), 'takeover');
  assert.equal(closed({ ...row, penalty: '0.1', slippage: '0.01' }), 'takeover');
  assert.equal(closed({ ...row, penalty: '0.06', slippage: '0.03' }), '100');
});

test('the surplus rises in the upper tier and falls in the lower: both sides of its peak', () => {
  const peaked = { penalty: '0.05', slippage: '0.02' };
  assert.equal(closed({ ...peaked, equity: '95' }), '500');
  assert.equal(closed({ ...peaked, equity: '94.999999999999999999' }), 'takeover');
  assert.equal(closed({ ...peaked, equity: '100' }), '400');
});

test('the other legs’ requirement must be met as well', () => {
  assert.equal(closed({ equity: '150', others: '50' }), '300');
  assert.equal(closed({ equity: '90', others: '50' }), '1500');
  assert.equal(closed({ equity: '89.999999999999999999', others: '50' }), 'takeover');
});

test('lots: up to the next, clamped to the position, no dust left', () => {
  const row = { equity: '90' };
  assert.equal(closed({ ...row, lot: '100' }), '300');
  assert.equal(closed({ ...row, lot: '200' }), '400');
  assert.equal(closed({ ...row, lot: '299.999999999999999999' }), '599.999999999999999998');
  assert.equal(closed({ ...row, lot: '750' }), '750');
  assert.equal(closed({ ...row, lot: '751' }), '1500');
  assert.equal(closed({ ...row, lot: '2000' }), '1500');
  assert.equal(closed({ ...row, equity: '120', lot: '100' }), '0');
});

test('lots: a size that only the lot pushes beyond the peak does not restore', () => {
  const peaked = { penalty: '0.05', slippage: '0.02', equity: '95' };
  assert.equal(closed({ ...peaked, lot: '250' }), '500');
  assert.equal(closed({ ...peaked, lot: '300' }), 'takeover');
});

test('no position: restored or not, there is nothing to close', () => {
  assert.equal(closed({ equity: '0', notional: '0' }), '0');
  assert.equal(closed({ equity: '-1', notional: '0' }), 'takeover');
  assert.equal(closed({ equity: '60', notional: '0', others: '50' }), '0');
  assert.equal(closed({ equity: '59', notional: '0', others: '50' }), 'takeover');
});

/** One tier of 10 %, target 1, no other cost: G(x) = E − C(x) − 0.1 · (1000 − x). */
const curved = {
  notional: '1000',
  tiers: oneTier,
  target: '1',
  penalty: '0',
  slippage: '0',
} as const;

test('linear impact: the root of a parabola, up to the rounding of the impact', () => {
  // C(x) = ½ · 0.04 · x² / 1000: G = −9.5 + 0.1 · x − x² / 50 000 has its root at 96.877…
  const row = { ...curved, equity: '90.5', impact: { model: 'linear', volume: '1000' } } as const;
  assert.equal(closed(row).slice(0, 10), '96.8770318');
  assert.equal(closed({ ...row, equity: '90.2' }), '100.00000000000000103');
  assert.equal(closed({ ...row, equity: '100' }), '0');
});

test('square-root impact: ⅔ of the peak impact is paid on all of it', () => {
  // x = 400: the peak impact is 0.04 · √(400 / 10 000) = 0.008, the cost 400 · 0.008 · ⅔.
  const row = { ...curved, equity: '62.1333333333333336', impact: {} };
  assert.equal(closed(row), '400.00000000000000001');
  assert.equal(closed({ ...row, equity: '62.133333333333' }).slice(0, 9), '400.00000');
});

test('impact: beyond the peak of the surplus nothing is found', () => {
  // C'(x) = 0.5 · √(x / 100) reaches 0.1 at x = 4, where C = 4 · 0.1 · ⅔: G rises by 0.1333…
  const row = { ...curved, impact: { volatility: '0.5', volume: '100' } };
  assert.equal(closed({ ...row, equity: '99.866666666666666668' }), '4');
  assert.equal(closed({ ...row, equity: '99.866666666666666667' }), 'takeover');
  assert.equal(closed({ ...row, equity: '99.99' }).slice(0, 6), '0.1125');
});

test('impact: lots up to the peak, the next one after it, or the whole', () => {
  const row = { ...curved, equity: '99.87', impact: { volatility: '0.5', volume: '100' } };
  assert.equal(closed({ ...row, lot: '0.1' }), '3.3');
  assert.equal(closed({ ...row, lot: '2.15' }), '4.3');
  assert.equal(closed({ ...row, lot: '5' }), 'takeover');
  const mild = { ...curved, equity: '20', impact: { volatility: '0.001', volume: '1000000' } };
  assert.equal(closed({ ...mild, lot: '600' }), '1000');
  assert.equal(closed({ ...mild, lot: '900' }), '1000');
});

test('impact: the surplus may rise up to a floor between tiers and fall below it', () => {
  const row = { penalty: '0.05', slippage: '0.01', impact: { volatility: '0.001' } } as const;
  assert.equal(closed({ ...row, equity: '90.1' }).slice(0, 7), '499.574');
  assert.equal(closed({ ...row, equity: '90' }), 'takeover');
});

test('impact of a market that does not move: as without', () => {
  const row = { equity: '69.999999999999999999' };
  assert.equal(closed({ ...row, impact: { coefficient: '0' } }), closed(row));
  assert.equal(closed({ ...row, impact: { volatility: '0' } }), closed(row));
});

test('contract violations', () => {
  assert.throws(() => closed({ equity: '1', notional: '-1' }), /negative/);
  assert.throws(() => closed({ equity: '1', target: '0' }), /not positive/);
  assert.throws(() => closed({ equity: '1', penalty: '-0.1' }), /negative/);
  assert.throws(() => closed({ equity: '1', slippage: '-0.1' }), /negative/);
  assert.throws(() => closed({ equity: '1', others: '-1' }), /negative/);
  assert.throws(() => closed({ equity: '1', lot: '0' }), /not positive/);
  assert.throws(() => closed({ equity: '1', impact: { volume: '0' } }), /not positive/);
  assert.throws(() => closed({ equity: '1', impact: { coefficient: '-1' } }), /negative/);
  assert.throws(() => restores({ equity: '1' }, '-1'), /not within/);
  assert.throws(() => restores({ equity: '1' }, '1500.000000000000000001'), /not within/);
});
