/**
 * Goal: terms at the edge of what is allowed hide nobody from the trigger index.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { poolDriver } from '../../test/pools/pool-driver.ts';
import { money, ratio } from '../units/index.ts';
import { liquidatableByScan } from './index.ts';

test('a tier that requires all but a unit of 1e-18 of what it gains', () => {
  for (const deposit of ['1500', '1500.000000000000000001', '1600']) {
    const pool = poolDriver();
    pool.configure();
    pool.index('BTC');
    const initialMarginFraction = ratio('0.5');
    pool.market('BTC-PERP', {
      initialMarginFraction,
      tiers: [
        { notionalFloor: money('0'), maintenanceMarginFraction: ratio('0.5') },
        { notionalFloor: money('1000'), maintenanceMarginFraction: ratio('0.999999999999999999') },
      ],
    });
    pool.price('BTC', '100', ['BTC-PERP']);
    const alice = pool.account('alice', deposit);
    const maker = pool.account('maker', '100000');
    pool.fill(alice, maker, { market: 'BTC-PERP', size: '20', price: '100' });
    let started = false;
    // Above a notional of 1,000 equity and requirement fall together; below it equity falls faster.
    for (const price of ['80', '50', '49', '45', '41', '40', '39.9', '38', '35']) {
      pool.price('BTC', price, ['BTC-PERP']);
      started ||= pool.accountOf(alice).liquidation !== null;
      assert.deepEqual(liquidatableByScan(pool.engine.state), [], `${deposit} at ${price}`);
    }
    assert.ok(started, `with ${deposit} the account should have become liquidatable`);
  }
});
