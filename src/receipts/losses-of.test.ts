/**
 * Goal: every loss of a journal is told once, with rows that sum to zero, and deleveragings with
 * what they did. Method: small pools whose numbers can be worked out by hand.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  depositTranche,
  nobodyWonWhatAliceLost,
  tranche,
  twoMarkets,
  waterfall,
} from '../../test/pools/loss-stage.ts';
import type { Driver } from '../../test/pools/pool-driver.ts';
import { journalOf } from '../../test/pools/recorded-journal.ts';
import { formatDecimal, money, sum } from '../units/index.ts';
import { addLoss, giniMean, type LossEntry, type LossRow, lossesOf, noLosses } from './index.ts';

async function losses(pool: Pick<Driver, 'records' | 'engine'>): Promise<LossEntry[]> {
  const { journal } = await journalOf(pool.records, pool.engine.state);
  const found: LossEntry[] = [];
  for await (const entry of lossesOf(journal)) found.push(entry);
  for (const { rows } of found) {
    assert.equal(formatDecimal(sum(rows.map(({ amount }) => amount))), '0');
  }
  return found;
}

const shown = (row: LossRow): string => {
  const who = 'account' in row ? row.account : 'tranche' in row ? row.tranche : row.layer;
  return `${row.layer === who ? '' : `${row.layer} `}${who} ${formatDecimal(row.amount)}`;
};

test('each layer has its row, and what nobody bore has one too', async () => {
  const pool = nobodyWonWhatAliceLost();
  pool.take(waterfall({ tranches: [tranche('junior')] }));
  pool.account('dora', '500');
  pool.take({ type: 'FundInsurance', amount: money('3') });
  pool.take(depositTranche('junior', 'dora', '4'));
  const carol = pool.account('carol', '100');
  pool.fill(carol, pool.maker, { market: 'ETH-PERP', size: '1', price: '20' });
  pool.price('ETH', '21', ['ETH-PERP']);
  pool.price('BTC', '80', ['BTC-PERP']);
  const found = await losses(pool);
  assert.deepEqual(
    found.map(({ event, rows }) => [event, ...rows.map(shown)]),
    [
      ['DeficitCovered', 'insurance-fund 3', 'bankrupt alice -3'],
      ['TranchePaid', 'tranche junior 4', 'bankrupt alice -4'],
      // Bob has no profit that could be taken.
      ['PositionsDeleveraged'],
      ['BadDebtSettled', 'socialized carol 1', 'unallocated 2', 'bankrupt alice -3'],
    ],
  );
  assert.ok(found.every(({ account, liquidation }) => account === 'alice' && liquidation === 1));
  pool.take({ type: 'FundInsurance', amount: money('5') });
  const { event, rows, liquidation } = (await losses(pool)).at(-1)!;
  assert.deepEqual(rows.map(shown), ['insurance-fund 2', 'unallocated -2']);
  assert.deepEqual([event, liquidation], ['UnallocatedLossRepaid', null]);
});

test('what a deleveraging took is held against all who stood there', async () => {
  const pool = twoMarkets();
  const alice = pool.account('alice', '10');
  for (const [name, deposit] of [
    ['bob', '20'],
    ['carol', '400'],
  ] as const) {
    const short = pool.account(name, deposit);
    pool.fill(pool.maker, short, { market: 'BTC-PERP', size: '1', price: '100' });
  }
  pool.fill(alice, pool.maker, { market: 'BTC-PERP', size: '1', price: '100' });
  pool.price('BTC', '80', ['BTC-PERP']);
  const [entry] = (await losses(pool)).filter(({ deleveraging }) => deleveraging !== null);
  const { metrics, ...facts } = entry!.deleveraging!;
  // The maker is long: Bob and Carol stand against Alice, at 80/40 and 80/420.
  assert.equal(facts.candidates, 2);
  assert.equal(facts.policy, 'minimax-leverage');
  assert.equal(formatDecimal(facts.residualLoss), '0');
  // Down to one leverage: 1 − 40/460 of a contract from Bob, 1 − 420/460 from Carol, to the lot.
  const gave = ['deleveraged bob 9.13', 'deleveraged carol 0.87'];
  assert.deepEqual(entry!.rows.map(shown), [...gave, 'bankrupt alice -10']);
  assert.equal(formatDecimal(metrics.budget), '10');
  assert.equal(formatDecimal(metrics.overshoot), '0');
  assert.equal(formatDecimal(metrics.profitHaircutMax), '0.4565');
  assert.equal(formatDecimal(metrics.leverageMaxBefore!), '2');

  const totals = noLosses();
  for (const each of await losses(pool)) addLoss(totals, each);
  assert.equal(formatDecimal(totals.layers.deleveraged), '10');
  assert.equal(totals.deleveragings.count, 1);
  assert.equal(giniMean(totals.deleveragings), metrics.profitHaircutGini);
  assert.equal(giniMean(noLosses().deleveragings), null);
});

test('a journal without losses has none to tell of', async () => {
  const pool = twoMarkets();
  assert.deepEqual(await losses(pool), []);
});
