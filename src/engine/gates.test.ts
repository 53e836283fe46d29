/** What a closed gate stops, by hand or by a breaker, and what goes on when it opens. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOf, poolDriver } from '../../test/pools/pool-driver.ts';
import {
  fill,
  indexReport,
  open,
  report,
  transfer,
  withdraw,
} from '../../test/pools/sample-commands.ts';
import { BREAKERS, breakers, depth, liquidity, setGate } from '../../test/pools/sample-guards.ts';
import {
  type AccountId,
  accountId,
  amount,
  assetId,
  engineTimeMs,
  marketId,
  price,
  size,
} from '../units/index.ts';
import { gateClosedForAccount, gateClosedForMarket } from './gates.ts';
import type { Command, Event } from './index.ts';

const BTC_PERP = marketId('BTC-PERP');
const BTC_MINI = marketId('BTC-MINI');

/** Alice is long 1 in BTC-PERP and Bob in BTC-MINI, each with 10: liquidatable below 94.73…. */
function world() {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC', ['north', 'south']);
  pool.market('BTC-PERP');
  pool.market('BTC-MINI');
  pool.price('BTC', '100', ['BTC-PERP', 'BTC-MINI']);
  const alice = pool.account('alice', '10');
  const bob = pool.account('bob', '10');
  const maker = pool.account('maker', '1000');
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '1', price: '100' });
  pool.fill(bob, maker, { market: 'BTC-MINI', size: '1', price: '100' });
  const prices = (value: string) => pool.price('BTC', value, ['BTC-PERP', 'BTC-MINI']);
  /** The second source alone: the mark stays where the books are. */
  const south = (value: string) =>
    pool.take(
      report({ indexes: [{ ...indexReport(pool, { source: 'south' }), price: price(value) }] }),
    );
  return { ...pool, alice, bob, maker, prices, south };
}

const paid = (account: AccountId): Command => ({
  type: 'Withdraw',
  account,
  asset: assetId('USDC'),
  amount: amount('1'),
});

const started = (events: readonly Event[]): string[] =>
  eventsOf(events, 'LiquidationStarted').map(({ account }) => account);

test('no liquidation starts while the gate is closed, and all do when it opens', () => {
  const pool = world();
  const [set] = eventsOf(pool.take(setGate()), 'GateSet');
  assert.equal(set!.reason, 'a look at the prices');
  assert.deepEqual(started(pool.prices('94.5')), []);
  assert.deepEqual(started(pool.pass(1_000)), []);
  assert.deepEqual(started(pool.take(setGate({ closed: false }))).toSorted(), ['alice', 'bob']);
});

test('a gate of one market holds back whoever has a position there, and nobody else', () => {
  const pool = world();
  pool.take(setGate({ market: BTC_PERP }));
  assert.deepEqual(started(pool.prices('94.5')), ['bob']);
  assert.deepEqual(started(pool.take(setGate({ market: BTC_MINI, closed: false }))), []);
  assert.deepEqual(started(pool.take(setGate({ market: BTC_PERP, closed: false }))), ['alice']);
});

test('who has no position is held back by the gates of the pool alone', () => {
  const pool = world();
  const carol = pool.account('carol', '10');
  const held = () => gateClosedForAccount(pool.engine.state, 'liquidations', pool.accountOf(carol));
  pool.take(setGate({ market: BTC_PERP }));
  assert.equal(held(), false);
  pool.take(setGate());
  assert.equal(held(), true);
});

test('a gate that is closed until a time opens with the record that reaches it', () => {
  for (const where of [null, BTC_PERP]) {
    const pool = world();
    pool.take(setGate({ market: where, untilMs: engineTimeMs(pool.now() + 5_000) }));
    assert.equal(started(pool.prices('94.5')).includes('alice'), false);
    assert.deepEqual(started(pool.pass(4_999)), []);
    assert.equal(started(pool.pass(1)).includes('alice'), true);
  }
});

test('what is set replaces what was set before, for that gate at that place', () => {
  const pool = world();
  const until = engineTimeMs(pool.now() + 5_000);
  pool.take(setGate({ untilMs: until }));
  pool.take(setGate({ gate: 'takes' }));
  pool.take(setGate({ untilMs: null }));
  pool.take(setGate({ market: BTC_PERP, untilMs: until }));
  const { state } = pool.engine;
  assert.deepEqual(state.gates, [
    { gate: 'takes', untilMs: null },
    { gate: 'liquidations', untilMs: null },
  ]);
  assert.deepEqual(state.markets[0]!.gates, [{ gate: 'liquidations', untilMs: until }]);
  pool.take(setGate({ closed: false }));
  assert.deepEqual(state.gates, [{ gate: 'takes', untilMs: null }]);
  // The market's own is another place, and still closed.
  assert.equal(gateClosedForMarket(state, 'liquidations', 0), true);
  assert.equal(gateClosedForMarket(state, 'liquidations', 1), false);
  assert.equal(gateClosedForMarket(state, 'takes', 1), true);
});

test('a breaker closes the gates that its market names now, until it is released', () => {
  const pool = world();
  pool.take(breakers({ sourceSpreadMax: BREAKERS.releaseShare }));
  pool.south('160');
  assert.deepEqual(started(pool.prices('94.5')), ['bob'], 'its prices are calm, but it is held');
  pool.wait(10_000);
  const events = pool.prices('94.5');
  assert.equal(eventsOf(events, 'BreakerReleased').length, 1);
  assert.deepEqual(started(events), ['alice'], 'in the very record after the release');
});

test('a breaker that trips takes back open orders in that moment, whatever tripped it', () => {
  const pool = world();
  pool.take(liquidity());
  pool.take(breakers({ depthFloor: BREAKERS.releaseShare, gates: ['close-outs'] }));
  pool.take(depth(pool));
  pool.wait(1_000);
  const [order] = eventsOf(pool.prices('94.5'), 'CloseOutOrderPlaced');
  assert.equal(order!.account, 'alice');
  // No time passes and no price moves.
  const events = pool.take(depth(pool, { bids: [] }));
  assert.equal(eventsOf(events, 'BreakerTripped').length, 1);
  assert.equal(eventsOf(events, 'OrderCancelRequested')[0]!.order, order!.order);
});

test('the gates of an alarm follow its configuration; a released one closes none', () => {
  const pool = world();
  pool.take(breakers({ sourceSpreadMax: BREAKERS.releaseShare, gates: [] }));
  pool.south('160');
  const closed = () => gateClosedForMarket(pool.engine.state, 'liquidations', 0);
  assert.equal(closed(), false);
  pool.take(breakers({ sourceSpreadMax: BREAKERS.releaseShare }));
  assert.equal(closed(), true);
  pool.pass(40_000);
  assert.deepEqual(pool.engine.state.markets[0]!.alarms[0]!.released, true);
  assert.equal(closed(), false);
});

test('a closed gate takes back the order that is open, and refuses its fills', () => {
  for (const gate of ['close-outs', 'takes'] as const) {
    const pool = world();
    const [order] = eventsOf(pool.prices('94.5'), 'CloseOutOrderPlaced');
    const [canceled] = eventsOf(
      pool.take(setGate({ market: order!.market, gate })),
      'OrderCancelRequested',
    );
    assert.equal(canceled!.order, order!.order);
    assert.equal(canceled!.reason, 'gate-closed');
    const sale = {
      market: order!.market,
      buyer: pool.maker,
      seller: order!.account,
      price: order!.limitPrice,
      order: order!.order,
    };
    pool.refuse(fill({ ...sale, size: size('1.001') }), 'ORDER_OVERFILLED');
    pool.refuse(fill({ ...sale, price: price('80') }), 'PRICE_BEYOND_LIMIT');
    // What the venue has already done is still recorded.
    pool.take(fill({ ...sale, size: size('0.001') }));
  }
});

test('no order is placed behind a closed gate; the account is tried again later', () => {
  const pool = world();
  pool.take(setGate({ market: BTC_PERP, gate: 'close-outs' }));
  const events = pool.prices('94.5');
  const [order] = eventsOf(events, 'CloseOutOrderPlaced');
  const [deferred] = eventsOf(events, 'CloseOutDeferred');
  assert.equal(order!.account, 'bob');
  assert.equal(deferred!.account, 'alice');
  pool.take(setGate({ market: BTC_PERP, gate: 'close-outs', closed: false }));
  const [placed] = eventsOf(pool.pass(1_000), 'CloseOutOrderPlaced');
  assert.equal(placed!.account, 'alice');
});

test('while withdrawals are gated nothing leaves the pool; inside it, it may move', () => {
  const pool = world();
  pool.take(setGate({ gate: 'withdrawals', untilMs: engineTimeMs(pool.now() + 5_000) }));
  pool.refuse(paid(pool.maker), 'WITHDRAWALS_GATED');
  pool.refuse(withdraw('1'), 'INITIAL_MARGIN_NOT_MET');
  const second = accountId('second');
  pool.take(open({ account: second, owner: 'maker' }));
  pool.take(transfer({ from: pool.maker, to: second }));
  pool.pass(5_000);
  pool.take(paid(pool.maker));
});

test('a doubtful price is good enough to liquidate by, not to take risk on', () => {
  const pool = world();
  pool.take(breakers({ sourceSpreadMax: BREAKERS.releaseShare, gates: [] }));
  const carol = pool.account('carol', '1000');
  pool.south('160');
  const { maker, alice } = pool;
  // Alice would turn around; Carol would open her first position there.
  pool.refuse(fill({ buyer: maker, seller: alice, size: size('2') }), 'PRICE_UNAVAILABLE');
  pool.refuse(fill({ buyer: carol, seller: alice, size: size('0.1') }), 'PRICE_UNAVAILABLE');
  // Elsewhere too, whoever holds a position there takes no more risk.
  const elsewhere = { market: BTC_MINI, size: size('0.1') };
  pool.refuse(fill({ ...elsewhere, buyer: carol, seller: maker }), 'PRICE_UNAVAILABLE');
  pool.take(fill({ ...elsewhere, buyer: maker, seller: carol }));
  pool.refuse(paid(maker), 'PRICE_UNAVAILABLE');
  pool.take(open({ account: accountId('second'), owner: 'maker' }));
  pool.refuse(transfer({ from: maker, to: accountId('second') }), 'PRICE_UNAVAILABLE');
  pool.take(paid(carol));
  // Both sides reduce.
  pool.take(fill({ buyer: maker, seller: alice, size: size('0.1') }));
  assert.deepEqual(started(pool.prices('93')).toSorted(), ['alice', 'bob']);
  assert.equal(pool.engine.state.markets[0]!.alarms.length, 1);
});

test('the doubt outlives a gate that only its time limit opened', () => {
  const pool = world();
  pool.take(breakers({ sourceSpreadMax: BREAKERS.releaseShare }));
  pool.south('160');
  pool.pass(40_000);
  assert.equal(pool.engine.state.markets[0]!.alarms[0]!.released, true);
  pool.refuse(paid(pool.maker), 'PRICE_UNAVAILABLE');
  const events = pool.south('100');
  assert.equal(eventsOf(events, 'BreakerRearmed').length, 1);
  pool.take(paid(pool.maker));
});

test('an alarm of another kind casts no doubt on the price', () => {
  const pool = world();
  pool.take(liquidity());
  pool.take(breakers({ staleTrips: true }));
  pool.pass(60_001);
  pool.prices('100');
  assert.deepEqual(
    pool.engine.state.markets[0]!.alarms.map(({ reason }) => reason),
    ['price-stale'],
  );
  pool.take(paid(pool.maker));
});

test('refusals of SetGate, in their order', () => {
  const pool = world();
  const parameterOf = (changes: Parameters<typeof setGate>[0]): string =>
    pool.refuse(setGate(changes), 'INVALID_PARAMETER').details[0]!.value;
  const now = pool.now();
  const nowhere = { market: marketId('NOWHERE'), gate: 'withdrawals' } as const;
  pool.refuse(setGate(nowhere), 'MARKET_UNKNOWN');
  const own = { market: BTC_PERP, gate: 'withdrawals', untilMs: now } as const;
  assert.equal(parameterOf(own), 'gate');
  assert.equal(parameterOf({ untilMs: now }), 'untilMs');
  assert.equal(parameterOf({ closed: false, untilMs: engineTimeMs(now + 1) }), 'untilMs');
  pool.take(setGate({ untilMs: engineTimeMs(now + 1) }));
});
