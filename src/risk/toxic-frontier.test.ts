import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, money, ratio } from '../units/index.ts';
import { loanToValueFrontier, type SeizureMarket, toxicFrontier } from './toxic-frontier.ts';

const unit = '0.000000000000000001';

/** Margin equity, maintenance margin, fraction of the leg, cost. */
function frontier(equity: string, required: string, fraction: string, cost: string) {
  const { improves, frontierCost } = toxicFrontier({
    marginEquity: money(equity),
    maintenanceMargin: money(required),
    maintenanceMarginFraction: ratio(fraction),
    costFraction: ratio(cost),
  });
  return [improves, frontierCost === null ? null : formatDecimal(frontierCost)];
}

test('with one leg in one tier the frontier is equity per unit of notional', () => {
  // Notional 1000 at 0.1.
  assert.deepEqual(frontier('80', '100', '0.1', '0.02'), [true, '0.08']);
  assert.deepEqual(frontier('15', '100', '0.1', '0.02'), [false, '0.015']);
});

test('at the frontier nothing changes; the decision is exact on either side', () => {
  assert.deepEqual(frontier('80', '100', '0.1', '0.08'), [false, '0.08']);
  assert.deepEqual(frontier('80', '100', '0.1', '0.079999999999999999'), [true, '0.08']);
  assert.deepEqual(frontier('1', '3', '0.1', '0.033333333333333333')[0], true);
  assert.deepEqual(frontier('1', '3', '0.1', '0.033333333333333334')[0], false);
});

test('without margin closing never helps, with some it does at no cost', () => {
  assert.deepEqual(frontier('0', '100', '0.1', '0'), [false, '0']);
  assert.deepEqual(frontier('-1', '100', '0.1', '0'), [false, '-0.001']);
  assert.deepEqual(frontier(unit, '100', '0.1', '0'), [true, '0']);
});

test('a leg with a higher fraction stands a higher cost', () => {
  assert.deepEqual(frontier('80', '100', '0.02', '0.02'), [false, '0.016']);
  assert.deepEqual(frontier('80', '100', '0.03', '0.02'), [true, '0.024']);
});

test('the frontier is rounded down, and null beyond the range of a ratio', () => {
  assert.equal(frontier('1', '3', '0.1', '0')[1], '0.033333333333333333');
  assert.equal(frontier('-1', '3', '0.1', '0')[1], '-0.033333333333333334');
  assert.deepEqual(frontier('10000000000000000', unit, '0.1', '0.05'), [true, null]);
});

test('contract violations of the frontier', () => {
  assert.throws(() => frontier('1', '0', '0.1', '0'), /TOXIC_FRONTIER/);
  assert.throws(() => frontier('1', '-1', '0.1', '0'), /TOXIC_FRONTIER/);
  assert.throws(() => frontier('1', '1', '-0.1', '0'), /TOXIC_FRONTIER/);
  assert.throws(() => frontier('1', '1', '0.1', '-0.1'), /TOXIC_FRONTIER/);
});

const lending = (bonus: string, seized: string, market: SeizureMarket): string =>
  formatDecimal(
    loanToValueFrontier({
      liquidationBonus: ratio(bonus),
      seizedValue: money(seized),
      market,
    }),
  );
const pool = (depth: string) => ({ model: 'constant-product', depth: money(depth) }) as const;
const line = (slippage: string) =>
  ({ model: 'linear', slippagePerMoney: ratio(slippage) }) as const;

test('without slippage the loan to value stops at one over one and the bonus', () => {
  assert.equal(lending('0', '0', pool('1')), '1');
  assert.equal(lending('0.25', '0', pool('1')), '0.8');
  assert.equal(lending('0.25', '1000', line('0')), '0.8');
});

test('slippage lowers it', () => {
  assert.equal(lending('0', '125', pool('1000')), '0.8');
  assert.equal(lending('0.25', '125', pool('1000')), '0.64');
  assert.equal(lending('0.25', '125', line('0.002')), '0.64');
  assert.equal(lending('0.25', '1000000000', line('1000')), '0.000000000000799999');
});

test('the loan to value is rounded down', () => {
  assert.equal(lending('0.07', '0', pool('1')), '0.934579439252336448');
  assert.equal(lending('0', '1', pool('1')), '0.333333333333333333');
});

test('contract violations of the loan to value', () => {
  assert.throws(() => lending('-0.1', '1', pool('1')), /TOXIC_FRONTIER/);
  assert.throws(() => lending('0.1', '-1', pool('1')), /TOXIC_FRONTIER/);
  assert.throws(() => lending('0.1', '1', pool('0')), /TOXIC_FRONTIER/);
  assert.throws(() => lending('0.1', '1', line('-0.1')), /TOXIC_FRONTIER/);
});
