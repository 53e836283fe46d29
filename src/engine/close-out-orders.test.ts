import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOf, poolDriver } from '../../test/pools/pool-driver.ts';
import { fill } from '../../test/pools/sample-commands.ts';
import { closeOuts } from '../../test/pools/sample-guards.ts';
import { formatDecimal, money, price, ratio, size } from '../units/index.ts';
import type { PoolParameters } from './index.ts';

/**
 * Alice is long 1 BTC at 100 with 10 of her own money, and a fall to 94.5 has put an order on the
 * book: equity 4.5, maintenance margin 4.725. The first of three attempts opens a third of the
 * spread of 0.5 · 4.725, which is more than her health does: limit 94.5 − 0.7875. Size
 * (1.25 · 4.725 − 4.5) / (1.25 · 0.05 − 0.005 − 0.7875/94.5) / 94.5 = 0.3026… up to the lot.
 */
function aliceOnTheBook(changes: Partial<PoolParameters> = {}) {
  const pool = poolDriver();
  pool.configure(changes);
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.price('BTC', '100', ['BTC-PERP']);
  const alice = pool.account('alice', '10');
  const maker = pool.account('maker', '1000');
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '1', price: '100' });
  const events = pool.price('BTC', '94.5', ['BTC-PERP']);
  const order = eventsOf(events, 'CloseOutOrderPlaced')[0]!;
  const sell = (lots: string, at = '93.7125') =>
    fill({
      buyer: maker,
      seller: alice,
      size: size(lots),
      price: price(at),
      order: order.order,
    });
  const open = () => pool.engine.state.liquidations.get(1)?.order ?? null;
  return { ...pool, alice, maker, order, sell, open };
}

test('the order: what, how much, at which limit, how long', () => {
  const { order } = aliceOnTheBook();
  assert.equal(formatDecimal(order.size), '-0.303');
  assert.equal(formatDecimal(order.limitPrice), '93.7125');
  assert.equal(formatDecimal(order.fillablePrice), '93.7125');
  // All of equity 4.5 belongs to the one leg: 94.5 − 4.5.
  assert.equal(formatDecimal(order.bankruptcyPrice!), '90');
  assert.equal(order.expiresAtMs, 61_000);
});

test('a partial fill pays its penalty, the order stays open for the rest', () => {
  const pool = aliceOnTheBook();
  const events = pool.take(pool.sell('0.1'));
  const [penalty] = eventsOf(events, 'PenaltyCharged');
  // 0.1 · 93.7125 · 0.005, of which a tenth is burned; the engine found Alice itself, so the
  // keeper's share goes to the fund.
  assert.equal(formatDecimal(penalty!.penalty), '0.04685625');
  assert.equal(formatDecimal(penalty!.burned), '0.004685625');
  assert.equal(formatDecimal(penalty!.keeperReward), '0');
  assert.equal(formatDecimal(penalty!.insuranceContribution), '0.042170625');
  assert.deepEqual(eventsOf(events, 'OrderFinished'), []);
  assert.equal(formatDecimal(pool.open()!.filled), '-0.1');
  pool.refuse(pool.sell('0.204'), 'ORDER_OVERFILLED');
  const rest = pool.take(pool.sell('0.203'));
  assert.equal(formatDecimal(eventsOf(rest, 'OrderFinished')[0]!.unfilled), '0');
  assert.equal(eventsOf(rest, 'LiquidationEnded')[0]!.outcome, 'restored');
});

test('filled better than its limit it restores more; a unit beyond the limit is refused', () => {
  const pool = aliceOnTheBook();
  pool.refuse(pool.sell('0.303', '93.712499999999999999'), 'PRICE_BEYOND_LIMIT');
  const events = pool.take(pool.sell('0.303', '95'));
  assert.equal(eventsOf(events, 'LiquidationEnded')[0]!.outcome, 'restored');
});

test('an order expires with time; the next one follows a moment later', () => {
  const pool = aliceOnTheBook();
  pool.take(pool.sell('0.1'));
  pool.price('BTC', '94.5', ['BTC-PERP']);
  assert.deepEqual(eventsOf(pool.pass(59_999), 'OrderFinished'), []);
  const [finished] = eventsOf(pool.pass(1), 'OrderFinished');
  assert.equal(finished!.reason, 'expired');
  assert.equal(formatDecimal(finished!.unfilled), '0.203');
  pool.refuse(pool.sell('0.1'), 'ORDER_NOT_OPEN');
  pool.wait(1);
  const [next] = eventsOf(pool.price('BTC', '94.5', ['BTC-PERP']), 'CloseOutOrderPlaced');
  assert.equal(next!.order, pool.order.order + 1);
  assert.ok(next!.size > pool.order.size, 'less is left to close');
});

test('a fill that comes after the expiry is refused, even before anyone noticed the expiry', () => {
  const pool = aliceOnTheBook();
  pool.wait(60_000);
  pool.refuse(pool.sell('0.1'), 'ORDER_NOT_OPEN');
});

test('the venue may give up: the rest is offered again, not in the same moment', () => {
  const pool = aliceOnTheBook();
  const command = { type: 'FinishOrder', order: pool.order.order, reason: 'rejected' } as const;
  const events = pool.take(command);
  assert.equal(eventsOf(events, 'OrderFinished')[0]!.reason, 'rejected');
  assert.deepEqual(eventsOf(events, 'CloseOutOrderPlaced'), []);
  pool.refuse(command, 'ORDER_NOT_OPEN');
  assert.equal(eventsOf(pool.pass(1), 'CloseOutOrderPlaced').length, 1);
});

test('a book that never fills is exhausted: takeover at the mark, with the penalty', () => {
  const pool = aliceOnTheBook();
  const giveUp = () => {
    const { order } = pool.open()!;
    pool.take({ type: 'FinishOrder', order, reason: 'rejected' });
  };
  giveUp();
  pool.pass(1);
  giveUp();
  pool.pass(1);
  giveUp();
  const events = pool.pass(1);
  assert.equal(eventsOf(events, 'TakeoverDecided')[0]!.reason, 'book-exhausted');
  const [deleveraged] = eventsOf(events, 'PositionsDeleveraged');
  assert.equal(deleveraged!.counterparties.length, 1);
  assert.equal(formatDecimal(deleveraged!.counterparties[0]!.price!), '94.5');
  assert.equal(formatDecimal(deleveraged!.counterparties[0]!.taken), '0');
  assert.equal(formatDecimal(eventsOf(events, 'PenaltyCharged')[0]!.penalty), '0.4725');
  const [ended] = eventsOf(events, 'LiquidationEnded');
  assert.equal(ended!.outcome, 'closed');
  // 10 − 5.5 − 0.4725: what is hers stays hers.
  assert.equal(formatDecimal(pool.accountOf(pool.alice).balance), '4.0275');
});

test('a fill in between starts the count of fruitless orders again', () => {
  const pool = aliceOnTheBook();
  const giveUp = () => {
    const { order } = pool.open()!;
    pool.take({ type: 'FinishOrder', order, reason: 'rejected' });
    return pool.pass(1);
  };
  giveUp();
  giveUp();
  const { order } = pool.open()!;
  pool.take(
    fill({
      buyer: pool.maker,
      seller: pool.alice,
      size: size('0.001'),
      price: price('94.5'),
      order,
    }),
  );
  giveUp();
  assert.equal(pool.engine.state.liquidations.get(1)!.attempts, 0);
  giveUp();
  assert.deepEqual(eventsOf(giveUp(), 'TakeoverDecided'), []);
  assert.equal(eventsOf(giveUp(), 'TakeoverDecided').length, 1);
});

test('closeOutStepsMax bounds the orders whatever they fill', () => {
  const pool = aliceOnTheBook({ closeOutStepsMax: 2 });
  const trickle = () => {
    const { order } = pool.open()!;
    const one = { size: size('0.001'), price: price('94.5'), order };
    pool.take(fill({ buyer: pool.maker, seller: pool.alice, ...one }));
    pool.take({ type: 'FinishOrder', order, reason: 'rejected' });
    return pool.pass(1);
  };
  assert.equal(eventsOf(trickle(), 'CloseOutOrderPlaced').length, 1);
  assert.equal(eventsOf(trickle(), 'TakeoverDecided')[0]!.reason, 'steps-exhausted');
});

test('no dust is left: a remainder below the smallest notional is closed with the rest', () => {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP', { notionalMin: money('70') });
  pool.price('BTC', '100', ['BTC-PERP']);
  const alice = pool.account('alice', '10');
  pool.fill(alice, pool.account('maker', '1000'), { market: 'BTC-PERP', size: '1', price: '100' });
  // 0.303 would be enough, but 0.697 · 94.5 = 65.8665 is too little to stay.
  const [order] = eventsOf(pool.price('BTC', '94.5', ['BTC-PERP']), 'CloseOutOrderPlaced');
  assert.equal(formatDecimal(order!.size), '-1');
});

test('one order is enough for a short too, whose penalty grows with the price it pays', () => {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP', { lot: size('0.000001') });
  pool.price('BTC', '100', ['BTC-PERP']);
  const alice = pool.account('alice', '10');
  const maker = pool.account('maker', '1000');
  pool.fill(maker, alice, { market: 'BTC-PERP', size: '1', price: '100' });
  const [order] = eventsOf(pool.price('BTC', '105', ['BTC-PERP']), 'CloseOutOrderPlaced');
  const filled = pool.fill(alice, maker, {
    market: 'BTC-PERP',
    size: formatDecimal(order!.size),
    price: formatDecimal(order!.limitPrice),
    order: order!.order,
  });
  assert.equal(eventsOf(filled, 'LiquidationEnded')[0]!.outcome, 'restored');
});

test('an open order is taken back once health has fallen by the step, and not before', () => {
  const pool = poolDriver();
  pool.configure();
  pool.take(closeOuts({ repriceStep: ratio('0.1') }));
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.price('BTC', '100', ['BTC-PERP']);
  const alice = pool.account('alice', '10');
  const maker = pool.account('maker', '1000');
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '1', price: '100' });
  // Equity 4.5 over a requirement of 4.725: a margin ratio of 0.952380…; a tenth less is 0.857142….
  pool.price('BTC', '94.5', ['BTC-PERP']);
  const canceled = (mark: string) =>
    eventsOf(pool.price('BTC', mark, ['BTC-PERP']), 'OrderCancelRequested').map((e) => e.reason);
  // 4.03 / 4.7015 = 0.857173…: still above.
  assert.deepEqual(canceled('94.03'), []);
  // 4.02 / 4.701 = 0.855137…: below.
  assert.deepEqual(canceled('94.02'), ['repriced']);
});
