import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, money, ratio } from '../units/index.ts';
import {
  type MarginTier,
  maintenanceMargin,
  maintenanceMarginDetail,
  marginTierProblem,
} from './maintenance-margin.ts';

function tiersOf(...rows: [floor: string, fraction: string][]): MarginTier[] {
  return rows.map(([floor, fraction]) => ({
    notionalFloor: money(floor),
    maintenanceMarginFraction: ratio(fraction),
  }));
}

function detail(tiers: MarginTier[], notional: string): [string, string, string] {
  const result = maintenanceMarginDetail({ tiers, notional: money(notional) });
  const { maintenanceMargin: required, maintenanceMarginFraction, deduction } = result;
  assert.equal(required, maintenanceMargin({ tiers, notional: money(notional) }));
  return [
    formatDecimal(required),
    formatDecimal(maintenanceMarginFraction),
    formatDecimal(deduction),
  ];
}

// Hyperliquid, margin tiers: fraction = 1 / (2 · maximal leverage).
const btcTiers = tiersOf(['0', '0.0125'], ['150000000', '0.025']);
const ethTestTiers = tiersOf(
  ['0', '0.02'],
  ['20000', '0.05'],
  ['50000', '0.1'],
  ['200000', '0.166666666666666667'],
);

test('the first tier has no deduction', () => {
  assert.deepEqual(detail(btcTiers, '100000000'), ['1250000', '0.0125', '0']);
  assert.deepEqual(detail(btcTiers, '0'), ['0', '0.0125', '0']);
});

test('a floor belongs to the tier above it, and the requirement does not jump there', () => {
  assert.deepEqual(detail(ethTestTiers, '20000'), ['400', '0.05', '600']);
  const below = detail(ethTestTiers, '19999.999999999999999999');
  assert.deepEqual(below, ['400', '0.02', '0']);
  const above = detail(ethTestTiers, '20000.000000000000000001');
  assert.deepEqual(above, ['400.000000000000000001', '0.05', '600']);
});

test('the requirement is marginal across all tiers', () => {
  const [required, fraction, deduction] = detail(ethTestTiers, '300000');
  assert.equal(fraction, '0.166666666666666667');
  assert.equal(required, '33566.6666666666667');
  assert.equal(deduction, '16433.3333333333334');
});

test('deductions follow the recursion of published margin tables', () => {
  // Binance coin-margined futures: 50 · (0.05 − 0.025) + 0.56 = 1.81.
  const tiers = tiersOf(['0', '0.0026'], ['25', '0.025'], ['50', '0.05']);
  assert.deepEqual(detail(tiers, '50'), ['0.69', '0.05', '1.81']);
});

test('the exact requirement is rounded up once', () => {
  const thirds = tiersOf(['0', '0.333333333333333333'], ['1', '0.5']);
  assert.equal(
    formatDecimal(maintenanceMargin({ tiers: thirds, notional: money('0.000000000000000001') })),
    '0.000000000000000001',
  );
  // 1/3 rounded down once per unit: an exact wad, so nothing is added.
  assert.equal(
    formatDecimal(maintenanceMargin({ tiers: thirds, notional: money('1') })),
    '0.333333333333333333',
  );
});

test('marginTierProblem accepts good tables and names what is wrong with others', () => {
  assert.equal(marginTierProblem(btcTiers), null);
  assert.equal(marginTierProblem(ethTestTiers), null);
  assert.equal(marginTierProblem(tiersOf(['0', '0.1'], ['1', '0.1'])), null);
  const problems: [MarginTier[], RegExp][] = [
    [[], /at least one margin tier/],
    [tiersOf(['1', '0.1']), /first notional floor/],
    [tiersOf(['-1', '0.1']), /first notional floor/],
    [tiersOf(['0', '0']), /fraction of tier 0 .* between 0 and 1/],
    [tiersOf(['0', '1']), /fraction of tier 0 .* between 0 and 1/],
    [tiersOf(['0', '0.1'], ['5', '1']), /fraction of tier 1 .* between 0 and 1/],
    [tiersOf(['0', '0.1'], ['0', '0.2']), /notional floor of tier 1 to be above that of tier 0/],
    [
      tiersOf(['0', '0.1'], ['5', '0.2'], ['4', '0.3']),
      /notional floor of tier 2 to be above that of tier 1/,
    ],
    [tiersOf(['0', '0.1'], ['5', '0.099']), /fraction of tier 1 to be at least that of tier 0/],
  ];
  for (const [tiers, message] of problems) assert.match(marginTierProblem(tiers) ?? '', message);
});
