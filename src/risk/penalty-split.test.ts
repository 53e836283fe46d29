import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, money, ratio } from '../units/index.ts';
import { penaltySplit } from './penalty-split.ts';

const unit = '0.000000000000000001';

/** Shares of keeper, providers and burn; parts of keeper, providers, insurance and burn. */
function split(
  amount: string,
  [keeperShare, providerShare, burnShare]: readonly [string, string, string],
  foundBy: 'keeper' | 'engine' = 'keeper',
): string[] {
  const parts = penaltySplit({
    penalty: money(amount),
    keeperShare: ratio(keeperShare),
    providerShare: ratio(providerShare),
    burnShare: ratio(burnShare),
    foundBy,
  });
  const { keeperReward, providerReward, insuranceContribution, burned } = parts;
  return [keeperReward, providerReward, insuranceContribution, burned].map(formatDecimal);
}

test('keeper, providers, insurance fund, burn', () => {
  assert.deepEqual(split('10', ['0.3', '0', '0.1']), ['3', '0', '6', '1']);
  assert.deepEqual(split('10', ['0.3', '0.25', '0.1']), ['3', '2.5', '3.5', '1']);
  assert.deepEqual(split('10', ['0', '0', '0']), ['0', '0', '10', '0']);
  assert.deepEqual(split('10', ['1', '0', '0']), ['10', '0', '0', '0']);
  assert.deepEqual(split('10', ['0', '1', '0']), ['0', '10', '0', '0']);
  assert.deepEqual(split('10', ['0.4', '0.1', '0.5']), ['4', '1', '0', '5']);
  assert.deepEqual(split('0', ['0.3', '0.3', '0.1']), ['0', '0', '0', '0']);
});

test('the fund keeps the reward where the engine found the account itself', () => {
  assert.deepEqual(split('10', ['0.3', '0.2', '0.1'], 'engine'), ['0', '2', '7', '1']);
});

test('what rounding leaves goes to the fund', () => {
  assert.deepEqual(split(unit, ['0.5', '0', '0.5']), ['0', '0', unit, '0']);
  assert.deepEqual(split(unit, ['0.3', '0.4', '0.3']), ['0', '0', unit, '0']);
});

test('contract violations of the split', () => {
  assert.throws(() => split('-1', ['0.3', '0', '0.1']), /PENALTY/);
  assert.throws(() => split('1', ['-0.1', '0', '0.1']), /PENALTY_SHARES/);
  assert.throws(() => split('1', ['0.1', '-0.1', '0.1']), /PENALTY_SHARES/);
  assert.throws(() => split('1', ['0.1', '0', '-0.1']), /PENALTY_SHARES/);
  assert.throws(() => split('1', ['0.5', '0', '0.500000000000000001']), /PENALTY_SHARES/);
  assert.throws(() => split('1', ['0.5', '0.000000000000000001', '0.5']), /PENALTY_SHARES/);
});
