import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOf, poolDriver } from '../../test/pools/pool-driver.ts';
import { formatDecimal, money } from '../units/index.ts';
import { audit } from './index.ts';

/** Alice is long 1 BTC at 100 with 10 of her own money; the maker is short it. */
function aliceLong1At100() {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.price('BTC', '100', ['BTC-PERP']);
  const alice = pool.account('alice', '10');
  const maker = pool.account('maker', '1000');
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '1', price: '100' });
  return { ...pool, alice, maker };
}

test('at exactly maintenance margin an account is healthy, one unit below it is not', () => {
  // Equity 10 + (P − 100), requirement 0.05·P: equal at P = 90 / 0.95.
  const healthy = aliceLong1At100();
  assert.deepEqual(
    eventsOf(healthy.price('BTC', '94.736842105263157895', ['BTC-PERP']), 'LiquidationStarted'),
    [],
  );
  const below = aliceLong1At100();
  const started = eventsOf(
    below.price('BTC', '94.736842105263157894', ['BTC-PERP']),
    'LiquidationStarted',
  );
  assert.equal(started.length, 1);
  assert.equal(started[0]!.account, 'alice');
});

test('a liquidation closes just enough on the book and ends restored', () => {
  const pool = aliceLong1At100();
  const events = pool.price('BTC', '94.5', ['BTC-PERP']);
  const [order] = eventsOf(events, 'CloseOutOrderPlaced');
  assert.ok(order);
  assert.ok(order.size < 0n, 'a long is sold');
  const size = formatDecimal((0n - order.size) as typeof order.size);
  const limit = formatDecimal(order.limitPrice);
  const filled = pool.fill(pool.maker, pool.alice, {
    market: 'BTC-PERP',
    size,
    price: limit,
    order: order.order,
  });
  assert.equal(eventsOf(filled, 'PenaltyCharged').length, 1);
  const [ended] = eventsOf(filled, 'LiquidationEnded');
  assert.ok(ended, 'filled at its limit the order restores the account');
  assert.equal(ended.outcome, 'restored');
  assert.ok(pool.accountOf(pool.alice).positions.length === 1, 'the rest of the position stays');
});

test('a gap through bankruptcy: the fund pays first, then winners close at the mark', () => {
  const pool = aliceLong1At100();
  pool.take({ type: 'FundInsurance', amount: money('100') });
  const events = pool.price('BTC', '80', ['BTC-PERP']);
  const [covered] = eventsOf(events, 'DeficitCovered');
  assert.equal(formatDecimal(covered!.paid), '10');
  const [deleveraged] = eventsOf(events, 'PositionsDeleveraged');
  assert.equal(formatDecimal(deleveraged!.counterparties[0]!.taken), '0');
  assert.equal(formatDecimal(pool.engine.state.insuranceFund), '90');
  assert.equal(formatDecimal(pool.accountOf(pool.maker).balance), '1020');
});

test('a bankrupt account with an empty fund: profits bear the loss, exactly', () => {
  const pool = aliceLong1At100();
  const events = pool.price('BTC', '80', ['BTC-PERP']);
  const [takeover] = eventsOf(events, 'TakeoverDecided');
  assert.equal(takeover?.reason, 'bankrupt');
  const [covered] = eventsOf(events, 'DeficitCovered');
  assert.equal(formatDecimal(covered!.deficit), '10');
  assert.equal(formatDecimal(covered!.paid), '0');
  const [deleveraged] = eventsOf(events, 'PositionsDeleveraged');
  const [counterparty] = deleveraged!.counterparties;
  assert.equal(counterparty!.change.account, 'maker');
  assert.equal(formatDecimal(counterparty!.taken), '10');
  assert.equal(formatDecimal(deleveraged!.bankruptcyPrice!), '90');
  assert.equal(eventsOf(events, 'BadDebtSettled').length, 0);
  assert.equal(pool.accountOf(pool.alice).balance, 0n);
  assert.equal(formatDecimal(pool.accountOf(pool.maker).balance), '1010');
  assert.equal(audit(pool.engine.state).conservationImbalance, 0n);
});
