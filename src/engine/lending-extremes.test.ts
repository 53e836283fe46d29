/**
 * Debts and what stands behind them at the ends of what a quantity holds: the ratio of an
 * account's equity to a debt of one unit, and the units of an all but worthless asset that money
 * pays for, are far beyond it. Neither may be reckoned with.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lendingPool } from '../../test/lending/lending-pool.ts';
import { eventsOf } from '../../test/pools/pool-driver.ts';
import {
  amount,
  assetId,
  durationMs,
  formatDecimal,
  indexId,
  money,
  ratio,
} from '../units/index.ts';
import { audit } from './index.ts';

const ONE_UNIT = '0.000000000000000001';

test('a debt of one unit beside a fortune that counts for nothing is closed at the bonus', () => {
  for (const fortune of ['0.0000000000001', '1', '10000000000000']) {
    const pool = lendingPool();
    pool.lend('USDC', { debtMin: money('0') });
    pool.supply(pool.account('lender', '100'), 'USDC', null);
    const ann = pool.account('ann');
    pool.deposit(ann, 'BTC', ONE_UNIT);
    // Ether counts for nothing as margin, but in full as equity.
    pool.take({
      type: 'ConfigureAsset',
      parameters: {
        asset: assetId('ETH'),
        index: indexId('ETH'),
        collateralHaircut: ratio('1'),
        concentrationFactor: null,
        amountMax: null,
      },
    });
    pool.deposit(ann, 'ETH', fortune);
    pool.borrow(ann, 'USDC', ONE_UNIT);
    const owed = { asset: assetId('USDC'), amount: amount(ONE_UNIT) };
    pool.take({ type: 'Withdraw', account: ann, ...owed });
    const events = pool.price('BTC', '0.5');
    assert.equal(eventsOf(events, 'DebtRepaid').length, 1);
    const [sold] = eventsOf(events, 'CollateralConverted');
    // One unit of ether is worth more than the debt: no second one is sold.
    assert.equal(formatDecimal(sold!.amount), ONE_UNIT);
    assert.deepEqual(pool.accountOf(ann).debts, []);
    assert.deepEqual(audit(pool.engine.state).problems, []);
  }
});

test('a debt in an asset that lost all its worth is paid, however much the money would buy', () => {
  // A quantity holds 1.7e20 units: at the lowest price 170 of money still buy fewer than that.
  for (const balance of ['170', '171', '1000', '10000000000000000']) {
    const pool = lendingPool();
    for (const asset of ['ETH', 'BTC', 'USDC']) pool.lend(asset, { debtMin: money('0') });
    const lender = pool.account('lender', '100');
    for (const asset of ['ETH', 'BTC']) {
      pool.deposit(lender, asset, '1000000000000');
      pool.supply(lender, asset, null);
    }
    const ann = pool.account('ann', balance);
    const bitcoin = (Number(balance) / 40_000).toFixed(9);
    for (const [asset, text] of [
      ['ETH', '0.001'],
      ['BTC', bitcoin],
    ] as const) {
      pool.borrow(ann, asset, text);
      const owed = { asset: assetId(asset), amount: amount(text) };
      pool.take({ type: 'Withdraw', account: ann, ...owed });
    }
    pool.price('ETH', ONE_UNIT);
    const events = pool.price('BTC', '41000');
    assert.ok(eventsOf(events, 'LiquidationStarted').length === 1);
    assert.deepEqual(pool.accountOf(ann).debts, []);
    assert.deepEqual(audit(pool.engine.state).problems, []);
  }
});

test('a close factor asks for the health of a debt of one unit', () => {
  const pool = lendingPool({ releaseRatio: ratio('1') });
  const half = { closeFactor: ratio('0.5'), closeFactorHealth: ratio('0.9') };
  pool.lend('USDC', { debtMin: money('0'), ...half, accrualIntervalMs: durationMs(1_000) });
  pool.supply(pool.account('lender', '100'), 'USDC', null);
  const ann = pool.account('ann');
  pool.deposit(ann, 'ETH', ONE_UNIT);
  pool.borrow(ann, 'USDC', ONE_UNIT);
  const owed = { asset: assetId('USDC'), amount: amount(ONE_UNIT) };
  pool.take({ type: 'Withdraw', account: ann, ...owed });
  const events = pool.price('ETH', '0.9');
  // Half of one unit is the unit.
  assert.equal(eventsOf(events, 'DebtRepaid').length, 1);
  assert.deepEqual(pool.accountOf(ann).debts, []);
});
