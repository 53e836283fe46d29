import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Amount,
  amount,
  formatDecimal,
  fromRaw,
  money,
  type Price,
  price,
  type Ratio,
  ratio,
  rawOf,
} from '../units/index.ts';
import {
  type BorrowCollateral,
  type BorrowDebt,
  type HealthFactorInput,
  healthFactor,
  isBelowHealth,
  marginHealthFactor,
} from './health-factor.ts';

const WAD = 10n ** 18n;
const unit = '0.000000000000000001';

const held = (units: string, at: string, threshold: string): BorrowCollateral => ({
  amount: amount(units),
  price: price(at),
  liquidationThreshold: ratio(threshold),
});
const owed = (units: string, at: string): BorrowDebt => ({
  amount: amount(units),
  price: price(at),
});

function factor(input: HealthFactorInput): string {
  const result = healthFactor(input);
  return result === 'no-debt' ? result : formatDecimal(result);
}

test('collateral that stands behind debts, per unit of debt', () => {
  const collaterals = [held('10', '2000', '0.8'), held('5000', '1', '0.9')];
  assert.equal(factor({ collaterals, debts: [owed('10000', '1')] }), '2.05');
  assert.equal(factor({ collaterals, debts: [owed('10000', '1'), owed('1', '10500')] }), '1');
});

test('without a debt there is no factor and nothing to liquidate', () => {
  const collaterals = [held('10', '2000', '0.8')];
  for (const debts of [[], [owed('0', '1')]]) {
    assert.equal(factor({ collaterals, debts }), 'no-debt');
    assert.equal(isBelowHealth({ collaterals, debts }), false);
    assert.equal(isBelowHealth({ collaterals: [], debts }), false);
  }
});

test('a debt without collateral has a factor of zero', () => {
  assert.equal(factor({ collaterals: [], debts: [owed(unit, '1')] }), '0');
  assert.equal(isBelowHealth({ collaterals: [], debts: [owed(unit, '1')] }), true);
  assert.equal(factor({ collaterals: [held('1', '1', '0')], debts: [owed('1', '1')] }), '0');
});

test('a factor of exactly one is not below one; a unit less is', () => {
  const collaterals = [held('1', '100', '0.8')];
  const at = (units: string) => ({ collaterals, debts: [owed(units, '1')] });
  assert.equal(isBelowHealth(at('80')), false);
  assert.equal(isBelowHealth(at('80.000000000000000001')), true);
  assert.equal(isBelowHealth({ ...at('64'), level: ratio('1.25') }), false);
  assert.equal(isBelowHealth({ ...at('64'), level: ratio('1.250000000000000001') }), true);
});

test('the decision sees what the rounded factor cannot show', () => {
  // 1 − 1e-36: shown as 0.999999999999999999, and below one.
  const short = { collaterals: [held('1', '1', '1')], debts: [owed('1', `1${unit.slice(1)}`)] };
  assert.equal(factor(short), '0.999999999999999999');
  assert.equal(isBelowHealth(short), true);
  // Just above one third of something: the factor is cut, the comparison is not.
  const third = { collaterals: [held('1', '1', '1')], debts: [owed('3', '1')] };
  assert.equal(factor(third), '0.333333333333333333');
  assert.equal(isBelowHealth({ ...third, level: ratio('0.333333333333333333') }), false);
  assert.equal(isBelowHealth({ ...third, level: ratio('0.333333333333333334') }), true);
});

test('a factor beyond the range of a quantity is the largest quantity', () => {
  const input = { collaterals: [held('1000000000', '1000000000', '1')], debts: [owed(unit, unit)] };
  assert.equal(rawOf(healthFactor(input) as Ratio), 2n ** 127n - 1n);
});

test('contract violations', () => {
  const debts = [owed('1', '1')];
  const withCollateral = (collateral: BorrowCollateral) => () =>
    healthFactor({ collaterals: [collateral], debts });
  assert.throws(withCollateral(held('-1', '1', '0.5')), /HEALTH_FACTOR/);
  assert.throws(withCollateral(held('1', '-1', '0.5')), /HEALTH_FACTOR/);
  assert.throws(withCollateral(held('1', '1', '-0.5')), /HEALTH_FACTOR/);
  assert.throws(withCollateral(held('1', '1', '1.000000000000000001')), /HEALTH_FACTOR/);
  for (const debt of [owed('-1', '1'), owed('1', '0'), owed('1', '-1')]) {
    assert.throws(() => healthFactor({ collaterals: [], debts: [debt] }), /HEALTH_FACTOR/);
    assert.throws(() => isBelowHealth({ collaterals: [], debts: [debt] }), /HEALTH_FACTOR/);
  }
  assert.throws(
    () => isBelowHealth({ collaterals: [], debts, level: ratio('-1') }),
    /HEALTH_FACTOR/,
  );
});

const amounts = fc.bigInt({ min: 0n, max: 10n ** 24n }).map((raw) => fromRaw<Amount>(raw));
const prices = fc.bigInt({ min: 1n, max: 10n ** 22n }).map((raw) => fromRaw<Price>(raw));
const shares = fc.bigInt({ min: 0n, max: WAD }).map((raw) => fromRaw<Ratio>(raw));
const accounts = fc.record({
  collaterals: fc.array(
    fc.record({ amount: amounts, price: prices, liquidationThreshold: shares }),
    { maxLength: 4 },
  ),
  debts: fc.array(fc.record({ amount: amounts, price: prices }), { maxLength: 3 }),
});

test('the factor is the exact quotient rounded down, and decides like it where it can', () => {
  let withDebt = 0;
  fc.assert(
    fc.property(accounts, shares, (given, level) => {
      const backing = given.collaterals.reduce(
        (total, each) =>
          total + rawOf(each.amount) * rawOf(each.price) * rawOf(each.liquidationThreshold),
        0n,
      );
      const debt = given.debts.reduce(
        (sum, each) => sum + rawOf(each.amount) * rawOf(each.price),
        0n,
      );
      const result = healthFactor(given);
      assert.equal(isBelowHealth({ ...given, level }), backing < debt * rawOf(level));
      if (result === 'no-debt') {
        assert.equal(debt, 0n);
        return;
      }
      withDebt += 1;
      if (rawOf(result) === 2n ** 127n - 1n) return;
      assert.ok(rawOf(result) * debt <= backing && (rawOf(result) + 1n) * debt > backing);
      // Levels are whole units: rounding down cannot move the factor across one.
      assert.equal(isBelowHealth({ ...given, level }), rawOf(result) < rawOf(level));
    }),
    { numRuns: 500, seed: 20210519 },
  );
  assert.ok(withDebt > 200, `${withDebt}`);
});

test('under one margin equity the factor is what stands behind the debts, down, from 0 up', () => {
  const at = (marginEquity: string, weightedDebt: string) => {
    const factor = marginHealthFactor({
      marginEquity: money(marginEquity),
      weightedDebt: money(weightedDebt),
    });
    return factor === 'no-debt' ? factor : formatDecimal(factor);
  };
  assert.equal(at('5', '0'), 'no-debt');
  assert.equal(at('-5', '0'), 'no-debt');
  assert.equal(at('0', '3'), '1');
  assert.equal(at(`-${unit}`, '3'), '0.999999999999999999');
  assert.equal(at('-2', '3'), '0.333333333333333333');
  assert.equal(at('-3', '3'), '0');
  assert.equal(at('-4', '3'), '0');
  assert.equal(at('100000000000000000', unit), formatDecimal(fromRaw<Ratio>(2n ** 127n - 1n)));
});
