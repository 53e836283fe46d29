import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, money, ratio } from '../units/index.ts';
import { liquidationPenalty, penaltySplit } from './liquidation-penalty.ts';

const unit = '0.000000000000000001';

function penalty(notional: string, fraction: string, equity: string): string {
  return formatDecimal(
    liquidationPenalty({
      notional: money(notional),
      penaltyFraction: ratio(fraction),
      equity: money(equity),
    }),
  );
}

test('a fraction of the notional', () => {
  assert.equal(penalty('1000', '0.015', '500'), '15');
  assert.equal(penalty('1000', '0', '500'), '0');
  assert.equal(penalty('0', '0.015', '500'), '0');
});

test('never more than equity, and nothing from an account without', () => {
  assert.equal(penalty('1000', '0.015', '15'), '15');
  assert.equal(penalty('1000', '0.015', '14.999999999999999999'), '14.999999999999999999');
  assert.equal(penalty('1000', '0.015', unit), unit);
  assert.equal(penalty('1000', '0.015', '0'), '0');
  assert.equal(penalty('1000', '0.015', '-3'), '0');
});

test('rounded up', () => {
  assert.equal(penalty(unit, '0.01', '1'), unit);
  assert.equal(penalty('0.000000000000000101', '0.01', '1'), '0.000000000000000002');
});

test('contract violations of the penalty', () => {
  assert.throws(() => penalty('-1', '0.01', '1'), /NOTIONAL/);
  assert.throws(() => penalty('1', '-0.01', '1'), /PENALTY_FRACTION/);
});

function split(
  amount: string,
  keeperShare: string,
  burnShare: string,
  foundBy: 'keeper' | 'engine' = 'keeper',
): string[] {
  const parts = penaltySplit({
    penalty: money(amount),
    keeperShare: ratio(keeperShare),
    burnShare: ratio(burnShare),
    foundBy,
  });
  const { keeperReward, insuranceContribution, burned } = parts;
  return [keeperReward, insuranceContribution, burned].map((each) => formatDecimal(each));
}

test('keeper, insurance fund, burn', () => {
  assert.deepEqual(split('10', '0.3', '0.1'), ['3', '6', '1']);
  assert.deepEqual(split('10', '0', '0'), ['0', '10', '0']);
  assert.deepEqual(split('10', '1', '0'), ['10', '0', '0']);
  assert.deepEqual(split('10', '0.4', '0.6'), ['4', '0', '6']);
  assert.deepEqual(split('0', '0.3', '0.1'), ['0', '0', '0']);
});

test('the fund keeps the reward where the engine found the account itself', () => {
  assert.deepEqual(split('10', '0.3', '0.1', 'engine'), ['0', '9', '1']);
});

test('what rounding leaves goes to the fund', () => {
  assert.deepEqual(split(unit, '0.5', '0.5'), ['0', unit, '0']);
});

test('contract violations of the split', () => {
  assert.throws(() => split('-1', '0.3', '0.1'), /PENALTY/);
  assert.throws(() => split('1', '-0.1', '0.1'), /PENALTY_SHARES/);
  assert.throws(() => split('1', '0.1', '-0.1'), /PENALTY_SHARES/);
  assert.throws(() => split('1', '0.5', '0.500000000000000001'), /PENALTY_SHARES/);
});
