/**
 * What a direct liquidator receives for the debt that it repays.
 * @module
 */
import {
  type Amount,
  assert,
  divideDown,
  divideUp,
  EXACT_PER_RAW,
  fromRaw,
  isNegative,
  isPositive,
  lte,
  ONE_RATIO,
  type Price,
  type Ratio,
  rawOf,
} from '../units/index.ts';

export type DiscountedSeizureInput = {
  /** Most of the debt that is repaid, ≥ 0. */
  readonly debt: Amount;
  /** > 0. */
  readonly debtPrice: Price;
  /** All that may be seized, ≥ 0. */
  readonly collateral: Amount;
  /** > 0. */
  readonly collateralPrice: Price;
  /** Value repaid per unit of value received, in (0, 1]; see `liquidationBonus`. */
  readonly discountFactor: Ratio;
};

export type DiscountedSeizure = {
  /** At most the debt. */
  readonly repaid: Amount;
  /** At most the collateral. */
  readonly seized: Amount;
};

/**
 * Debt that is repaid, and collateral that is seized for it.
 *
 *     repaid · p_debt = seized · p_collateral · discountFactor
 *     seized = min(collateral, debt · p_debt / (p_collateral · discountFactor))
 *
 * Units     Amount, Price, Ratio → Amount
 * Rounding  Repaid up, seized down, each once: the account never gives more than it is paid for.
 * Asserts   debt, collateral ≥ 0 · prices > 0 · 0 < discountFactor ≤ 1
 * Source    Euler v2, Liquidation.sol
 */
export function discountedSeizure({
  debt,
  debtPrice,
  collateral,
  collateralPrice,
  discountFactor,
}: DiscountedSeizureInput): DiscountedSeizure {
  assert(
    !isNegative(debt) && !isNegative(collateral),
    'SEIZURE',
    'expected a debt and collateral of at least 0',
  );
  assert(
    isPositive(debtPrice) && isPositive(collateralPrice),
    'SEIZURE',
    'expected prices above 0',
  );
  assert(
    isPositive(discountFactor) && lte(discountFactor, ONE_RATIO),
    'SEIZURE',
    'expected a discount factor in (0, 1]',
  );
  // Per unit of collateral, in units of 1e-36 like the value of the debt.
  const asked = rawOf(collateralPrice) * rawOf(discountFactor);
  const owed = rawOf(debt) * rawOf(debtPrice) * EXACT_PER_RAW;
  if (owed <= rawOf(collateral) * asked) {
    return { repaid: debt, seized: fromRaw<Amount>(divideDown(owed, asked)) };
  }
  const paid = divideUp(rawOf(collateral) * asked, rawOf(debtPrice) * EXACT_PER_RAW);
  return { repaid: fromRaw<Amount>(paid), seized: collateral };
}
