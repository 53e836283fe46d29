import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, money } from '../units/index.ts';
import { socializedLoss } from './socialized-loss.ts';

function shares(loss: string, accounts: readonly (readonly [string, string])[]) {
  const { allocations, unallocated } = socializedLoss({
    loss: money(loss),
    accounts: accounts.map(([account, pnl]) => ({ account, unrealizedPnl: money(pnl) })),
  });
  return {
    amounts: allocations.map(({ account, amount }) => `${account} ${formatDecimal(amount)}`),
    unallocated: formatDecimal(unallocated),
  };
}

test('each profit loses the same share; a loss bears nothing', () => {
  assert.deepEqual(
    shares('30', [
      ['winner', '75'],
      ['loser', '-500'],
      ['even', '0'],
      ['small', '25'],
    ]),
    { amounts: ['winner 22.5', 'loser 0', 'even 0', 'small 7.5'], unallocated: '0' },
  );
});

test('profits bear up to all they are, and what they cannot bear stays on record', () => {
  const profits = [
    ['a', '60'],
    ['b', '40'],
  ] as const;
  assert.deepEqual(shares('100', profits), { amounts: ['a 60', 'b 40'], unallocated: '0' });
  assert.deepEqual(shares('100.000000000000000001', profits), {
    amounts: ['a 60', 'b 40'],
    unallocated: '0.000000000000000001',
  });
  assert.deepEqual(shares('99.999999999999999999', profits), {
    // 59.9999999999999999994 and 39.9999999999999999996, floored: the unit left goes to a.
    amounts: ['a 60', 'b 39.999999999999999999'],
    unallocated: '0',
  });
});

test('units left by the floors go one each in order of account id, not of input', () => {
  const one = '0.000000000000000001';
  const two = '0.000000000000000002';
  assert.deepEqual(
    shares(two, [
      ['c', '5'],
      ['b', '5'],
      ['a10', '5'],
      ['a2', '5'],
    ]),
    { amounts: ['c 0', 'b 0', `a10 ${one}`, `a2 ${one}`], unallocated: '0' },
  );
});

test('without a loss nobody pays; without a profit nobody can', () => {
  assert.deepEqual(shares('0', [['a', '5']]), { amounts: ['a 0'], unallocated: '0' });
  assert.deepEqual(shares('7', [['a', '-5']]), { amounts: ['a 0'], unallocated: '7' });
  assert.deepEqual(shares('7', []), { amounts: [], unallocated: '7' });
});

test('a negative loss is a defect of the caller', () => {
  assert.throws(() => shares('-1', [['a', '5']]), /SOCIALIZED_LOSS/);
});
