import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOf, poolDriver } from '../../test/pools/pool-driver.ts';
import { engineTimeMs, formatDecimal, money, price, ratio, size } from '../units/index.ts';

/** A pool that settles in BTC; sizes are USD, one contract is one dollar. */
function inverseMarket() {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTCUSD', { kind: 'inverse', lot: size('1'), notionalMin: money('0.001') });
  pool.price('BTC', '50000', ['BTCUSD']);
  const alice = pool.account('alice', '0.2');
  const maker = pool.account('maker', '100');
  return { ...pool, alice, maker };
}

test('an inverse long wins coin as the price rises, ever less of it', () => {
  const pool = inverseMarket();
  pool.fill(pool.alice, pool.maker, { market: 'BTCUSD', size: '50000', price: '50000' });
  pool.price('BTC', '62500', ['BTCUSD']);
  pool.fill(pool.maker, pool.alice, { market: 'BTCUSD', size: '50000', price: '62500' });
  // 50000 · (1/50000 − 1/62500) = 0.2
  assert.equal(formatDecimal(pool.accountOf(pool.alice).balance), '0.4');
  assert.equal(formatDecimal(pool.accountOf(pool.maker).balance), '99.8');
});

test('an inverse long is liquidated on its coin equity', () => {
  const pool = inverseMarket();
  pool.fill(pool.alice, pool.maker, { market: 'BTCUSD', size: '50000', price: '50000' });
  // Equity 1.2 − 50000/P, requirement 0.05 · 50000/P: equal at P = 52500/1.2 = 43750. There both
  // are rounded against the account, by a unit.
  assert.deepEqual(eventsOf(pool.price('BTC', '43750.001', ['BTCUSD']), 'LiquidationStarted'), []);
  const events = pool.price('BTC', '43749', ['BTCUSD']);
  const [order] = eventsOf(events, 'CloseOutOrderPlaced');
  assert.ok(order!.size < 0n && order!.size % size('1') === 0n, 'sold in whole contracts');
  assert.ok(order!.limitPrice < price('43749'));
  const filled = pool.fill(pool.maker, pool.alice, {
    market: 'BTCUSD',
    size: formatDecimal(pool.engine.state.liquidations.get(1)!.order!.size).slice(1),
    price: formatDecimal(order!.limitPrice),
    order: order!.order,
  });
  assert.equal(eventsOf(filled, 'LiquidationEnded')[0]!.outcome, 'restored');
});

test('an inverse short is liquidated on the way up', () => {
  const pool = inverseMarket();
  pool.fill(pool.maker, pool.alice, { market: 'BTCUSD', size: '50000', price: '50000' });
  // Equity −0.8 + 50000/P, requirement 0.05 · 50000/P: equal at P = 47500/0.8 = 59375.
  assert.deepEqual(eventsOf(pool.price('BTC', '59374.999', ['BTCUSD']), 'LiquidationStarted'), []);
  const events = pool.price('BTC', '59376', ['BTCUSD']);
  const [order] = eventsOf(events, 'CloseOutOrderPlaced');
  assert.ok(order!.size > 0n && order!.limitPrice > price('59376'));
});

test('an inverse gap: the long closes at its bankruptcy price, the winner pays the rest', () => {
  const pool = inverseMarket();
  pool.fill(pool.alice, pool.maker, { market: 'BTCUSD', size: '50000', price: '50000' });
  const events = pool.price('BTC', '40000', ['BTCUSD']);
  // 0.2 + 1 − 1.25 = −0.05; 1/P_b = 1/40000 − 0.05/50000, so P_b = 50000/1.2.
  const [deleveraged] = eventsOf(events, 'PositionsDeleveraged');
  assert.equal(formatDecimal(deleveraged!.bankruptcyQuote), '-1.2');
  assert.equal(formatDecimal(deleveraged!.counterparties[0]!.taken), '0.05');
  assert.ok(deleveraged!.bankruptcyPrice! >= price('41666.666666666666666666'));
  assert.ok(deleveraged!.bankruptcyPrice! <= price('41666.666666666666666667'));
  assert.equal(pool.accountOf(pool.alice).balance, 0n);
  assert.equal(formatDecimal(pool.accountOf(pool.maker).balance), '100.2');
});

test('inverse funding is paid in coin on the size, whatever the price', () => {
  const pool = inverseMarket();
  pool.fill(pool.alice, pool.maker, { market: 'BTCUSD', size: '50000', price: '50000' });
  const { market } = pool.engine.state.markets[0]!.parameters;
  pool.take({ type: 'AccrueFunding', market, fundingRate: ratio('0.001') });
  pool.fill(pool.maker, pool.alice, { market: 'BTCUSD', size: '50000', price: '50000' });
  // 0.1 % of 1 BTC of notional.
  assert.equal(formatDecimal(pool.accountOf(pool.alice).balance), '0.199');
});

/** Six longs of 0.333 against one short, in a contract that expires at 10 s. */
function datedFuture(settlementsPerRecordMax: number) {
  const pool = poolDriver();
  pool.configure({ settlementsPerRecordMax });
  pool.index('BTC');
  pool.market('BTC-DATED', { expiryMs: engineTimeMs(10_000) });
  pool.price('BTC', '100', ['BTC-DATED']);
  const short = pool.account('short', '1000');
  const longs = ['l1', 'l2', 'l3', 'l4', 'l5', 'l6'].map((name) => pool.account(name, '100'));
  for (const long of longs) {
    pool.fill(long, short, { market: 'BTC-DATED', size: '0.333', price: '100' });
  }
  const market = () => pool.engine.state.markets[0]!;
  return { ...pool, short, longs, market };
}

test('a dated future settles at the live index in bounded records; all positions are gone', () => {
  const pool = datedFuture(2);
  pool.wait(9_000);
  const events = pool.price('BTC', '110', ['BTC-DATED']);
  assert.equal(formatDecimal(eventsOf(events, 'SettlementPriceFixed')[0]!.settlementPrice), '110');
  const records = eventsOf(events, 'PositionsSettled');
  assert.deepEqual(
    records.map(({ positions }) => positions.length),
    [2, 2, 2, 1],
  );
  assert.equal(eventsOf(events, 'MarketSettled').length, 1);
  assert.ok(pool.engine.state.accounts.every(({ positions }) => positions.length === 0));
  for (const long of pool.longs) {
    assert.equal(formatDecimal(pool.accountOf(long).balance), '103.33');
  }
  assert.equal(formatDecimal(pool.accountOf(pool.short).balance), '980.02');
  // It is settled once: later prices concern it no more.
  const later = pool.price('BTC', '90', ['BTC-DATED']);
  assert.deepEqual(eventsOf(later, 'PositionsSettled'), []);
});

test('the units between what settlement pays and receives go to the fund', () => {
  const pool = datedFuture(4);
  pool.wait(9_000);
  // Each long leaves with 0.333 · P rounded down, the short pays 1.998 · P rounded up.
  const [settled] = eventsOf(
    pool.price('BTC', '100.000000000000000001', ['BTC-DATED']),
    'MarketSettled',
  );
  // Six longs lose 0.333 of a unit each, the short 0.002: two units in all.
  assert.equal(formatDecimal(settled!.residue), '0.000000000000000002');
  assert.equal(formatDecimal(pool.engine.state.insuranceFund), '0.000000000000000002');
  assert.equal(pool.market().settlementClearing, 0n);
});

test('settlement waits for a live index: it never guesses a price', () => {
  const pool = datedFuture(4);
  pool.wait(70_000);
  const stale = pool.pass(0);
  assert.deepEqual(eventsOf(stale, 'SettlementPriceFixed'), []);
  assert.equal(pool.market().mode, 'frozen');
  const live = pool.price('BTC', '105', ['BTC-DATED']);
  assert.equal(eventsOf(live, 'MarketSettled').length, 1);
});

test('a loss beyond the account is found when its position has settled', () => {
  const pool = datedFuture(8);
  pool.take({ type: 'FundInsurance', amount: money('1000') });
  pool.wait(9_000);
  const events = pool.price('BTC', '700', ['BTC-DATED']);
  // An expired mark is no ground for a liquidation: the settlement comes first.
  const types = events.map(({ type }) => type);
  assert.ok(types.indexOf('LiquidationStarted') > types.indexOf('SettlementPriceFixed'));
  // The short owes 1.998 · 600 = 1198.8 and has 1000.
  const [settled] = eventsOf(events, 'BadDebtSettled');
  assert.equal(formatDecimal(settled!.badDebt), '198.8');
  assert.equal(formatDecimal(settled!.insurancePaid), '198.8');
  assert.equal(formatDecimal(pool.engine.state.insuranceFund), '801.2');
  assert.equal(pool.accountOf(pool.short).balance, 0n);
});
