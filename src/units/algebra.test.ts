import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as units from './index.ts';
import {
  abs,
  add,
  amount,
  clamp,
  cmp,
  cmpQuotients,
  cmpScaled,
  divDown,
  divideDown,
  divideUp,
  divUp,
  eq,
  formatDecimal,
  fromRaw,
  fundingIndex,
  gt,
  gte,
  InvariantViolation,
  isNegative,
  isPositive,
  isZero,
  lt,
  lte,
  type Money,
  max,
  meanDown,
  min,
  money,
  moneyOfSettlement,
  mulDown,
  mulUp,
  neg,
  notionalDown,
  notionalUp,
  price,
  ratio,
  settlementOfMoney,
  sign,
  size,
  sub,
  sum,
  withSign,
} from './index.ts';

const UNIT = '0.000000000000000001';

test('down is toward −∞ and up toward +∞, for every pair of signs', () => {
  assert.deepEqual(
    [divideDown(7n, 2n), divideDown(-7n, 2n), divideDown(7n, -2n), divideDown(-7n, -2n)],
    [3n, -4n, -4n, 3n],
  );
  assert.deepEqual(
    [divideUp(7n, 2n), divideUp(-7n, 2n), divideUp(7n, -2n), divideUp(-7n, -2n)],
    [4n, -3n, -3n, 4n],
  );
  // What divides is not moved, and zero is zero.
  for (const divide of [divideDown, divideUp]) {
    assert.deepEqual([divide(6n, 2n), divide(-6n, 2n), divide(6n, -3n)], [3n, -3n, -2n]);
    assert.deepEqual([divide(0n, 5n), divide(0n, -5n)], [0n, 0n]);
    assert.throws(() => divide(1n, 0n), /divisor was zero/);
  }
});

test('sums, differences and signs', () => {
  assert.equal(add(money('1.5'), money('-2')), money('-0.5'));
  assert.equal(sub(money('1.5'), money('-2')), money('3.5'));
  assert.equal(sum([money('1'), money('2'), money('-0.5')]), money('2.5'));
  assert.equal(sum([] as Money[]), money('0'));
  assert.equal(neg(money('1')), money('-1'));
  assert.equal(abs(money('-1')), money('1'));
  assert.deepEqual([sign(money('-1')), sign(money('0')), sign(money(UNIT))], [-1, 0, 1]);
  assert.deepEqual(
    [withSign(size('2'), -1), withSign(size('2'), 0), withSign(size('2'), 1)],
    [size('-2'), size('0'), size('2')],
  );
});

test('comparisons, on both sides of equality', () => {
  const one = money('1');
  const more = money('1.000000000000000001');
  assert.deepEqual([cmp(one, more), cmp(more, one), cmp(one, money('1'))], [-1, 1, 0]);
  assert.deepEqual(
    [lt(one, more), lt(one, one), lte(one, one), lte(more, one)],
    [true, false, true, false],
  );
  assert.deepEqual(
    [gt(more, one), gt(one, one), gte(one, one), gte(one, more)],
    [true, false, true, false],
  );
  assert.deepEqual([eq(one, money('1')), eq(one, more)], [true, false]);
  assert.deepEqual([isZero(money('0')), isZero(money(UNIT))], [true, false]);
  assert.deepEqual([isPositive(money('0')), isPositive(money(UNIT))], [false, true]);
  assert.deepEqual([isNegative(money('0')), isNegative(money(`-${UNIT}`))], [false, true]);
  assert.deepEqual([min(one, more), max(one, more)], [one, more]);
  assert.deepEqual(
    ['0', '1.5', '9'].map((text) => clamp(money(text), one, money('2'))),
    [one, money('1.5'), money('2')],
  );
});

test('the mean lies between its two values and is rounded down', () => {
  assert.equal(meanDown(price('1'), price('2')), price('1.5'));
  assert.equal(meanDown(price('0'), price(UNIT)), price('0'));
  assert.equal(meanDown(price('0'), price(`-${UNIT}`)), price(`-${UNIT}`));
});

test('scaling by a ratio names its direction', () => {
  const third = ratio('0.333333333333333333');
  assert.equal(formatDecimal(mulDown(money('10'), third)), '3.33333333333333333');
  assert.equal(mulDown(money(UNIT), ratio('0.5')), money('0'));
  assert.equal(mulUp(money(UNIT), ratio('0.5')), money(UNIT));
  assert.equal(mulDown(money(`-${UNIT}`), ratio('0.5')), money(`-${UNIT}`));
  assert.equal(mulUp(money(`-${UNIT}`), ratio('0.5')), money('0'));
  assert.equal(formatDecimal(divDown(money('1'), ratio('3'))), '0.333333333333333333');
  assert.equal(formatDecimal(divUp(money('1'), ratio('3'))), '0.333333333333333334');
  assert.equal(formatDecimal(divDown(money('-1'), ratio('3'))), '-0.333333333333333334');
});

test('a position is worth size times price, rounded as named', () => {
  assert.equal(notionalDown(size('-2'), price('100.5')), money('-201'));
  assert.equal(notionalDown(size(UNIT), price('0.5')), money('0'));
  assert.equal(notionalUp(size(UNIT), price('0.5')), money(UNIT));
});

test('inequalities that decide are exact: quotients are cross-multiplied, not divided', () => {
  const third = { part: money('1'), whole: money('3') };
  const close = ratio('0.333333333333333333');
  // 1/3 and 2/6 are equal, and one third is more than its first 18 digits.
  assert.equal(cmpQuotients(third.part, third.whole, money('2'), money('6')), 0);
  assert.equal(cmpQuotients(third.part, third.whole, money('1'), money('3.000000000000000001')), 1);
  assert.equal(cmpScaled(third.part, third.whole, close), 1);
  assert.equal(cmpScaled(third.part, third.whole, ratio('0.333333333333333334')), -1);
  assert.equal(cmpScaled(money('-1'), money('2'), ratio('-0.5')), 0);
});

test('the settlement asset is its own unit of account', () => {
  assert.equal(moneyOfSettlement(amount('12.5')), money('12.5'));
  assert.equal(settlementOfMoney(money('-12.5')), amount('-12.5'));
});

test('a quantity lies strictly between −2^127 and 2^127', () => {
  const largest = fromRaw<Money>(2n ** 127n - 1n);
  const unit = money(UNIT);
  assert.throws(() => add(largest, unit), /RANGE: \|170141183460469231731687303715884105728\|/);
  assert.throws(() => sub(neg(largest), unit), InvariantViolation);
  assert.throws(() => mulUp(largest, ratio('1.1')), InvariantViolation);
  assert.throws(() => divDown(largest, ratio('0.5')), InvariantViolation);
  assert.throws(() => fromRaw<Money>(-(2n ** 127n)), InvariantViolation);
  assert.equal(sub(add(largest, money('0')), largest), money('0'));
});

test('there is no product or quotient without a direction, and no neutral mul or div', () => {
  const exported = Object.keys(units);
  for (const name of ['mul', 'div', 'divide', 'multiply', 'notional', 'round']) {
    assert.ok(!exported.includes(name), `${name} is exported`);
  }
});

/** What the compiler must refuse: each line is an error, or the build of the tests fails. */
export function refusedByTheCompiler(): void {
  // @ts-expect-error money and price do not add up
  add(money('1'), price('1'));
  // @ts-expect-error money is not compared with a size
  lt(money('1'), size('1'));
  // @ts-expect-error a ratio is not money
  mulDown(money('1'), money('1'));
  // @ts-expect-error a bare integer is no quantity
  neg(5n);
  // @ts-expect-error the two factors have their places
  notionalDown(price('1'), size('1'));
  // @ts-expect-error a funding index is not a price
  notionalDown(size('1'), fundingIndex('1'));
}
