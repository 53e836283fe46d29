/** What outside parties could do with prices that are missing, absurd or not yet valid. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOf, poolDriver } from '../../test/pools/pool-driver.ts';
import {
  accountId,
  amount,
  assetId,
  indexId,
  marketId,
  money,
  price,
  ratio,
  size,
} from '../units/index.ts';

function poolWithCollateral(collateralHaircut: string) {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.index('ETH');
  pool.market('BTC-PERP');
  pool.take({
    type: 'ConfigureAsset',
    parameters: {
      asset: assetId('ETH'),
      index: indexId('ETH'),
      collateralHaircut: ratio(collateralHaircut),
      concentrationFactor: null,
      amountMax: null,
    },
  });
  pool.price('BTC', '100', ['BTC-PERP']);
  return pool;
}

const ethOf = (account: string, units: string) =>
  ({
    type: 'Deposit',
    account: accountId(account),
    asset: assetId('ETH'),
    amount: amount(units),
  }) as const;

test('dust of an asset without a price cannot shield an account from liquidation', () => {
  const pool = poolWithCollateral('0.1');
  const alice = pool.account('alice', '10');
  const maker = pool.account('maker', '1000');
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '1', price: '100' });
  pool.refuse(ethOf('alice', '0.000000000000000001'), 'PRICE_UNAVAILABLE');
  const events = pool.price('BTC', '94', ['BTC-PERP']);
  assert.equal(eventsOf(events, 'LiquidationStarted').length, 1);
});

test('collateral that counts for nothing is sold for what it is worth, and only as needed', () => {
  const pool = poolWithCollateral('1');
  const house = pool.account('house', '1000');
  pool.configure({ collateralBuyer: house });
  pool.price('ETH', '20');
  const alice = pool.account('alice', '10');
  const maker = pool.account('maker', '1000');
  pool.take(ethOf('alice', '100'));
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '1', price: '100' });
  // Out of margin but far from bankrupt: closed on the book at a loss of 13.36.
  const events = pool.price('BTC', '87', ['BTC-PERP']);
  const [order] = eventsOf(events, 'CloseOutOrderPlaced');
  assert.ok(order);
  const filled = pool.fill(maker, alice, {
    market: 'BTC-PERP',
    size: '1',
    price: '87',
    order: order.order,
  });
  const [converted] = eventsOf(filled, 'CollateralConverted');
  assert.ok(converted);
  assert.ok(converted.amount < amount('0.2'), 'not the whole holding');
  assert.equal(pool.accountOf(alice).balance >= 0n, true);
  assert.equal(eventsOf(filled, 'BadDebtSettled').length, 0);
});

test('a certificate of dust surplus has no bound out of range: the pool goes on', () => {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-INVERSE', { kind: 'inverse' });
  pool.price('BTC', '60000', ['BTC-INVERSE']);
  for (const units of ['14', '15', '16', '17', '18']) {
    const trader = pool.account(`short-${units}`, `1.0500000000000000${units}`);
    const maker = pool.account(`maker-${units}`, '1000');
    // Whether initial margin is met to the unit is not the point; that it is decided, is.
    pool.attempt({
      type: 'RecordFill',
      market: marketId('BTC-INVERSE'),
      buyer: maker,
      seller: trader,
      size: size('60000'),
      price: price('60000'),
      buyerFee: money('0'),
      sellerFee: money('0'),
      order: null,
    });
  }
  pool.pass(1_000);
  assert.equal(pool.engine.state.accounts.length, 10);
});
