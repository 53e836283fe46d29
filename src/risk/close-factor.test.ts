import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, money, ratio } from '../units/index.ts';
import { closeFactor } from './close-factor.ts';

/** Half above a health of 0.95, all below 2000 of either side. */
const factor = (health: string, collateral = '180000', debt = '100000') =>
  formatDecimal(
    closeFactor({
      healthFactor: ratio(health),
      partialCloseFactor: ratio('0.5'),
      fullCloseHealthFactor: ratio('0.95'),
      collateralValue: money(collateral),
      debtValue: money(debt),
      fullCloseValue: money('2000'),
    }),
  );

test('half above the health threshold, all at it and below', () => {
  assert.equal(factor('0.950000000000000001'), '0.5');
  assert.equal(factor('0.95'), '1');
  assert.equal(factor('0.94'), '1');
});

test('all of what is small on either side', () => {
  assert.equal(factor('0.97', '2000', '2000'), '0.5');
  assert.equal(factor('0.97', '1999.999999999999999999', '2500'), '1');
  assert.equal(factor('0.97', '2500', '1999.999999999999999999'), '1');
});

test('a fixed share where neither rule is set', () => {
  const fixed = (health: string) =>
    formatDecimal(
      closeFactor({
        healthFactor: ratio(health),
        partialCloseFactor: ratio('0.5'),
        collateralValue: money('0'),
        debtValue: money('0'),
      }),
    );
  assert.equal(fixed('0.000000000000000001'), '0.5');
  assert.equal(fixed('0'), '1');
});

test('contract violations', () => {
  const base = {
    healthFactor: ratio('0.9'),
    partialCloseFactor: ratio('0.5'),
    collateralValue: money('1'),
    debtValue: money('1'),
  };
  const minus = ratio('-0.000000000000000001');
  assert.equal(formatDecimal(closeFactor({ ...base, partialCloseFactor: ratio('1') })), '1');
  for (const wrong of [
    { partialCloseFactor: ratio('0') },
    { partialCloseFactor: ratio('1.000000000000000001') },
    { healthFactor: minus },
    { fullCloseHealthFactor: minus },
    { collateralValue: money('-1') },
    { debtValue: money('-1') },
    { fullCloseValue: money('-1') },
  ]) {
    assert.throws(() => closeFactor({ ...base, ...wrong }), /CLOSE_FACTOR/);
  }
});
