import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDecimal, fromRaw, type Ratio, ratio, rawOf } from '../units/index.ts';
import { type LiquidationBonusInput, liquidationBonus } from './liquidation-bonus.ts';

const unit = '0.000000000000000001';

/** Bonus and discount factor. */
function offered(input: LiquidationBonusInput): string[] {
  const { bonus, discountFactor } = liquidationBonus(input);
  return [bonus, discountFactor].map(formatDecimal);
}

const byDiscount = (healthScore: string, maxDiscount: string) =>
  offered({
    ...{ model: 'discount-factor', healthScore: ratio(healthScore) },
    maxDiscount: ratio(maxDiscount),
  });

test('discount factor: the health score, down to the largest discount', () => {
  assert.deepEqual(byDiscount('0.96', '0.2'), ['0.041666666666666666', '0.96']);
  assert.deepEqual(byDiscount('0.8', '0.2'), ['0.25', '0.8']);
  assert.deepEqual(byDiscount('0.799999999999999999', '0.2'), ['0.25', '0.8']);
  assert.deepEqual(byDiscount('0.800000000000000001', '0.2')[1], '0.800000000000000001');
  assert.deepEqual(byDiscount('0', '0.2'), ['0.25', '0.8']);
  assert.deepEqual(byDiscount('0.5', '0'), ['0', '1']);
});

test('discount factor: nothing at a score of one and above', () => {
  assert.deepEqual(byDiscount('1', '0.2'), ['0', '1']);
  assert.deepEqual(byDiscount('1.5', '0.2'), ['0', '1']);
  assert.deepEqual(byDiscount('0.999999999999999999', '0.2'), [unit, '0.999999999999999999']);
  const whole = byDiscount('0', '0.999999999999999999');
  assert.deepEqual(whole, ['999999999999999999', unit]);
});

const byHealth = (healthFactor: string, least = '0', most = '0.1', full = '0.8') =>
  offered({
    ...{ model: 'linear', healthFactor: ratio(healthFactor), minBonus: ratio(least) },
    ...{ maxBonus: ratio(most), healthFactorForMaxBonus: ratio(full) },
  });

test('linear: from the least at a health factor of one to the largest', () => {
  assert.deepEqual(byHealth('1'), ['0', '1']);
  assert.deepEqual(byHealth('1.2', '0.01')[0], '0.01');
  assert.deepEqual(byHealth('0.9'), ['0.05', '0.952380952380952381']);
  assert.deepEqual(byHealth('0.8')[0], '0.1');
  assert.deepEqual(byHealth('0.79')[0], '0.1');
  assert.deepEqual(byHealth('0.800000000000000001')[0], '0.099999999999999999');
  assert.deepEqual(byHealth('0.999999999999999999')[0], '0');
  assert.deepEqual(byHealth('0', '0.02', '0.02', '0')[0], '0.02');
  assert.deepEqual(byHealth(unit, '0', '0.5', '0')[0], '0.499999999999999999');
});

const byIncentive = (lltv: string, cursor = '0.3', maxFactor = '1.15') =>
  offered({
    ...{ model: 'incentive-factor', lltv: ratio(lltv), cursor: ratio(cursor) },
    maxFactor: ratio(maxFactor),
  });

test('incentive factor: more where less may be lent, up to the largest', () => {
  assert.deepEqual(byIncentive('0.98')[0], '0.006036217303822937');
  assert.deepEqual(byIncentive('0.77')[0], '0.074113856068743286');
  assert.deepEqual(byIncentive('0.385'), ['0.15', '0.869565217391304348']);
  assert.deepEqual(byIncentive('1'), ['0', '1']);
  assert.deepEqual(byIncentive('0', '0'), ['0', '1']);
  assert.deepEqual(byIncentive('0', '0.999999999999999999', '2'), ['1', '0.5']);
  assert.deepEqual(byIncentive('0.5', '0.5', '1'), ['0', '1']);
});

test('incentive factor: at both sides of the cap', () => {
  assert.deepEqual(byIncentive('0', '0.2', '1.25')[0], '0.25');
  assert.deepEqual(byIncentive('0', '0.199999999999999999', '1.25')[0], '0.249999999999999998');
  assert.deepEqual(byIncentive('0', '0.200000000000000001', '1.25')[0], '0.25');
});

test('contract violations', () => {
  const beyond = `1.${unit.slice(2)}`;
  for (const attempt of [
    () => byDiscount('-0.1', '0.2'),
    () => byDiscount('0.9', '1'),
    () => byDiscount('0.9', '-0.1'),
    () => byHealth('-0.1'),
    () => byHealth('0.9', '-0.1'),
    () => byHealth('0.9', '0.2', '0.1'),
    () => byHealth('0.9', '0', '0.1', '1'),
    () => byHealth('0.9', '0', '0.1', '-0.1'),
    () => byIncentive(beyond),
    () => byIncentive('-0.1'),
    () => byIncentive('0.5', '1'),
    () => byIncentive('0.5', '-0.1'),
    () => byIncentive('0.5', '0.3', '0.999999999999999999'),
  ]) {
    assert.throws(attempt, /LIQUIDATION_BONUS/);
  }
});

const WAD = 10n ** 18n;
const fractions = fc.oneof(
  fc.bigInt({ min: 0n, max: WAD - 1n }),
  fc.bigInt({ min: WAD - 1000n, max: WAD - 1n }),
);
const upTo = fc.bigInt({ min: 0n, max: 2n * WAD });

const models: fc.Arbitrary<(health: bigint) => LiquidationBonusInput> = fc
  .tuple(fractions, upTo, upTo, fractions, fc.integer({ min: 0, max: 2 }))
  .map(([share, a, b, full, kind]) => (health) => {
    const [least, most] = a < b ? [a, b] : [b, a];
    const linear = {
      model: 'linear',
      healthFactor: fromRaw<Ratio>(health),
      minBonus: fromRaw<Ratio>(least),
      maxBonus: fromRaw<Ratio>(most),
      healthFactorForMaxBonus: fromRaw<Ratio>(full),
    } as const;
    const discount = {
      model: 'discount-factor',
      healthScore: fromRaw<Ratio>(health),
      maxDiscount: fromRaw<Ratio>(share),
    } as const;
    const incentive = {
      model: 'incentive-factor',
      lltv: fromRaw<Ratio>(health < WAD ? health : WAD),
      cursor: fromRaw<Ratio>(share),
      maxFactor: fromRaw<Ratio>(WAD + most),
    } as const;
    return ([linear, discount, incentive] as const)[kind]!;
  });

test('bonus and discount are the same offer, and neither gives more than is due', () => {
  fc.assert(
    fc.property(models, upTo, (model, health) => {
      const { bonus, discountFactor } = liquidationBonus(model(health));
      const [more, less] = [WAD + rawOf(bonus), rawOf(discountFactor)];
      assert.ok(rawOf(bonus) >= 0n && less > 0n && less <= WAD);
      const product = more * less;
      // Equal up to one rounding, of the bonus in one model and of the factor in the others.
      assert.ok(product > WAD * WAD - WAD && product < WAD * WAD + more);
    }),
    { numRuns: 500 },
  );
});

test('worse health never means less', () => {
  fc.assert(
    fc.property(models, upTo, upTo, (model, health, better) => {
      const bonusAt = (at: bigint) => rawOf(liquidationBonus(model(at)).bonus);
      assert.ok(bonusAt(health) >= bonusAt(health + better));
    }),
    { numRuns: 500 },
  );
});
