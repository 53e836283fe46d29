import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOf, poolDriver } from '../../test/pools/pool-driver.ts';
import { accountId, formatDecimal, marketId, ratio } from '../units/index.ts';

/** Alice is long 0.333 and Bob long 0.667 at 100; Carol is short all of it. */
function twoLongsOneShort() {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.price('BTC', '100', ['BTC-PERP']);
  const alice = pool.account('alice', '1000');
  const bob = pool.account('bob', '1000');
  const carol = pool.account('carol', '1000');
  pool.fill(alice, carol, { market: 'BTC-PERP', size: '0.333', price: '100' });
  pool.fill(bob, carol, { market: 'BTC-PERP', size: '0.667', price: '100' });
  const accrue = (rate: string) =>
    pool.take({ type: 'AccrueFunding', market: marketId('BTC-PERP'), fundingRate: ratio(rate) });
  /** Both longs leave, which settles what they owe. */
  const close = () => {
    pool.fill(carol, alice, { market: 'BTC-PERP', size: '0.333', price: '100' });
    pool.fill(carol, bob, { market: 'BTC-PERP', size: '0.667', price: '100' });
  };
  const market = () => pool.engine.state.markets[0]!;
  const balances = () => [alice, bob, carol].map((id) => formatDecimal(pool.accountOf(id).balance));
  return { ...pool, accrue, close, market, balances };
}

test('a positive rate is paid by longs to shorts, when their positions are next touched', () => {
  const pool = twoLongsOneShort();
  const [accrued] = eventsOf(pool.accrue('0.001'), 'FundingAccrued');
  assert.equal(formatDecimal(accrued!.fundingIndexAfter), '0.1');
  assert.deepEqual(pool.balances(), ['1000', '1000', '1000'], 'nothing has moved yet');
  pool.close();
  assert.deepEqual(pool.balances(), ['999.9667', '999.9333', '1000.1']);
  assert.equal(pool.market().fundingResidue, 0n);
  assert.equal(pool.market().fundingUnsettled, 0n);
});

test('a negative rate is paid by shorts to longs', () => {
  const pool = twoLongsOneShort();
  pool.accrue('-0.001');
  pool.close();
  assert.deepEqual(pool.balances(), ['1000.0333', '1000.0667', '999.9']);
});

test('what rounding leaves over is counted to the last unit and goes to the fund', () => {
  const pool = twoLongsOneShort();
  // 100 units of 1e-18 per BTC: 33.3 and 66.7 are owed, so 34 and 67 are paid and 100 received.
  pool.accrue('0.000000000000000001');
  pool.close();
  assert.deepEqual(pool.balances(), [
    '999.999999999999999966',
    '999.999999999999999933',
    '1000.0000000000000001',
  ]);
  assert.equal(pool.market().fundingResidue, 10n ** 18n, 'one unit, in units of 1e-36');
  assert.equal(pool.engine.state.insuranceFund, 0n);
  const [collected] = eventsOf(pool.accrue('0'), 'FundingResidueCollected');
  assert.equal(formatDecimal(collected!.amount), '0.000000000000000001');
  assert.equal(formatDecimal(pool.engine.state.insuranceFund), '0.000000000000000001');
  assert.equal(pool.market().fundingResidue, 0n);
});

test('less than a unit of residue stays until there is a whole one', () => {
  const pool = twoLongsOneShort();
  pool.accrue('0.000000000000000001');
  const { alice, carol } = { alice: accountId('alice'), carol: accountId('carol') };
  pool.fill(carol, alice, { market: 'BTC-PERP', size: '0.333', price: '100' });
  // Alice's 0.7; Carol's funding on her whole short was 100 units exactly.
  assert.equal(pool.market().fundingResidue, 7n * 10n ** 17n);
  assert.deepEqual(eventsOf(pool.accrue('0'), 'FundingResidueCollected'), []);
});

test('funding can make an account liquidatable, and does so in the same step', () => {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.price('BTC', '100', ['BTC-PERP']);
  const alice = pool.account('alice', '10');
  pool.fill(alice, pool.account('maker', '1000'), { market: 'BTC-PERP', size: '1', price: '100' });
  const accrue = (rate: string) =>
    pool.take({ type: 'AccrueFunding', market: marketId('BTC-PERP'), fundingRate: ratio(rate) });
  // Owed 5 of 10: equity 5 is exactly the requirement.
  assert.deepEqual(eventsOf(accrue('0.05'), 'LiquidationStarted'), []);
  assert.equal(eventsOf(accrue('0.000000000000000001'), 'LiquidationStarted').length, 1);
});
