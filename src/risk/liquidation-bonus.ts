/**
 * What a liquidator gets beyond the debt that it repays. A bonus that starts at zero and rises
 * as health falls turns a race into price discovery: the liquidator content with the least is
 * first.
 * @module
 */
import {
  add,
  assert,
  cmp,
  divDown,
  divideDown,
  divUp,
  fromRaw,
  gte,
  isNegative,
  lt,
  lte,
  max,
  min,
  ONE_RATIO,
  portionDown,
  type Ratio,
  rawOf,
  sub,
} from '../units/index.ts';

export type LiquidationBonusInput =
  | {
      readonly model: 'discount-factor';
      /** Collateral at its liquidation threshold over debt, ≥ 0; from 1 on there is no bonus. */
      readonly healthScore: Ratio;
      /** Largest discount on collateral, in [0, 1). */
      readonly maxDiscount: Ratio;
    }
  | {
      readonly model: 'linear';
      /** ≥ 0. */
      readonly healthFactor: Ratio;
      /** Bonus at a health factor of 1 and beyond, ≥ 0. */
      readonly minBonus: Ratio;
      /** At least minBonus. */
      readonly maxBonus: Ratio;
      /** Up to here the bonus is the largest, in [0, 1). */
      readonly healthFactorForMaxBonus: Ratio;
    }
  | {
      readonly model: 'incentive-factor';
      /** Liquidation loan to value, in [0, 1]. */
      readonly lltv: Ratio;
      /** How much of what lies beyond the loan to value is offered, in [0, 1). */
      readonly cursor: Ratio;
      /** ≥ 1. */
      readonly maxFactor: Ratio;
    };

export type LiquidationBonus = {
  /** Value received beyond the value repaid, per unit repaid, ≥ 0. */
  readonly bonus: Ratio;
  /** Value repaid per unit of value received, in (0, 1]: 1 / (1 + bonus). */
  readonly discountFactor: Ratio;
};

/**
 * Bonus of a liquidator, and the same as a discount on the collateral.
 *
 *     discount-factor   δ = max(min(healthScore, 1), 1 − maxDiscount);   bonus = 1/δ − 1
 *     linear            bonus = minBonus + (maxBonus − minBonus) · clamp((1 − HF)/(1 − HF₀), 0, 1)
 *     incentive-factor  bonus = min(maxFactor, 1/(1 − cursor · (1 − LLTV))) − 1
 *
 * Units     Ratio → Ratio
 * Rounding  The bonus down and the discount factor up: no more collateral is given than is due.
 *           The discount factor of its own model is exact, that of the others 1/(1 + bonus).
 * Asserts   bounds as on the fields
 * Source    Euler v2 (discount factor), Aave v4 (linear), Morpho Blue (incentive factor)
 */
export function liquidationBonus(input: LiquidationBonusInput): LiquidationBonus {
  if (input.model === 'discount-factor') return byDiscount(input);
  const bonus = input.model === 'linear' ? byHealth(input) : byIncentive(input);
  return { bonus, discountFactor: divUp(ONE_RATIO, add(ONE_RATIO, bonus)) };
}

type InputOf<M> = Extract<LiquidationBonusInput, { readonly model: M }>;

function byDiscount({ healthScore, maxDiscount }: InputOf<'discount-factor'>): LiquidationBonus {
  assert(
    !isNegative(healthScore) && !isNegative(maxDiscount) && lt(maxDiscount, ONE_RATIO),
    'LIQUIDATION_BONUS',
    'expected a health score of at least 0 and a discount in [0, 1)',
  );
  const discountFactor = max(min(healthScore, ONE_RATIO), sub(ONE_RATIO, maxDiscount));
  return { bonus: sub(divDown(ONE_RATIO, discountFactor), ONE_RATIO), discountFactor };
}

function byHealth(input: InputOf<'linear'>): Ratio {
  const { healthFactor, minBonus, maxBonus, healthFactorForMaxBonus } = input;
  assert(
    !isNegative(minBonus) && lte(minBonus, maxBonus),
    'LIQUIDATION_BONUS',
    'expected a least bonus of at least 0, and at most the largest',
  );
  assert(
    !isNegative(healthFactor) &&
      !isNegative(healthFactorForMaxBonus) &&
      lt(healthFactorForMaxBonus, ONE_RATIO),
    'LIQUIDATION_BONUS',
    'expected a health factor of at least 0, and one for the largest bonus in [0, 1)',
  );
  if (gte(healthFactor, ONE_RATIO)) return minBonus;
  if (cmp(healthFactor, healthFactorForMaxBonus) <= 0) return maxBonus;
  const missing = sub(ONE_RATIO, healthFactor);
  const whole = sub(ONE_RATIO, healthFactorForMaxBonus);
  return add(minBonus, portionDown(sub(maxBonus, minBonus), missing, whole));
}

function byIncentive({ lltv, cursor, maxFactor }: InputOf<'incentive-factor'>): Ratio {
  assert(
    !isNegative(lltv) && lte(lltv, ONE_RATIO) && gte(maxFactor, ONE_RATIO),
    'LIQUIDATION_BONUS',
    'expected a loan to value in [0, 1] and a largest factor of at least 1',
  );
  assert(
    !isNegative(cursor) && lt(cursor, ONE_RATIO),
    'LIQUIDATION_BONUS',
    'expected a cursor in [0, 1)',
  );
  const one = rawOf(ONE_RATIO);
  const beyond = one * one - rawOf(cursor) * (one - rawOf(lltv));
  // The least of the two before it becomes a quantity: a cursor near one has no other bound.
  const factor = divideDown(one * one * one, beyond);
  const most = rawOf(maxFactor);
  return sub(fromRaw<Ratio>(factor < most ? factor : most), ONE_RATIO);
}
