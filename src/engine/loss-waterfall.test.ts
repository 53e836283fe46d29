import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nobodyWonWhatAliceLost, twoMarkets } from '../../test/pools/loss-stage.ts';
import { eventsOf } from '../../test/pools/pool-driver.ts';
import {
  accountId,
  amount,
  assetId,
  formatDecimal,
  indexId,
  type Money,
  marketId,
  money,
  type Price,
  price,
  ratio,
  rawOf,
} from '../units/index.ts';
import { accountMargin, type EventOf } from './index.ts';

type Counterparty = EventOf<'PositionsDeleveraged'>['counterparties'][number];

const amounts = (entries: readonly { readonly account: string; readonly amount: Money }[]) =>
  entries.map(({ account, amount: share }) => [account, formatDecimal(share)]);

test('what neither the fund nor the counterparty can bear is socialized by profit', () => {
  const pool = nobodyWonWhatAliceLost();
  const carol = pool.account('carol', '100');
  const dave = pool.account('dave', '100');
  pool.fill(carol, pool.maker, { market: 'ETH-PERP', size: '1', price: '20' });
  pool.fill(dave, pool.maker, { market: 'ETH-PERP', size: '1.5', price: '20' });
  pool.price('ETH', '40', ['ETH-PERP']);
  const events = pool.price('BTC', '80', ['BTC-PERP']);
  const [deleveraged] = eventsOf(events, 'PositionsDeleveraged');
  assert.equal(formatDecimal(deleveraged!.residualLoss), '10');
  assert.equal(formatDecimal(deleveraged!.counterparties[0]!.taken), '0');
  const [settled] = eventsOf(events, 'BadDebtSettled');
  assert.equal(formatDecimal(settled!.badDebt), '10');
  // Carol's profit is 20 and Dave's 30: 10 · 20/50 and 10 · 30/50.
  assert.deepEqual(amounts(settled!.socialized), [
    ['carol', '4'],
    ['dave', '6'],
  ]);
  assert.equal(pool.balance(carol), '96');
  assert.equal(pool.balance(dave), '94');
  assert.equal(pool.balance(pool.alice), '0');
  assert.deepEqual(pool.totals(), { fund: '0', unallocated: '0' });
});

test('a loss that does not divide is borne to the last unit, the odd one by account id', () => {
  const pool = nobodyWonWhatAliceLost();
  for (const name of ['zoe', 'carol', 'dave']) {
    const winner = pool.account(name, '100');
    pool.fill(winner, pool.maker, { market: 'ETH-PERP', size: '1', price: '20' });
  }
  pool.price('ETH', '40', ['ETH-PERP']);
  const [settled] = eventsOf(pool.price('BTC', '80', ['BTC-PERP']), 'BadDebtSettled');
  assert.deepEqual(amounts(settled!.socialized), [
    ['zoe', '3.333333333333333333'],
    ['carol', '3.333333333333333334'],
    ['dave', '3.333333333333333333'],
  ]);
});

test('nobody bears more than its profit', () => {
  const pool = nobodyWonWhatAliceLost();
  const carol = pool.account('carol', '100');
  // Carol won 2 on ETH: that, and no more, is hers to lose.
  pool.fill(carol, pool.maker, { market: 'ETH-PERP', size: '1', price: '20' });
  pool.price('ETH', '22', ['ETH-PERP']);
  const [settled] = eventsOf(pool.price('BTC', '80', ['BTC-PERP']), 'BadDebtSettled');
  assert.deepEqual(amounts(settled!.socialized), [['carol', '2']]);
  assert.equal(formatDecimal(settled!.unallocated), '8');
});

test('a loss that nobody bore gates withdrawals until the fund has repaid it', () => {
  const pool = nobodyWonWhatAliceLost();
  const carol = pool.account('carol', '5');
  pool.price('BTC', '80', ['BTC-PERP']);
  assert.deepEqual(pool.totals(), { fund: '0', unallocated: '10' });
  const withdrawal = {
    type: 'Withdraw',
    account: carol,
    asset: assetId('USDC'),
    amount: amount('5'),
  } as const;
  pool.refuse(withdrawal, 'WITHDRAWALS_GATED');
  const part = pool.take({ type: 'FundInsurance', amount: money('4') });
  assert.equal(formatDecimal(eventsOf(part, 'UnallocatedLossRepaid')[0]!.amount), '4');
  assert.deepEqual(pool.totals(), { fund: '0', unallocated: '6' });
  pool.refuse(withdrawal, 'WITHDRAWALS_GATED');
  pool.take({ type: 'FundInsurance', amount: money('10') });
  assert.deepEqual(pool.totals(), { fund: '4', unallocated: '0' });
  pool.take(withdrawal);
  // Nothing is left to repay: the next money stays in the fund.
  const more = pool.take({ type: 'FundInsurance', amount: money('1') });
  assert.deepEqual(eventsOf(more, 'UnallocatedLossRepaid'), []);
});

test('the fund pays first, at most its cap per liquidation, and never below zero', () => {
  const poor = nobodyWonWhatAliceLost();
  poor.take({ type: 'FundInsurance', amount: money('7') });
  poor.price('BTC', '80', ['BTC-PERP']);
  assert.deepEqual(poor.totals(), { fund: '0', unallocated: '3' });

  const capped = nobodyWonWhatAliceLost({ insuranceEventCap: money('6') });
  capped.take({ type: 'FundInsurance', amount: money('100') });
  const events = capped.price('BTC', '80', ['BTC-PERP']);
  assert.equal(formatDecimal(eventsOf(events, 'DeficitCovered')[0]!.paid), '6');
  // Asked again for the bad debt, it has reached its cap.
  assert.equal(formatDecimal(eventsOf(events, 'BadDebtSettled')[0]!.insurancePaid), '0');
  assert.deepEqual(capped.totals(), { fund: '94', unallocated: '4' });
});

const price4 = (value: Price | null) => Number(formatDecimal(value!)).toFixed(4);

test('counterparties are cut to one leverage; each gives up its share of the gap', () => {
  const pool = twoMarkets();
  const alice = pool.account('alice', '10');
  // Bob and Carol are both short 0.5 from 100; Carol has a quarter of Bob's money.
  const bob = pool.account('bob', '80');
  const carol = pool.account('carol', '20');
  pool.fill(alice, bob, { market: 'BTC-PERP', size: '0.5', price: '100' });
  pool.fill(alice, carol, { market: 'BTC-PERP', size: '0.5', price: '100' });
  // Erin takes as much from each again: there is more short size than Alice has to close.
  const erin = pool.account('erin', '1000');
  pool.fill(erin, bob, { market: 'BTC-PERP', size: '0.5', price: '100' });
  pool.fill(erin, carol, { market: 'BTC-PERP', size: '0.5', price: '100' });
  const [deleveraged] = eventsOf(pool.price('BTC', '80', ['BTC-PERP']), 'PositionsDeleveraged');
  // At 80 Bob has 100 and Carol 40 of equity on 1 BTC each: leverage 0.8 and 2. Cutting 1 BTC
  // in all to one leverage η: (1 − η·100/80)₊ + (1 − η·40/80) = 1, so η = 4/7, Carol gives
  // 1 − 2/7 = 5/7 and Bob 1 − 5/7 = 2/7, in lots of 0.001.
  const fills = deleveraged!.counterparties.map(({ change, taken, price }) => [
    change.account,
    formatDecimal(change.sizeDelta),
    formatDecimal(taken),
    price4(price),
  ]);
  assert.deepEqual(fills, [
    ['bob', '0.286', '2.86', '90.0000'],
    ['carol', '0.714', '7.14', '90.0000'],
  ]);
  assert.equal(formatDecimal(deleveraged!.bankruptcyPrice!), '90');
  assert.equal(formatDecimal(deleveraged!.residualLoss), '0');
  assert.equal(pool.balance(alice), '0');
});

test("policy 'queue': the most profitable and most leveraged first, and whole", () => {
  const pool = twoMarkets({ adlPolicy: 'queue' });
  const alice = pool.account('alice', '10');
  const bob = pool.account('bob', '80');
  const carol = pool.account('carol', '20');
  pool.fill(alice, bob, { market: 'BTC-PERP', size: '0.5', price: '100' });
  pool.fill(alice, carol, { market: 'BTC-PERP', size: '0.5', price: '100' });
  const erin = pool.account('erin', '1000');
  pool.fill(erin, bob, { market: 'BTC-PERP', size: '0.5', price: '100' });
  pool.fill(erin, carol, { market: 'BTC-PERP', size: '0.5', price: '100' });
  const [deleveraged] = eventsOf(pool.price('BTC', '80', ['BTC-PERP']), 'PositionsDeleveraged');
  assert.equal(deleveraged!.policy, 'queue');
  // Both won a fifth; Carol did it at leverage 2, Bob at 0.8: she is asked alone, for all of it.
  assert.deepEqual(
    deleveraged!.counterparties.map(({ change }) => [
      change.account,
      formatDecimal(change.sizeDelta),
    ]),
    [['carol', '1']],
  );
  assert.equal(pool.accountOf(bob).positions.length, 1);
  assert.equal(pool.accountOf(carol).positions.length, 0);
});

test('more counterparties than a record may hold: several records, the same in the end', () => {
  const ended = [1, 2, 8].map((adlFillsMax) => {
    const pool = twoMarkets({ adlFillsMax });
    const alice = pool.account('alice', '12');
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5', 'a6']) {
      const short = pool.account(name, '50');
      pool.fill(alice, short, { market: 'BTC-PERP', size: '0.2', price: '100' });
    }
    const events = pool.price('BTC', '80', ['BTC-PERP']);
    const records = eventsOf(events, 'PositionsDeleveraged');
    assert.ok(records.every(({ counterparties }) => counterparties.length <= adlFillsMax));
    assert.equal(records.length, Math.ceil(6 / adlFillsMax));
    assert.equal(eventsOf(events, 'BadDebtSettled').length, 0);
    const taken = records.flatMap(({ counterparties }) => counterparties.map((c) => c.taken));
    assert.equal(taken.length, 6);
    return ['alice', 'a1', 'a6'].map((name) => pool.balance(accountId(name)));
  });
  // 12 + 1.2 · (80 − 100) = −12, borne by six alike: each won 4 and gives up 2.
  for (const balances of ended) assert.deepEqual(balances, ['0', '52', '52']);
});

test('a record of few takes its part of the gap, and all of them together all of it', () => {
  const takings = [1, 2, 3].map((adlFillsMax) => {
    const pool = twoMarkets({ adlFillsMax });
    // Three contracts at 100 for 60 and ten units less than nothing: units decide who gives what.
    const alice = pool.account('alice', '59.99999999999999999');
    for (const name of ['a1', 'a2', 'a3']) {
      const short = pool.account(name, '100');
      pool.fill(alice, short, { market: 'BTC-PERP', size: '1', price: '100' });
    }
    const events = pool.price('BTC', '80', ['BTC-PERP']);
    assert.equal(pool.balance(alice), '0');
    assert.equal(eventsOf(events, 'BadDebtSettled').length, 0);
    return eventsOf(events, 'PositionsDeleveraged').map(({ counterparties, residualLoss }) => {
      assert.equal(formatDecimal(residualLoss), '0');
      return counterparties.map(({ taken }) => Number(rawOf(taken)));
    });
  });
  // A third of 10 units, then a half of the 7 that are left, each rounded down; then the rest.
  assert.deepEqual(takings, [[[3], [3], [4]], [[3, 3], [4]], [[4, 3, 3]]]);
});

test('a counterparty whose collateral counts for less is not made liquidatable', () => {
  const pool = twoMarkets();
  pool.index('COIN');
  pool.price('COIN', '1');
  const coin = { collateralHaircut: ratio('0.9'), concentrationFactor: null, amountMax: null };
  const asset = { asset: assetId('COIN'), index: indexId('COIN'), ...coin };
  pool.take({ type: 'ConfigureAsset', parameters: asset });
  const [alice, bob] = [pool.account('alice', '10'), pool.account('bob', '20')];
  pool.take({ type: 'Deposit', account: bob, asset: asset.asset, amount: amount('100') });
  pool.fill(alice, bob, { market: 'BTC-PERP', size: '1', price: '100' });
  pool.fill(pool.maker, bob, { market: 'BTC-PERP', size: '1', price: '100' });
  pool.fill(bob, pool.maker, { market: 'ETH-PERP', size: '5', price: '20' });
  // At once he wins 40 and loses 55: 5 and coins worth 100, of which 10 count.
  const timeMs = pool.now();
  const moved = { BTC: price('80'), ETH: price('9') };
  const events = pool.take({
    type: 'ReportPrices',
    indexes: Object.entries(moved).map(([name, at]) => {
      return { index: indexId(name), source: 'feed', price: at, timeMs, confidence: null };
    }),
    books: Object.entries(moved).map(([name, at]) => {
      return { market: marketId(`${name}-PERP`), bid: at, ask: at, last: at, timeMs };
    }),
    outside: [],
  });
  const [deleveraged] = eventsOf(events, 'PositionsDeleveraged');
  // Behind half of his short stands 15 · 8 / 10.25 / 2, and not the 10 that Alice lacks.
  const [{ change, taken }] = deleveraged!.counterparties as [Counterparty];
  assert.deepEqual([change.account, formatDecimal(taken)], ['bob', '5.853658536585365853']);
  assert.equal(formatDecimal(deleveraged!.residualLoss), '4.146341463414634147');
  const { marginEquity, maintenanceMargin } = accountMargin(pool.engine.state, pool.accountOf(bob));
  assert.ok(marginEquity >= maintenanceMargin, `${marginEquity} of ${maintenanceMargin}`);
  assert.deepEqual(
    eventsOf(events, 'LiquidationStarted').map(({ account }) => account),
    ['alice'],
  );
});

test('a counterparty in liquidation is asked after the healthy ones', () => {
  const pool = twoMarkets();
  const alice = pool.account('alice', '12');
  const bob = pool.account('bob', '1000');
  // Weak is short 0.6 BTC and long ETH, which falls: its order waits on the book.
  const weak = pool.account('weak', '25');
  pool.fill(alice, weak, { market: 'BTC-PERP', size: '0.6', price: '100' });
  pool.fill(alice, bob, { market: 'BTC-PERP', size: '0.6', price: '100' });
  pool.fill(weak, pool.maker, { market: 'ETH-PERP', size: '5', price: '20' });
  pool.price('ETH', '16.3', ['ETH-PERP']);
  assert.equal(pool.accountOf(weak).liquidation, 1);
  pool.fill(pool.account('erin', '1000'), bob, { market: 'BTC-PERP', size: '0.6', price: '100' });
  const [deleveraged] = eventsOf(pool.price('BTC', '80', ['BTC-PERP']), 'PositionsDeleveraged');
  assert.deepEqual(
    deleveraged!.counterparties.map(({ change }) => change.account),
    ['bob'],
  );
  assert.equal(pool.accountOf(weak).positions.length, 2);
});
