import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Amount,
  amount,
  formatDecimal,
  fromRaw,
  type Money,
  money,
  type Price,
  price,
  type Ratio,
  ratio,
  rawOf,
} from '../units/index.ts';
import { debtValueUp, marginDebtValueUp } from './debt-value.ts';
import { type MarginDebt, marginSummary } from './margin-summary.ts';

const text = formatDecimal;
const WAD = 10n ** 18n;

test('a debt is worth what it would cost to buy, up to the next unit', () => {
  const at = (owed: string) => debtValueUp({ amount: amount(owed), price: price('0.3') });
  assert.equal(text(at('10')), '3');
  assert.equal(text(at('0')), '0');
  assert.equal(text(at('0.000000000000000001')), '0.000000000000000001');
});

test('its weight is applied to the exact product and rounded once', () => {
  const at = (weight: string) =>
    marginDebtValueUp({
      amount: amount('0.000000000000000001'),
      price: price('0.4'),
      weight: ratio(weight),
    });
  assert.equal(text(at('1')), '0.000000000000000001');
  assert.equal(text(at('2.5')), '0.000000000000000001');
  assert.equal(text(at('2.500000000000000001')), '0.000000000000000002');
});

test('a debt counts for at least what it is, and is never negative', () => {
  const debt = { amount: amount('1'), price: price('1') };
  assert.throws(() => marginDebtValueUp({ ...debt, weight: ratio('0.999999999999999999') }));
  assert.throws(() => marginDebtValueUp({ ...debt, amount: amount('-1'), weight: ratio('1') }));
});

test('debts lower every equity by their own weight, and none of the requirements', () => {
  const summary = marginSummary({
    balance: money('100'),
    collaterals: [
      {
        amount: amount('10'),
        price: price('20'),
        weight: ratio('0.8'),
        initialWeight: ratio('0.7'),
      },
    ],
    positions: [],
    debts: [
      {
        amount: amount('3'),
        price: price('30'),
        weight: ratio('1.1'),
        initialWeight: ratio('1.2'),
      },
      { amount: amount('5'), price: price('1'), weight: ratio('1'), initialWeight: ratio('1') },
    ],
  });
  assert.equal(text(summary.equity), '205');
  assert.equal(text(summary.marginEquity), '156');
  assert.equal(text(summary.initialEquity), '127');
  assert.equal(text(summary.weightedDebt), '104');
  assert.equal(text(summary.maintenanceMargin), '0');
  assert.equal(text(summary.initialMargin), '0');
});

const debts: fc.Arbitrary<MarginDebt> = fc
  .record({
    amount: fc.bigInt({ min: 0n, max: 10n ** 23n }).map((raw) => fromRaw<Amount>(raw)),
    price: fc.bigInt({ min: 1n, max: 10n ** 23n }).map((raw) => fromRaw<Price>(raw)),
    weight: fc.bigInt({ min: WAD, max: 2n * WAD }),
    beyond: fc.bigInt({ min: 0n, max: WAD }),
  })
  .map(({ weight, beyond, ...rest }) => ({
    ...rest,
    weight: fromRaw<Ratio>(weight),
    initialWeight: fromRaw<Ratio>(weight + beyond),
  }));

test('claims are overstated by less than a unit each, and their order changes nothing', () => {
  const account = { balance: fromRaw<Money>(0n), collaterals: [], positions: [] };
  fc.assert(
    fc.property(fc.array(debts, { maxLength: 4 }), (owed) => {
      const summary = marginSummary({ ...account, debts: owed });
      const exact = (weightOf: (debt: MarginDebt) => bigint) =>
        owed.reduce(
          (sum, debt) => sum + rawOf(debt.amount) * rawOf(debt.price) * weightOf(debt),
          0n,
        );
      const units = BigInt(owed.length);
      for (const [equity, claim] of [
        [summary.equity, exact(() => WAD)],
        [summary.marginEquity, exact(({ weight }) => rawOf(weight))],
        [summary.initialEquity, exact(({ initialWeight }) => rawOf(initialWeight))],
      ] as const) {
        const overstated = -rawOf(equity) * WAD * WAD - claim;
        assert.ok(overstated >= 0n && overstated <= units * WAD * WAD);
      }
      assert.equal(-rawOf(summary.marginEquity), rawOf(summary.weightedDebt));
      assert.deepEqual(marginSummary({ ...account, debts: owed.toReversed() }), summary);
    }),
    { numRuns: 300 },
  );
});
