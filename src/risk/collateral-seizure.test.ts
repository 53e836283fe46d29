import assert from 'node:assert/strict';
import { test } from 'node:test';
import { amount, formatDecimal, price, ratio } from '../units/index.ts';
import { collateralSeizure } from './collateral-seizure.ts';

const unit = '0.000000000000000001';

type Given = {
  readonly repay?: string;
  readonly debtAt?: string;
  readonly held?: string;
  readonly at?: string;
  readonly bonus?: string;
  readonly fee?: string;
};

function seizure(given: Given = {}) {
  const result = collateralSeizure({
    debtToRepay: amount(given.repay ?? '1000'),
    debtPrice: price(given.debtAt ?? '1'),
    collateralAmount: amount(given.held ?? '10'),
    collateralPrice: price(given.at ?? '2000'),
    liquidationBonus: ratio(given.bonus ?? '0.05'),
    ...(given.fee === undefined ? {} : { protocolFeeFraction: ratio(given.fee) }),
  });
  const { debtRepaid, seized, protocolFee, toLiquidator } = result;
  return [debtRepaid, seized, protocolFee, toLiquidator].map(formatDecimal);
}

test('collateral worth the debt and the bonus', () => {
  assert.deepEqual(seizure(), ['1000', '0.525', '0', '0.525']);
  assert.deepEqual(seizure({ bonus: '0' }), ['1000', '0.5', '0', '0.5']);
  assert.deepEqual(seizure({ repay: '0' }), ['0', '0', '0', '0']);
});

test('the fee is a share of the bonus alone', () => {
  assert.deepEqual(seizure({ fee: '0.1' }), ['1000', '0.525', '0.0025', '0.5225']);
  assert.deepEqual(seizure({ fee: '1' }), ['1000', '0.525', '0.025', '0.5']);
  assert.deepEqual(seizure({ fee: '1', bonus: '0' }), ['1000', '0.5', '0', '0.5']);
});

test('where the collateral ends first the liquidator pays for it and no more', () => {
  assert.deepEqual(seizure({ held: '0.525' }), ['1000', '0.525', '0', '0.525']);
  assert.deepEqual(seizure({ held: '0.525000000000000001' }), ['1000', '0.525', '0', '0.525']);
  assert.deepEqual(seizure({ held: '0.21' }), ['400', '0.21', '0', '0.21']);
  assert.deepEqual(seizure({ held: '0' }), ['0', '0', '0', '0']);
});

test('every rounding goes against the liquidator', () => {
  // 1 / 3 of a unit of collateral.
  assert.deepEqual(seizure({ repay: '1', at: '3', bonus: '0' }).slice(0, 2), [
    '1',
    '0.333333333333333333',
  ]);
  assert.deepEqual(seizure({ repay: unit, at: '3', bonus: '0' }).slice(0, 2), [unit, '0']);
  // The last unit of collateral costs a whole unit of debt.
  const last = { held: unit, at: '0.5', bonus: '0', repay: '1' };
  assert.deepEqual(seizure(last).slice(0, 2), [unit, unit]);
  // A fee on a single unit is the unit.
  const dear = { repay: unit, at: '1', bonus: '0.5', fee: '0.1' };
  assert.deepEqual(seizure(dear), [unit, unit, unit, '0']);
});

test('contract violations', () => {
  for (const given of [
    { repay: '-1' },
    { debtAt: '0' },
    { held: '-1' },
    { at: '0' },
    { bonus: '-0.1' },
    { fee: '-0.1' },
    { fee: '1.1' },
  ]) {
    assert.throws(() => seizure(given), /COLLATERAL_SEIZURE/, JSON.stringify(given));
  }
});
