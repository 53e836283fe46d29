import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, money, ratio } from '../units/index.ts';
import { type KeeperRewardInput, keeperReward } from './keeper-reward.ts';

const BASE: KeeperRewardInput = {
  flagReward: money('10'),
  executionCost: money('2'),
  minReward: money('1'),
  minProfitFraction: ratio('0.5'),
  marginEquity: money('1000'),
  marginScale: ratio('0.1'),
  maxReward: money('50'),
  penalty: money('40'),
};

/** Reward and subsidy. */
function reward(changes: Partial<KeeperRewardInput>): string[] {
  const { keeperReward: paid, subsidy } = keeperReward({ ...BASE, ...changes });
  return [paid, subsidy].map(formatDecimal);
}

test('what finding the account is worth, and the cost', () => {
  assert.deepEqual(reward({}), ['12', '0']);
  assert.deepEqual(reward({ executionCost: money('0') }), ['10', '0']);
});

test('at least the cost and a gain, by amount or by fraction', () => {
  const nothingFound = { flagReward: money('0') };
  assert.deepEqual(reward(nothingFound), ['3', '0']);
  assert.deepEqual(reward({ ...nothingFound, minReward: money('4') }), ['6', '0']);
  assert.deepEqual(reward({ ...nothingFound, minProfitFraction: ratio('2') }), ['6', '0']);
});

test('at most a share of the margin at stake, and at most the largest reward', () => {
  assert.deepEqual(reward({ marginEquity: money('110') }), ['11', '0']);
  assert.deepEqual(reward({ flagReward: money('900') }), ['40', '0']);
  assert.deepEqual(reward({ flagReward: money('900'), penalty: money('70') }), ['50', '0']);
  assert.deepEqual(reward({ marginEquity: money('0') }), ['0', '0']);
  assert.deepEqual(reward({ marginEquity: money('-9') }), ['0', '0']);
});

test('never above the penalty; what the floor lacks is a subsidy, what the gain lacks not', () => {
  assert.deepEqual(reward({ penalty: money('11') }), ['11', '0']);
  assert.deepEqual(reward({ penalty: money('3') }), ['3', '0']);
  assert.deepEqual(reward({ penalty: money('2.5') }), ['2.5', '0.5']);
  assert.deepEqual(reward({ penalty: money('0') }), ['0', '3']);
});

test('no subsidy beyond the caps', () => {
  const poor = { marginEquity: money('20'), penalty: money('0.5') };
  assert.deepEqual(reward(poor), ['0.5', '1.5']);
  assert.deepEqual(reward({ ...poor, maxReward: money('0.6') }), ['0.5', '0.1']);
});

test('rounded down', () => {
  const dust = { flagReward: money('0'), minReward: money('0') };
  const three = money('0.000000000000000003');
  assert.deepEqual(reward({ ...dust, executionCost: three })[0], '0.000000000000000004');
  assert.deepEqual(
    reward({ marginEquity: three, marginScale: ratio('0.5') })[0],
    '0.000000000000000001',
  );
});

test('a product beyond the range of money stays at the cap', () => {
  const vast = money('100000000000000000000');
  const changes = { marginEquity: vast, marginScale: ratio('1000000') };
  assert.deepEqual(reward(changes), ['12', '0']);
  const costly = { executionCost: vast, minProfitFraction: ratio('1000000') };
  assert.deepEqual(reward({ ...changes, ...costly, penalty: money('0') }), ['0', '50']);
});

test('contract violations', () => {
  for (const name of ['flagReward', 'executionCost', 'minReward', 'maxReward', 'penalty']) {
    assert.throws(() => reward({ [name]: money('-1') }), /KEEPER_REWARD/, name);
  }
  for (const name of ['minProfitFraction', 'marginScale']) {
    assert.throws(() => reward({ [name]: ratio('-1') }), /KEEPER_REWARD/, name);
  }
});
