import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOf, poolDriver } from '../../test/pools/pool-driver.ts';
import { deposit, open, transfer } from '../../test/pools/sample-commands.ts';
import {
  accountId,
  amount,
  approximate,
  formatDecimal,
  indexId,
  marketId,
} from '../units/index.ts';

/** BTC at 100 and ETH at 20, a market each, and a maker with plenty. */
function twoMarkets() {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.index('ETH');
  pool.market('BTC-PERP');
  pool.market('ETH-PERP', { index: indexId('ETH') });
  pool.price('BTC', '100', ['BTC-PERP']);
  pool.price('ETH', '20', ['ETH-PERP']);
  return { ...pool, maker: pool.account('maker', '100000') };
}

test('the requirement is that of both legs; the profit of one pays the loss of the other', () => {
  const pool = twoMarkets();
  const alice = pool.account('alice', '30');
  pool.fill(alice, pool.maker, { market: 'BTC-PERP', size: '1', price: '100' });
  pool.fill(pool.maker, alice, { market: 'ETH-PERP', size: '2', price: '20' });
  // BTC −20 and ETH +8: equity 18 over 0.05 · (80 + 32) = 5.6.
  pool.price('BTC', '80', ['BTC-PERP']);
  const calm = pool.price('ETH', '16', ['ETH-PERP']);
  assert.deepEqual(eventsOf(calm, 'LiquidationStarted'), []);
  // BTC −32.7 and ETH +8: equity 5.3 over 0.05 · (67.3 + 32) = 4.965: healthy still.
  pool.price('BTC', '67.3', ['BTC-PERP']);
  // ETH back at 20: equity −2.7.
  const started = eventsOf(pool.price('ETH', '20', ['ETH-PERP']), 'LiquidationStarted');
  assert.equal(formatDecimal(started[0]!.equity), '-2.7');
  assert.equal(formatDecimal(started[0]!.maintenanceMargin), '5.365');
});

test('the largest leg is reduced, and only by what restores the account', () => {
  const pool = twoMarkets();
  const alice = pool.account('alice', '30');
  pool.fill(alice, pool.maker, { market: 'BTC-PERP', size: '1', price: '100' });
  pool.fill(pool.maker, alice, { market: 'ETH-PERP', size: '2', price: '20' });
  const events = pool.price('BTC', '75.5', ['BTC-PERP']);
  const [order] = eventsOf(events, 'CloseOutOrderPlaced');
  assert.equal(order!.market, 'BTC-PERP');
  // E 5.5, MM 0.05 · (75.5 + 40) = 5.775, the leg's 3.775. The first attempt opens a third of
  // the spread: 0.5 · 3.775 / 3 = 0.629166…, and the limit rounds toward the mark.
  assert.equal(formatDecimal(order!.limitPrice), '74.870833333333333334');
  // x = (1.25 · 5.775 − 5.5) / (1.25 · 0.05 − 0.005 − 0.629166…/75.5) = 34.95… of notional,
  // which is 0.4630… BTC: up to the lot.
  assert.equal(formatDecimal(order!.size), '-0.464');
  const filled = pool.fill(pool.maker, alice, {
    market: 'BTC-PERP',
    size: '0.464',
    price: '74.870833333333333334',
    order: order!.order,
  });
  const [ended] = eventsOf(filled, 'LiquidationEnded');
  assert.equal(ended!.outcome, 'restored');
  assert.deepEqual(
    pool.accountOf(alice).positions.map(({ size }) => formatDecimal(size)),
    ['0.536', '-2'],
  );
  // INV-3: beyond the release margin lies less than a lot's worth, and what the penalty saves by
  // being charged on the fill price instead of the mark.
  const { marginEquity, maintenanceMargin } = ended!;
  const surplus = approximate(marginEquity) - 1.25 * approximate(maintenanceMargin);
  const lot = 0.001 * 75.5 * 1.25 * 0.05;
  assert.ok(surplus >= 0 && surplus < lot + 0.464 * 0.63 * 0.005, `surplus was ${surplus}`);
});

test('a hedged account survives a crash; a rise makes it close a leg it lost nothing on', () => {
  const pool = twoMarkets();
  pool.market('BTC-MINI');
  pool.price('BTC', '100', ['BTC-MINI']);
  const alice = pool.account('alice', '20');
  pool.fill(alice, pool.maker, { market: 'BTC-PERP', size: '1', price: '100' });
  pool.fill(pool.maker, alice, { market: 'BTC-MINI', size: '1', price: '100' });
  const both = ['BTC-PERP', 'BTC-MINI'];
  assert.deepEqual(eventsOf(pool.price('BTC', '1', both), 'LiquidationStarted'), []);
  // The requirement is 0.05 · 2 · P: at 200 it is met exactly, one unit above it is not.
  assert.deepEqual(eventsOf(pool.price('BTC', '200', both), 'LiquidationStarted'), []);
  const events = pool.price('BTC', '200.000000000000000001', both);
  // A hedge is closed on both sides alike, to a lot; the leg with the lot more comes first.
  const [plan] = eventsOf(events, 'CloseOutPlanned');
  const [perpetual, mini] = plan!.legs.map(({ size: closed }) => approximate(closed));
  assert.ok(perpetual! > 0 && Math.abs(perpetual! - mini!) < 0.0011, `${perpetual} and ${mini}`);
  const [order] = eventsOf(events, 'CloseOutOrderPlaced');
  assert.equal(order!.market, mini! > perpetual! ? 'BTC-MINI' : 'BTC-PERP');
  assert.equal(order!.size < 0n, order!.market === 'BTC-PERP');
});

test('an isolated position loses its own money and not a unit of its parent', () => {
  const pool = twoMarkets();
  const alice = pool.account('alice', '100');
  const child = accountId('child');
  pool.take(open({ parent: alice, market: marketId('BTC-PERP') }));
  pool.take(transfer({ from: alice, to: child, amount: amount('10') }));
  pool.fill(child, pool.maker, { market: 'BTC-PERP', size: '1', price: '100' });
  const events = pool.price('BTC', '80', ['BTC-PERP']);
  assert.equal(eventsOf(events, 'LiquidationStarted')[0]!.account, 'child');
  assert.equal(formatDecimal(eventsOf(events, 'TakeoverDecided')[0]!.equity), '-10');
  assert.equal(pool.accountOf(child).balance, 0n);
  assert.equal(formatDecimal(pool.accountOf(alice).balance), '90');
  // The maker won 20 and was paid what the child had.
  assert.equal(formatDecimal(pool.accountOf(pool.maker).balance), '100010');
});

test('the parent is liquidated without its isolated position', () => {
  const pool = twoMarkets();
  const alice = pool.account('alice', '20');
  const child = accountId('child');
  pool.take(open({ parent: alice, market: marketId('ETH-PERP') }));
  pool.take(transfer({ from: alice, to: child, amount: amount('10') }));
  pool.fill(child, pool.maker, { market: 'ETH-PERP', size: '1', price: '20' });
  pool.fill(alice, pool.maker, { market: 'BTC-PERP', size: '1', price: '100' });
  pool.price('BTC', '80', ['BTC-PERP']);
  assert.deepEqual(pool.accountOf(alice).positions, []);
  assert.equal(pool.accountOf(child).positions.length, 1);
  assert.equal(formatDecimal(pool.accountOf(child).balance), '10');
});

test('a deposit while an order is on the book: nothing more is closed, and it ends', () => {
  const pool = twoMarkets();
  const alice = pool.account('alice', '10');
  pool.fill(alice, pool.maker, { market: 'BTC-PERP', size: '1', price: '100' });
  const [order] = eventsOf(pool.price('BTC', '94.5', ['BTC-PERP']), 'CloseOutOrderPlaced');
  const restored = pool.take(deposit({ account: alice, amount: amount('10') }));
  // The order is out in the world: the pool waits for what becomes of it.
  assert.deepEqual(eventsOf(restored, 'LiquidationEnded'), []);
  const finished = pool.take({ type: 'FinishOrder', order: order!.order, reason: 'rejected' });
  assert.deepEqual(eventsOf(finished, 'LiquidationEnded'), []);
  const [ended] = eventsOf(pool.pass(1), 'LiquidationEnded');
  assert.equal(ended!.outcome, 'restored');
  assert.equal(formatDecimal(ended!.equity), '14.5');
  assert.equal(formatDecimal(pool.accountOf(alice).positions[0]!.size), '1');
});
