/**
 * Goal: every loss of a journal is told once, with rows that sum to zero, and deleveragings with
 * what they did. Method: small pools whose numbers can be worked out by hand.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crash, halAndLin } from '../../test/pools/hedge-stage.ts';
import {
  depositTranche,
  lossSharing,
  nobodyWonWhatAliceLost,
  tranche,
  twoMarkets,
  waterfall,
} from '../../test/pools/loss-stage.ts';
import type { Driver } from '../../test/pools/pool-driver.ts';
import { journalOf } from '../../test/pools/recorded-journal.ts';
import { formatDecimal, money, ratio, sum } from '../units/index.ts';
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

test('with hedges protected each record is told against the class that it asked', async () => {
  const pool = halAndLin();
  crash(pool);
  const told = (await losses(pool)).flatMap(({ deleveraging: own, rows }) =>
    own === null ? [] : [{ rows: rows.map(shown), own }],
  );
  assert.deepEqual(
    told.map(({ rows }) => rows[0]),
    ['deleveraged lin 8.139534883720930232', 'deleveraged hal 46.117647058823529411'],
  );
  for (const { own } of told) {
    assert.deepEqual([own.candidates, own.asked], [1, 1]);
    assert.equal(formatDecimal(own.metrics.overshoot), '0');
  }
  // 20 a contract; what Lin could not bear is the next ones' to bear as well.
  assert.deepEqual(
    told.map(({ own }) => formatDecimal(own.metrics.budget)),
    ['20', '51.860465116279069768'],
  );
});

test('of a loss on open interest every position has its row, and rounding too', async () => {
  const pool = nobodyWonWhatAliceLost();
  pool.take(lossSharing({ notionalShareMax: ratio('0.04') }));
  const [carol, dave] = [pool.account('carol', '500'), pool.account('dave', '1000000000')];
  pool.fill(carol, dave, { market: 'BTC-PERP', size: '1', price: '80' });
  pool.fill(pool.account('erin', '500'), dave, { market: 'BTC-PERP', size: '0.5', price: '80' });
  pool.fill(pool.account('fay', '100'), dave, { market: 'ETH-PERP', size: '1', price: '20' });
  pool.price('BTC', '80', ['BTC-PERP']);
  const found = (await losses(pool)).filter(({ rows }) => rows.length > 0);
  assert.deepEqual(
    found.map(({ event, rows }) => [event, ...rows.map(shown)]),
    [
      [
        'LossSpread',
        'open-interest carol 3.2',
        'open-interest dave 4.8',
        'open-interest erin 1.6',
        'bankrupt alice -9.6',
      ],
      ['BadDebtSettled', 'unallocated 0.4', 'bankrupt alice -0.4'],
    ],
  );
  const uneven = nobodyWonWhatAliceLost();
  uneven.take(lossSharing());
  const [gil, hal] = [uneven.account('gil', '500'), uneven.account('hal', '1000000000')];
  uneven.fill(gil, hal, { market: 'BTC-PERP', size: '1.5', price: '80' });
  uneven.price('BTC', '80', ['BTC-PERP']);
  const [spread] = (await losses(uneven)).filter(({ event }) => event === 'LossSpread');
  assert.deepEqual(spread!.rows.map(shown), [
    'open-interest gil 5.000000000000000001',
    'open-interest hal 5.000000000000000001',
    'insurance-fund -0.000000000000000002',
    'bankrupt alice -10',
  ]);
  const totals = noLosses();
  for (const each of await losses(uneven)) addLoss(totals, each);
  assert.equal(formatDecimal(totals.layers['open-interest']), '10.000000000000000002');
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

test('counterparties without equity close at the mark, and none is measured', async () => {
  const pool = twoMarkets();
  const [alice, bob] = [pool.account('alice', '10'), pool.account('bob', '100')];
  pool.fill(alice, pool.maker, { market: 'BTC-PERP', size: '1', price: '100' });
  pool.fill(pool.maker, bob, { market: 'BTC-PERP', size: '1', price: '100' });
  pool.fill(bob, pool.maker, { market: 'ETH-PERP', size: '8', price: '20' });
  // Both are bankrupt before either may be closed.
  const gate = {
    type: 'SetGate',
    market: null,
    gate: 'takes',
    untilMs: null,
    reason: 'x',
  } as const;
  pool.take({ ...gate, closed: true });
  pool.price('ETH', '0.1', ['ETH-PERP']);
  pool.price('BTC', '80', ['BTC-PERP']);
  pool.take({ ...gate, closed: false });
  const found = (await losses(pool)).flatMap(({ deleveraging }) => deleveraging ?? []);
  const forced = found.find(({ candidates }) => candidates === 0)!;
  assert.equal(forced.asked, 1);
  assert.equal(formatDecimal(forced.taken), '0');
  assert.equal(formatDecimal(forced.residualLoss), formatDecimal(forced.metrics.budget));
  assert.ok(forced.metrics.budget > 0n);
  assert.deepEqual([forced.metrics.leverageMaxBefore, forced.metrics.orderInversions], [0n, 0]);
});

test('a journal without losses has none to tell of', async () => {
  const pool = twoMarkets();
  assert.deepEqual(await losses(pool), []);
});
