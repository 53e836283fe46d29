import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatDecimal,
  fromRaw,
  type Money,
  money,
  type Ratio,
  ratio,
  rawOf,
} from '../units/index.ts';
import { initialMargin, scaledInitialMarginFraction } from './initial-margin.ts';

function fraction(base: string, openInterest: string, lower: string, upper: string): string {
  return formatDecimal(
    scaledInitialMarginFraction({
      initialMarginFraction: ratio(base),
      openInterestNotional: money(openInterest),
      openInterestLower: money(lower),
      openInterestUpper: money(upper),
    }),
  );
}

function margin(notional: string, initialMarginFraction: string, maintenance: string): string {
  return formatDecimal(
    initialMargin({
      notional: money(notional),
      initialMarginFraction: ratio(initialMarginFraction),
      maintenanceMargin: money(maintenance),
    }),
  );
}

test('both bounds zero: open interest does not matter', () => {
  assert.equal(fraction('0.2', '1000000', '0', '0'), '0.2');
});

test('the fraction rises linearly between the bounds and stays at its ends', () => {
  assert.equal(fraction('0.2', '24999999', '25000000', '50000000'), '0.2');
  assert.equal(fraction('0.2', '25000000', '25000000', '50000000'), '0.2');
  assert.equal(fraction('0.2', '37500000', '25000000', '50000000'), '0.6');
  assert.equal(fraction('0.2', '50000000', '25000000', '50000000'), '1');
  assert.equal(fraction('0.2', '80000000', '25000000', '50000000'), '1');
  assert.equal(fraction('0.2', '1', '0', '2'), '0.6');
});

test('the scaled fraction is rounded up', () => {
  // 0.2 + 0.8/3 = 0.4666…
  assert.equal(fraction('0.2', '1', '0', '3'), '0.466666666666666667');
});

test('dYdX v4: initial margin under open-interest scaling', () => {
  const scaled = fraction('0.2', '28123456.789123', '25000000', '60000000');
  // dYdX floors the fraction to millionths and finds 0.135697; exactly it is a little more.
  const exact = Number(margin('0.5', scaled, '0'));
  assert.ok(exact >= 0.135696 && exact <= 0.135698);
  assert.equal(margin('0.5', '0.2', '0'), '0.1');
  assert.equal(margin('0.123456', '0.567243', '0'), '0.070029551808');
});

test('initial margin is rounded up and never below maintenance margin', () => {
  assert.equal(margin('0.000000000000000001', '0.2', '0'), '0.000000000000000001');
  assert.equal(margin('100', '0.1', '9.999999999999999999'), '10');
  assert.equal(margin('100', '0.1', '10.000000000000000001'), '10.000000000000000001');
});

test('a fraction of one, or of none, is lawful', () => {
  assert.equal(fraction('1', '1', '0', '2'), '1');
  assert.equal(fraction('0', '1', '0', '2'), '0.5');
});

test('bounds in the wrong order and fractions beyond one are defects', () => {
  assert.throws(() => fraction('0.2', '1', '5', '5'), /OPEN_INTEREST_BOUNDS/);
  assert.throws(() => fraction('0.2', '1', '5', '4'), /OPEN_INTEREST_BOUNDS/);
  assert.throws(() => fraction('1.1', '1', '0', '0'), /INITIAL_MARGIN_FRACTION/);
  assert.throws(() => fraction('-0.1', '1', '0', '0'), /INITIAL_MARGIN_FRACTION/);
});

const WAD = 10n ** 18n;
const amounts = fc.bigInt({ min: 0n, max: 10n ** 27n });

test('property: the fraction is the exact one rounded up, within [base, 1], rising with OI', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: WAD }),
      amounts,
      amounts,
      amounts,
      fc.bigInt({ min: 1n, max: 10n ** 27n }),
      (base, openInterest, more, lower, span) => {
        const at = (notional: bigint) =>
          rawOf(
            scaledInitialMarginFraction({
              initialMarginFraction: fromRaw<Ratio>(base),
              openInterestNotional: fromRaw<Money>(notional),
              openInterestLower: fromRaw<Money>(lower),
              openInterestUpper: fromRaw<Money>(lower + span),
            }),
          );
        const above = openInterest < lower ? 0n : openInterest - lower;
        const part = above > span ? span : above;
        // base + part/span · (1 − base), times span.
        const exact = base * span + part * (WAD - base);
        const scaled = at(openInterest) * span;
        assert.ok(scaled >= exact && scaled - exact < span);
        assert.ok(at(openInterest) >= base && at(openInterest) <= WAD);
        assert.ok(at(openInterest + more) >= at(openInterest));
      },
    ),
    { numRuns: 300 },
  );
});

test('property: initial margin is the larger of ⌈N · ι⌉ and the maintenance margin', () => {
  fc.assert(
    fc.property(amounts, fc.bigInt({ min: 0n, max: WAD }), amounts, (notional, iota, required) => {
      const result = initialMargin({
        notional: fromRaw<Money>(notional),
        initialMarginFraction: fromRaw<Ratio>(iota),
        maintenanceMargin: fromRaw<Money>(required),
      });
      const product = notional * iota;
      const up = product / WAD + (product % WAD === 0n ? 0n : 1n);
      assert.equal(rawOf(result), up > required ? up : required);
    }),
    { numRuns: 200 },
  );
});
