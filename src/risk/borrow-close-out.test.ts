import assert from 'node:assert/strict';
import { test } from 'node:test';
import { amount, formatDecimal, money, price, ratio } from '../units/index.ts';
import {
  type BorrowCloseOut,
  borrowCloseOut,
  closeFactorCloseOut,
  deficitCloseOut,
} from './borrow-close-out.ts';

const unit = '0.000000000000000001';
const shown = ({ debtToRepay, debtLeft, takesAllCollateral }: BorrowCloseOut) => [
  formatDecimal(debtToRepay),
  formatDecimal(debtLeft),
  takesAllCollateral,
];

type Given = {
  readonly debt?: string;
  readonly at?: string;
  readonly threshold?: string;
  readonly bonus?: string;
  readonly health?: string;
  readonly target?: string;
  readonly owed?: string;
  readonly collateral?: string;
  readonly least?: string;
};

const byTarget = (given: Given = {}) =>
  shown(
    borrowCloseOut({
      totalDebtValue: money(given.debt ?? '10000'),
      debtPrice: price(given.at ?? '1'),
      liquidationThreshold: ratio(given.threshold ?? '0.5'),
      liquidationBonus: ratio(given.bonus ?? '0.5'),
      healthFactor: ratio(given.health ?? '0.8'),
      targetHealthFactor: ratio(given.target ?? '1.25'),
      debtAmount: given.owed === undefined ? null : amount(given.owed),
      collateralValue: given.collateral === undefined ? null : money(given.collateral),
      minLeftover: money(given.least ?? '0'),
    }),
  );

test('the least that brings the health factor to its target', () => {
  assert.deepEqual(byTarget(), ['9000', '1000', false]);
  assert.deepEqual(byTarget({ at: '2' }), ['4500', '500', false]);
  assert.deepEqual(byTarget({ bonus: '0.05', target: '1', threshold: '0.8' }), [
    '10000',
    '0',
    false,
  ]);
  assert.deepEqual(byTarget({ bonus: '0', target: '1', threshold: '0.5', health: '0.9' }), [
    '2000',
    '8000',
    false,
  ]);
});

test('nothing at the target, a first unit just below it', () => {
  assert.deepEqual(byTarget({ health: '1.25' }), ['0', '10000', false]);
  assert.deepEqual(byTarget({ health: '2' }), ['0', '10000', false]);
  assert.deepEqual(byTarget({ health: '1.249999999999999999', debt: '0.5', bonus: '0' }), [
    unit,
    '0.499999999999999999',
    false,
  ]);
});

test('all where repaying does not raise the health factor, and just above that', () => {
  // (1 + 0.5) · 0.5 = 0.75 and a target of 0.75: each unit repaid takes what stood behind it.
  assert.deepEqual(byTarget({ health: '0.74', target: '0.75' }), ['10000', '0', false]);
  assert.deepEqual(byTarget({ health: '0.1', target: '0.5' }), ['10000', '0', false]);
  // With a target above, a debt close to it needs a part only.
  const near = { target: '0.76', health: '0.759' };
  assert.deepEqual(byTarget(near), ['1000', '9000', false]);
});

test('rounded up', () => {
  assert.deepEqual(byTarget({ debt: '1', health: '0.9', target: '1', threshold: '0', at: '3' }), [
    '0.033333333333333334',
    '0.3',
    false,
  ]);
});

test('never more than is owed of the debt that is repaid', () => {
  assert.deepEqual(byTarget({ owed: '9000' }), ['9000', '0', false]);
  assert.deepEqual(byTarget({ owed: '9000.000000000000000001' }), ['9000', unit, false]);
  assert.deepEqual(byTarget({ owed: '100' }), ['100', '0', false]);
});

test('never more than the collateral pays for, to the fraction of a unit', () => {
  assert.deepEqual(byTarget({ collateral: '13500' }), ['9000', '1000', true]);
  assert.deepEqual(byTarget({ collateral: '13501' }), ['9000', '1000', false]);
  assert.deepEqual(byTarget({ collateral: '1' }), [
    '0.666666666666666667',
    '9999.333333333333333333',
    true,
  ]);
  assert.deepEqual(byTarget({ collateral: '0' }), ['0', '10000', true]);
});

test('no debt is left that is too small, nor one that is too small to begin with', () => {
  assert.deepEqual(byTarget({ least: '1000' }), ['9000', '1000', false]);
  assert.deepEqual(byTarget({ least: '1000.000000000000000001' }), ['10000', '0', false]);
  assert.deepEqual(byTarget({ debt: '10', least: '1000' }), ['10', '0', false]);
  // Healthy accounts are not closed for being small.
  assert.deepEqual(byTarget({ debt: '10', least: '1000', health: '1.25' }), ['0', '10', false]);
});

test('no collateral is left beside a debt that is too small', () => {
  assert.deepEqual(byTarget({ collateral: '13600', least: '100' }), ['9000', '1000', false]);
  assert.deepEqual(byTarget({ collateral: '13599', least: '100' }), ['9066', '934', true]);
  // Enough for all of the debt: the rest of the collateral is the owner's.
  assert.deepEqual(byTarget({ collateral: '15000', least: '1501' }), ['10000', '0', true]);
  assert.deepEqual(byTarget({ collateral: '16000', least: '2501' }), ['10000', '0', false]);
});

test('contract violations of the target', () => {
  for (const given of [
    { debt: '-1' },
    { at: '0' },
    { threshold: '-0.1' },
    { threshold: '1.1' },
    { bonus: '-0.1' },
    { health: '-1' },
    { target: '0' },
    { owed: '-1' },
    { collateral: '-1' },
    { least: '-1' },
  ]) {
    assert.throws(() => byTarget(given), /BORROW_CLOSE_OUT/, JSON.stringify(given));
  }
});

const byFactor = (share: string, owed = '100', collateral?: string, least = '0') =>
  shown(
    closeFactorCloseOut({
      closeFactor: ratio(share),
      debtAmount: amount(owed),
      debtPrice: price('2'),
      liquidationBonus: ratio('0.25'),
      collateralValue: collateral === undefined ? null : money(collateral),
      minLeftover: money(least),
    }),
  );

test('a share of the debt, rounded up and within the same bounds', () => {
  assert.deepEqual(byFactor('0.5'), ['50', '50', false]);
  assert.deepEqual(byFactor('1'), ['100', '0', false]);
  assert.deepEqual(byFactor('0'), ['0', '100', false]);
  assert.deepEqual(byFactor('0.5', unit), [unit, '0', false]);
  assert.deepEqual(byFactor('0.5', '100', '125'), ['50', '50', true]);
  assert.deepEqual(byFactor('0.5', '100', '100'), ['40', '60', true]);
  assert.deepEqual(byFactor('0.5', '100', undefined, '100'), ['50', '50', false]);
  assert.deepEqual(byFactor('0.5', '100', undefined, '101'), ['100', '0', false]);
  assert.throws(() => byFactor('-0.1'), /BORROW_CLOSE_OUT/);
  assert.throws(() => byFactor('1.1'), /BORROW_CLOSE_OUT/);
});

type Deficit = {
  readonly deficit?: string;
  readonly weight?: string;
  readonly liability?: string;
  readonly insurance?: string;
  readonly bonus?: string;
  readonly owed?: string;
};

const byDeficit = (given: Deficit = {}) =>
  shown(
    deficitCloseOut({
      marginDeficit: money(given.deficit ?? '10'),
      collateralWeight: ratio(given.weight ?? '0.8'),
      liabilityWeight: ratio(given.liability ?? '1.2'),
      insuranceFraction: ratio(given.insurance ?? '0'),
      debtAmount: amount(given.owed ?? '1000'),
      debtPrice: price('100'),
      liquidationBonus: ratio(given.bonus ?? '0'),
    }),
  );

test('the least that makes up for a margin deficit', () => {
  assert.deepEqual(byDeficit(), ['0.25', '999.75', false]);
  assert.deepEqual(byDeficit({ bonus: '0.25' }), ['0.5', '999.5', false]);
  assert.deepEqual(byDeficit({ insurance: '0.25', weight: '0.5' }), ['0.25', '999.75', false]);
  assert.deepEqual(byDeficit({ weight: '0.9' })[0], '0.333333333333333334');
  assert.deepEqual(byDeficit({ deficit: '0' })[0], '0');
  assert.deepEqual(byDeficit({ deficit: '-1' })[0], '0');
  assert.deepEqual(byDeficit({ deficit: unit, liability: '1000' })[0], unit);
});

test('all where repaying does not raise margin equity', () => {
  assert.deepEqual(byDeficit({ bonus: '0.5' }), ['1000', '0', false]);
  assert.deepEqual(byDeficit({ bonus: '0.6' }), ['1000', '0', false]);
  assert.deepEqual(byDeficit({ bonus: '0.49', deficit: '0.8' }), ['1', '999', false]);
  assert.deepEqual(byDeficit({ owed: '0.1' }), ['0.1', '0', false]);
});

test('contract violations of the deficit', () => {
  for (const given of [
    { weight: '-0.1' },
    { weight: '1.1' },
    { liability: '0.9' },
    { insurance: '-0.1' },
    { insurance: '1.1' },
    { bonus: '-0.1' },
    { owed: '-1' },
  ]) {
    assert.throws(() => byDeficit(given), /BORROW_CLOSE_OUT/, JSON.stringify(given));
  }
});
