import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOf, poolDriver } from '../../test/pools/pool-driver.ts';
import { bookReport, indexReport, report } from '../../test/pools/sample-commands.ts';
import { formatDecimal, indexId, price } from '../units/index.ts';

/** Alice is long 1 BTC at 100 with 10 of her own money; the market may freeze. */
function aliceLong1At100() {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.index('ETH');
  pool.market('BTC-PERP');
  pool.market('ETH-PERP', { index: indexId('ETH') });
  pool.price('BTC', '100', ['BTC-PERP']);
  pool.price('ETH', '20', ['ETH-PERP']);
  const alice = pool.account('alice', '10');
  const maker = pool.account('maker', '1000');
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '1', price: '100' });
  const mark = () => pool.engine.state.markets[0]!;
  return { ...pool, alice, maker, mark };
}

test('after the last source went stale the mark stays where it was, frozen', () => {
  const pool = aliceLong1At100();
  // Sixty seconds are fresh, one millisecond more is stale.
  assert.deepEqual(eventsOf(pool.pass(60_000), 'PricesUpdated'), []);
  const [update] = eventsOf(pool.pass(1), 'PricesUpdated');
  assert.deepEqual(
    update!.indexes.map(({ index, indexPrice }) => [index, indexPrice]),
    [
      ['BTC', null],
      ['ETH', null],
    ],
  );
  assert.equal(pool.mark().mode, 'frozen');
  assert.equal(formatDecimal(pool.mark().mark!), '100');
});

test('a frozen market blocks liquidation; it starts in the very step that makes it live', () => {
  const pool = aliceLong1At100();
  pool.pass(60_001);
  // The book alone has crashed: one class of price is no mark, and nobody is liquidated on it.
  const book = { ...bookReport(pool), bid: price('80'), ask: price('80'), last: price('80') };
  const blocked = pool.take(report({ books: [book] }));
  assert.deepEqual(eventsOf(blocked, 'LiquidationStarted'), []);
  assert.equal(pool.mark().mode, 'frozen');
  const live = pool.price('BTC', '80', ['BTC-PERP']);
  assert.equal(live[0]!.type, 'PricesUpdated');
  assert.equal(live[1]!.type, 'LiquidationStarted');
});

test('an account is blocked by any price that it depends on, and only by those', () => {
  const pool = aliceLong1At100();
  const bob = pool.account('bob', '10');
  pool.fill(bob, pool.maker, { market: 'BTC-PERP', size: '0.5', price: '100' });
  pool.fill(bob, pool.maker, { market: 'ETH-PERP', size: '0.1', price: '20' });
  pool.wait(60_001);
  // ETH is stale now; at 79 Bob, with 10 − 10.5, is as liquidatable as Alice.
  const first = pool.price('BTC', '79', ['BTC-PERP']);
  assert.deepEqual(
    eventsOf(first, 'LiquidationStarted').map(({ account }) => account),
    ['alice'],
  );
  const second = pool.price('ETH', '20', ['ETH-PERP']);
  assert.deepEqual(
    eventsOf(second, 'LiquidationStarted').map(({ account }) => account),
    ['bob'],
  );
});

test('a running liquidation waits while the market is frozen', () => {
  const pool = aliceLong1At100();
  pool.price('BTC', '94.5', ['BTC-PERP']);
  const { order } = pool.engine.state.liquidations.get(1)!;
  pool.wait(60_001);
  const expired = pool.pass(0);
  assert.equal(eventsOf(expired, 'OrderFinished')[0]!.order, order!.order);
  assert.deepEqual(eventsOf(pool.pass(1), 'CloseOutOrderPlaced'), []);
  assert.equal(eventsOf(pool.price('BTC', '94.5', ['BTC-PERP']), 'CloseOutOrderPlaced').length, 1);
});

test('whoever only reduces may still trade while the market is frozen', () => {
  const pool = aliceLong1At100();
  pool.pass(60_001);
  const trade = { market: 'BTC-PERP', size: '0.5', price: '100' };
  pool.fill(pool.maker, pool.alice, trade);
  assert.equal(formatDecimal(pool.accountOf(pool.alice).positions[0]!.size), '0.5');
});

test('a late report of what is known better changes nothing', () => {
  const pool = aliceLong1At100();
  pool.wait(1_000);
  pool.price('BTC', '101', ['BTC-PERP']);
  const late = { ...indexReport(pool, { later: -1 }), price: price('50') };
  const [update] = eventsOf(pool.take(report({ indexes: [late] })), 'PricesUpdated');
  assert.deepEqual(update!.indexReports, []);
  assert.equal(formatDecimal(pool.engine.state.indexes[0]!.price!), '101');
});

test('a price of zero is not a price: the source does not count while it says so', () => {
  const pool = aliceLong1At100();
  const zero = { ...indexReport(pool, {}), price: price('0') };
  pool.take(report({ indexes: [zero] }));
  assert.equal(pool.mark().mode, 'frozen');
  assert.equal(formatDecimal(pool.mark().mark!), '100');
});
