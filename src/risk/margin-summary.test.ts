import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  amount,
  formatDecimal,
  fromRaw,
  type Money,
  money,
  price,
  ratio,
  rawOf,
  size,
} from '../units/index.ts';
import {
  isBankrupt,
  isLiquidatable,
  type MarginAccount,
  type MarginPosition,
  marginSummary,
} from './margin-summary.ts';

const tiers = [{ notionalFloor: money('0'), maintenanceMarginFraction: ratio('0.05') }];

function positionOf(part: Partial<MarginPosition>): MarginPosition {
  return {
    kind: 'linear',
    size: size('1'),
    entryValue: money('0'),
    markPrice: price('100'),
    fundingPayment: money('0'),
    initialMarginFraction: ratio('0.1'),
    tiers,
    ...part,
  };
}

function summaryOf(account: Partial<MarginAccount>): string[] {
  const summary = marginSummary({
    balance: money('0'),
    collaterals: [],
    positions: [],
    ...account,
  });
  const { equity, marginEquity, maintenanceMargin, initialMargin } = summary;
  return [equity, marginEquity, maintenanceMargin, initialMargin].map(formatDecimal);
}

const aliceLong1At100 = positionOf({ entryValue: money('100'), markPrice: price('110') });

test('an empty account is its balance', () => {
  assert.deepEqual(summaryOf({ balance: money('-3') }), ['-3', '-3', '0', '0']);
});

test('profit, funding and full and weighted collateral add up', () => {
  assert.deepEqual(
    summaryOf({
      balance: money('20'),
      collaterals: [{ amount: amount('2'), price: price('30'), weight: ratio('0.9') }],
      positions: [{ ...aliceLong1At100, fundingPayment: money('-1.5') }],
    }),
    ['88.5', '82.5', '5.5', '11'],
  );
});

test('linear and inverse positions stand side by side', () => {
  const inverseShort = positionOf({
    kind: 'inverse',
    size: size('-10000'),
    entryValue: money('1.25'),
    markPrice: price('10000'),
  });
  assert.deepEqual(summaryOf({ balance: money('1'), positions: [inverseShort, aliceLong1At100] }), [
    '10.75',
    '10.75',
    '5.55',
    '11.1',
  ]);
});

test('Synthetix: the losses of several markets net against the collateral', () => {
  const losses = ['1850', '-2400', '-900', '-750', '-1250'];
  const positions = losses.map((loss) =>
    positionOf({ entryValue: money('0'), size: size('0'), fundingPayment: money(loss) }),
  );
  assert.equal(summaryOf({ balance: money('20000'), positions })[0], '16550');
});

test('initial margin never falls below the maintenance margin of a position', () => {
  const cheap = positionOf({ initialMarginFraction: ratio('0.01') });
  assert.deepEqual(summaryOf({ positions: [cheap] }).slice(2), ['5', '5']);
});

const oneUnit = fromRaw<Money>(1n);

test('liquidatable is strict and needs something open', () => {
  const at = (marginEquity: Money, exposed = true) =>
    isLiquidatable({ marginEquity, maintenanceMargin: money('100'), exposed });
  assert.equal(at(money('100')), false);
  assert.equal(at(fromRaw<Money>(rawOf(money('100')) - 1n)), true);
  assert.equal(at(fromRaw<Money>(rawOf(money('100')) + 1n)), false);
  assert.equal(at(money('75')), true);
  assert.equal(at(money('75'), false), false);
});

test('bankrupt is strict and needs something open', () => {
  assert.equal(isBankrupt({ equity: money('0'), exposed: true }), false);
  assert.equal(isBankrupt({ equity: oneUnit, exposed: true }), false);
  assert.equal(isBankrupt({ equity: fromRaw<Money>(-1n), exposed: true }), true);
  assert.equal(isBankrupt({ equity: money('-5'), exposed: false }), false);
});
