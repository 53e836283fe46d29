import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Amount,
  amount,
  formatDecimal,
  fromRaw,
  type Price,
  price,
  type Ratio,
  ratio,
  rawOf,
} from '../units/index.ts';
import { type DiscountedSeizureInput, discountedSeizure } from './discounted-seizure.ts';

const unit = '0.000000000000000001';
const BASE: DiscountedSeizureInput = {
  debt: amount('10'),
  debtPrice: price('2'),
  collateral: amount('100'),
  collateralPrice: price('0.5'),
  discountFactor: ratio('0.8'),
};

/** Repaid and seized. */
function seize(changes: Partial<DiscountedSeizureInput>): string[] {
  const { repaid, seized } = discountedSeizure({ ...BASE, ...changes });
  return [repaid, seized].map(formatDecimal);
}

test('value for value, at the discount', () => {
  assert.deepEqual(seize({}), ['10', '50']);
  assert.deepEqual(seize({ discountFactor: ratio('1') }), ['10', '40']);
  assert.deepEqual(seize({ debt: amount('0') }), ['0', '0']);
});

test('no more than the collateral, and then no more debt than it is worth', () => {
  assert.deepEqual(seize({ collateral: amount('50') }), ['10', '50']);
  assert.deepEqual(seize({ collateral: amount('50.000000000000000001') }), ['10', '50']);
  assert.deepEqual(seize({ collateral: amount('49.999999999999999999') }), [
    '10',
    '49.999999999999999999',
  ]);
  assert.deepEqual(seize({ collateral: amount('49.99') }), ['9.998', '49.99']);
  assert.deepEqual(seize({ collateral: amount('0') }), ['0', '0']);
});

test('repaid up, seized down', () => {
  assert.deepEqual(seize({ discountFactor: ratio('0.7') }), ['10', '57.142857142857142857']);
  const odd = { collateral: amount('1'), debtPrice: price('3') };
  assert.deepEqual(seize(odd), ['0.133333333333333334', '1']);
  assert.deepEqual(seize({ debt: amount(unit), collateralPrice: price('3') }), [unit, '0']);
});

test('contract violations', () => {
  for (const changes of [
    { debt: amount('-1') },
    { collateral: amount('-1') },
    { debtPrice: price('0') },
    { collateralPrice: price('0') },
    { discountFactor: ratio('0') },
    { discountFactor: ratio(`1.${unit.slice(2)}`) },
  ]) {
    assert.throws(() => seize(changes), /SEIZURE/);
  }
});

const WAD = 10n ** 18n;
const raws = fc.oneof(fc.bigInt({ min: 0n, max: 1000n }), fc.bigInt({ min: 0n, max: 10n ** 27n }));
const positive = raws.map((raw) => raw + 1n);

test('what is repaid is worth what is seized at the discount, by less than a unit more', () => {
  const bindings = { debt: 0, collateral: 0 };
  fc.assert(
    fc.property(
      ...[raws, positive, raws, positive],
      fc.bigInt({ min: 1n, max: WAD }),
      (debt, debtPrice, collateral, collateralPrice, factor) => {
        const result = discountedSeizure({
          debt: fromRaw<Amount>(debt),
          debtPrice: fromRaw<Price>(debtPrice),
          collateral: fromRaw<Amount>(collateral),
          collateralPrice: fromRaw<Price>(collateralPrice),
          discountFactor: fromRaw<Ratio>(factor),
        });
        const [repaid, seized] = [rawOf(result.repaid), rawOf(result.seized)];
        assert.ok(repaid <= debt && seized <= collateral);
        assert.ok(repaid === debt || seized === collateral);
        const excess = repaid * debtPrice * WAD - seized * collateralPrice * factor;
        const unitSeized = collateralPrice * factor;
        const unitRepaid = debtPrice * WAD;
        assert.ok(excess >= 0n);
        assert.ok(excess < (repaid === debt ? max(unitSeized, unitRepaid) : unitRepaid));
        bindings[repaid === debt ? 'debt' : 'collateral'] += 1;
      },
    ),
    { numRuns: 500 },
  );
  assert.ok(bindings.debt > 50 && bindings.collateral > 50, JSON.stringify(bindings));
});

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
