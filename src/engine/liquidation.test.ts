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

/** Alice again, 10 short of what she owes at 80, and a fund that covers it. */
function aliceCoveredAt80(fund: string) {
  const pool = aliceLong1At100();
  pool.take({ type: 'FundInsurance', amount: money(fund) });
  const events = pool.price('BTC', '80', ['BTC-PERP']);
  const fillAt = (price: string) => {
    const [order] = eventsOf(events, 'CloseOutOrderPlaced');
    assert.equal(formatDecimal(order!.size), '-1', 'all of it is closed');
    const trade = { market: 'BTC-PERP', size: '1', price, order: order!.order };
    return pool.fill(pool.maker, pool.alice, trade);
  };
  const fundLeft = () => formatDecimal(pool.engine.state.insuranceFund);
  return { ...pool, events, fillAt, fundLeft };
}

test('a gap through bankruptcy: the fund covers it, and the account closes on the book', () => {
  const pool = aliceCoveredAt80('100');
  const [covered] = eventsOf(pool.events, 'DeficitCovered');
  assert.equal(formatDecimal(covered!.deficit), '10');
  assert.equal(formatDecimal(covered!.paid), '10');
  const filled = pool.fillAt('80');
  // Nothing is left to charge a penalty on, and nobody but the fund has paid.
  assert.deepEqual(eventsOf(filled, 'PenaltyCharged'), []);
  assert.equal(eventsOf(filled, 'LiquidationEnded')[0]!.outcome, 'bankrupt');
  assert.equal(pool.fundLeft(), '90');
  assert.equal(formatDecimal(pool.accountOf(pool.maker).balance), '1020');
  assert.equal(pool.accountOf(pool.alice).balance, 0n);
});

test('closed better than feared, the fund gets back what is left, before any penalty', () => {
  const pool = aliceCoveredAt80('100');
  const filled = pool.fillAt('82');
  // 2 are left of the 10 that the fund paid: they are the fund's, nothing of them is burned.
  assert.deepEqual(eventsOf(filled, 'PenaltyCharged'), []);
  assert.equal(formatDecimal(eventsOf(filled, 'CoverRepaid')[0]!.amount), '2');
  assert.equal(pool.fundLeft(), '92');
  assert.equal(pool.accountOf(pool.alice).balance, 0n);
});

test('closed worse, at its limit, the fund pays the rest as bad debt', () => {
  const pool = aliceCoveredAt80('100');
  // The whole spread is open: 80 − 0.5 · 4.
  const filled = pool.fillAt('78');
  const [settled] = eventsOf(filled, 'BadDebtSettled');
  assert.equal(formatDecimal(settled!.insurancePaid), '2');
  assert.equal(pool.fundLeft(), '88');
  assert.equal(pool.accountOf(pool.alice).balance, 0n);
});

test('a market that comes back belongs to the fund first, and only then to the account', () => {
  const pool = aliceCoveredAt80('100');
  pool.price('BTC', '95', ['BTC-PERP']);
  const filled = pool.fillAt('95');
  assert.equal(eventsOf(filled, 'LiquidationEnded')[0]!.outcome, 'bankrupt');
  // 15 are left, 0.475 of it is penalty, 10 were the fund's.
  assert.equal(formatDecimal(eventsOf(filled, 'CoverRepaid')[0]!.amount), '10');
  assert.equal(formatDecimal(pool.accountOf(pool.alice).balance), '4.525');
});

test('a fund that covers only a part: the winners close the rest, at what was paid for', () => {
  const pool = aliceCoveredAt80('4');
  assert.equal(formatDecimal(eventsOf(pool.events, 'DeficitCovered')[0]!.paid), '4');
  assert.equal(eventsOf(pool.events, 'TakeoverDecided')[0]!.reason, 'bankrupt');
  const [deleveraged] = eventsOf(pool.events, 'PositionsDeleveraged');
  assert.equal(formatDecimal(deleveraged!.bankruptcyPrice!), '86');
  assert.equal(formatDecimal(deleveraged!.counterparties[0]!.taken), '6');
  assert.equal(formatDecimal(pool.accountOf(pool.maker).balance), '1014');
  assert.equal(pool.fundLeft(), '0');
});

test('a bankrupt account with an empty fund: profits bear the loss, exactly', () => {
  const pool = aliceLong1At100();
  const events = pool.price('BTC', '80', ['BTC-PERP']);
  const [takeover] = eventsOf(events, 'TakeoverDecided');
  assert.equal(takeover?.reason, 'bankrupt');
  assert.equal(formatDecimal(takeover!.equity), '-10');
  assert.deepEqual(eventsOf(events, 'DeficitCovered'), []);
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
