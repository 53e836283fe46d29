import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, money, price, ratio, size } from '../units/index.ts';
import type { ContractKind } from './contract-value.ts';
import { closeOutLimitPrice, fillablePrice } from './fillable-price.ts';

type Leg = {
  readonly kind?: ContractKind;
  readonly held: string;
  readonly mark: string;
  readonly equity: string;
  readonly required: string;
  readonly leg?: string;
  readonly adjustment?: string;
  readonly spread?: string;
};

function fillable(input: Leg): string {
  const { kind = 'linear', held, mark, equity, required } = input;
  const { leg = required, adjustment = '1', spread = '0.1' } = input;
  return formatDecimal(
    fillablePrice({
      kind,
      size: size(held),
      markPrice: price(mark),
      marginEquity: money(equity),
      maintenanceMargin: money(required),
      legMaintenanceMargin: money(leg),
      bankruptcyAdjustment: ratio(adjustment),
      spreadToMaintenanceMarginRatio: ratio(spread),
    }),
  );
}

const btcLong = { held: '0.1', mark: '50000', required: '500' };
const btcShort = { ...btcLong, held: '-0.1' };

test('dYdX: fillable prices of its own tests', () => {
  assert.equal(fillable({ ...btcLong, equity: '499' }), '49999');
  assert.equal(fillable({ ...btcShort, equity: '499' }), '50001');
  assert.equal(fillable({ ...btcShort, equity: '499', spread: '0.2' }), '50002');
  assert.equal(fillable({ ...btcLong, equity: '-500' }), '49500');
  const ethOfTwoLegs = { held: '0.1', mark: '3000', required: '50', leg: '30' };
  assert.equal(fillable({ ...ethOfTwoLegs, equity: '10' }), '2976');
  assert.equal(fillable({ ...btcLong, equity: '499', spread: '0.000001' }), '49999.99999');
});

test('at or above maintenance margin the fillable price is the mark', () => {
  assert.equal(fillable({ ...btcLong, equity: '500' }), '50000');
  assert.equal(fillable({ ...btcLong, equity: '501' }), '50000');
  assert.equal(fillable({ ...btcShort, equity: '500' }), '50000');
  const oneUnitShort = { ...btcLong, equity: '499.999999999999999999' };
  assert.equal(fillable({ ...oneUnitShort, spread: '1' }), '49999.99999999999999999');
});

test('the spread stops widening at equity zero, or sooner with a larger adjustment', () => {
  assert.equal(fillable({ ...btcLong, equity: '0' }), '49500');
  assert.equal(fillable({ ...btcLong, equity: '-1' }), '49500');
  assert.equal(fillable({ ...btcLong, equity: '1' }), '49501');
  assert.equal(fillable({ ...btcLong, equity: '250', adjustment: '2' }), '49500');
  assert.equal(fillable({ ...btcLong, equity: '251', adjustment: '2' }), '49502');
  assert.equal(fillable({ ...btcLong, equity: '0', adjustment: '0.5' }), '49750');
  assert.equal(fillable({ ...btcLong, equity: '0', adjustment: '0' }), '50000');
});

test('rounding is toward the mark', () => {
  const third = { held: '3', mark: '100', required: '10', equity: '-1', spread: '0.1' };
  assert.equal(fillable(third), '99.666666666666666667');
  assert.equal(fillable({ ...third, held: '-3' }), '100.333333333333333333');
});

test('inverse contracts: the spread is taken off the value in coin', () => {
  const coin = { kind: 'inverse' as const, mark: '10000', required: '0.01', equity: '0' };
  // 1 / (1/10000 + 0.001/10000) and 1 / (1/10000 − 0.001/10000)
  assert.equal(fillable({ ...coin, held: '10000' }), '9990.009990009990009991');
  assert.equal(fillable({ ...coin, held: '-10000' }), '10010.01001001001001001');
  assert.equal(fillable({ ...coin, held: '10000', equity: '0.01' }), '10000');
});

test('a spread beyond the value: any price will do', () => {
  const given = { ...btcLong, equity: '-1', leg: '50000', spread: '0.1' };
  assert.equal(fillable(given), '0.000000000000000001');
  const coin = { kind: 'inverse' as const, mark: '10', required: '1', equity: '0', spread: '1' };
  assert.equal(fillable({ ...coin, held: '-10' }), '170141183460469231731.687303715884105727');
});

test('contract violations', () => {
  assert.throws(() => fillable({ ...btcLong, equity: '1', held: '0' }), /zero/);
  assert.throws(() => fillable({ ...btcLong, equity: '1', mark: '0' }), /not positive/);
  assert.throws(() => fillable({ ...btcLong, equity: '1', required: '0' }), /not positive/);
});

type Limit = {
  readonly kind?: ContractKind;
  readonly held?: string;
  readonly mark?: string;
  readonly fillable: string;
  readonly bankruptcy: string | null;
  readonly equity?: string;
  readonly penalty?: string;
};

function limit(input: Limit): string {
  const { kind = 'linear', held = '1', mark = '100', bankruptcy } = input;
  return formatDecimal(
    closeOutLimitPrice({
      kind,
      size: size(held),
      markPrice: price(mark),
      fillablePrice: price(input.fillable),
      bankruptcyPrice: bankruptcy === null ? null : price(bankruptcy),
      equity: money(input.equity ?? '1'),
      penaltyFraction: ratio(input.penalty ?? '0'),
    }),
  );
}

test('the tighter of fillable price and bankruptcy price', () => {
  assert.equal(limit({ fillable: '98', bankruptcy: '97' }), '98');
  assert.equal(limit({ fillable: '97', bankruptcy: '98' }), '98');
  assert.equal(limit({ held: '-1', fillable: '102', bankruptcy: '103' }), '102');
  assert.equal(limit({ held: '-1', fillable: '103', bankruptcy: '102' }), '102');
});

test('the bankruptcy price guards while equity is positive only', () => {
  const guarded = { fillable: '97', bankruptcy: '98' };
  assert.equal(limit({ ...guarded, equity: '0.000000000000000001' }), '98');
  assert.equal(limit({ ...guarded, equity: '0' }), '97');
  assert.equal(limit({ ...guarded, equity: '-1' }), '97');
  assert.equal(limit({ ...guarded, bankruptcy: null }), '97');
});

test('the penalty moves the bankruptcy price toward the mark, and not beyond it', () => {
  const sell = { fillable: '90', bankruptcy: '95' };
  assert.equal(limit({ ...sell, penalty: '0.05' }), '100');
  assert.equal(limit({ ...sell, penalty: '0.03' }), '97.938144329896907217');
  assert.equal(limit({ ...sell, penalty: '0.06' }), '100');
  assert.equal(limit({ ...sell, penalty: '0.999999999999999999' }), '100');
  const buy = { held: '-1', fillable: '110', bankruptcy: '105' };
  assert.equal(limit({ ...buy, penalty: '0.05' }), '100');
  assert.equal(limit({ ...buy, penalty: '0.03' }), '101.94174757281553398');
  assert.equal(limit({ ...buy, penalty: '0.06' }), '100');
});

test('inverse contracts: the penalty multiplies', () => {
  const sell = { kind: 'inverse' as const, fillable: '90', bankruptcy: '95' };
  assert.equal(limit({ ...sell, penalty: '0.02' }), '96.9');
  assert.equal(limit({ ...sell, penalty: '0.06' }), '100');
  const buy = { kind: 'inverse' as const, held: '-1', fillable: '110', bankruptcy: '105' };
  assert.equal(limit({ ...buy, penalty: '0.02' }), '102.9');
  assert.equal(limit({ ...buy, penalty: '0.05' }), '100');
});

test('Bybit: an inverse bankruptcy price that includes the closing fee', () => {
  const bybit = { kind: 'inverse' as const, held: '10000', mark: '8000', fillable: '5000' };
  const found = limit({ ...bybit, bankruptcy: '5714.285714285714285715', penalty: '0.00075' });
  assert.equal(found.slice(0, 7), '5718.57');
});

test('a fillable price beyond the mark is held at the mark', () => {
  assert.equal(limit({ fillable: '101', bankruptcy: null }), '100');
  assert.equal(limit({ held: '-1', fillable: '99', bankruptcy: null }), '100');
});

test('contract violations of the limit price', () => {
  assert.throws(() => limit({ held: '0', fillable: '99', bankruptcy: null }), /zero/);
  assert.throws(() => limit({ penalty: '1', fillable: '99', bankruptcy: null }), /not in/);
  assert.throws(() => limit({ penalty: '-0.1', fillable: '99', bankruptcy: null }), /not in/);
});
