/**
 * How much of a debt is closed: what brings the health factor to its target, a share of it, or
 * what makes up for a margin deficit where debts and positions stand under one margin equity.
 * Entry points: `borrowCloseOut`, `closeFactorCloseOut`, `deficitCloseOut`.
 * @module
 */
import {
  type Amount,
  amountUp,
  assert,
  divideUp,
  EXACT_PER_RAW,
  gte,
  isNegative,
  isPositive,
  lte,
  type Money,
  mulUp,
  ONE_RATIO,
  type Price,
  type Ratio,
  rawOf,
} from '../units/index.ts';
import { type BorrowCloseOut, boundedRepayment, type RepaymentBounds } from './repayment-bounds.ts';

export type { BorrowCloseOut, RepaymentBounds } from './repayment-bounds.ts';

export type BorrowCloseOutInput = {
  /** Value of all debts of the account, ≥ 0. */
  readonly totalDebtValue: Money;
  /** Price of the debt that is repaid, > 0. */
  readonly debtPrice: Price;
  /** Liquidation threshold of the collateral that is taken, in [0, 1]. */
  readonly liquidationThreshold: Ratio;
  /** What the liquidator gets beyond the debt repaid, per unit of it, ≥ 0. */
  readonly liquidationBonus: Ratio;
  /** Rounded down, ≥ 0. */
  readonly healthFactor: Ratio;
  /** > 0. */
  readonly targetHealthFactor: Ratio;
  /** Units owed of the debt that is repaid; absent or null: all debts are in that asset. */
  readonly debtAmount?: Amount | null;
  /** Value of the collateral that is taken, rounded up; absent or null: enough. */
  readonly collateralValue?: Money | null;
  /** Least value that may be left of debt or collateral, ≥ 0. */
  readonly minLeftover?: Money;
};

/**
 * Debt to repay so that the health factor reaches its target, and no more.
 *
 *     debtToRepay = D · (T − HF) / ((T − (1 + bonus) · LT) · price)
 *
 * Repaying a unit takes collateral worth 1 + bonus, and with it LT · (1 + bonus) of what stands
 * behind the rest. Where that is not less than T, no part repays its way to the target and all is
 * closed. HF ≥ T: nothing.
 *
 * Units     Money, Price, Ratio → Amount, in [0, debtAmount]
 * Rounding  Up, once: the repayment must suffice. Bounds as in `boundedRepayment`.
 * Asserts   values, factors, bonus ≥ 0 · debtPrice > 0 · targetHealthFactor > 0 ·
 *           liquidationThreshold in [0, 1]
 * Source    Aave v4, debt to target health factor
 *
 * @example D = 10000, HF = 0.8, T = 1.25, LT = 0.5, bonus = 0.5, price 1   // => 9000
 */
export function borrowCloseOut(input: BorrowCloseOutInput): BorrowCloseOut {
  const { totalDebtValue, debtPrice, liquidationThreshold, liquidationBonus } = input;
  const { healthFactor, targetHealthFactor, debtAmount = null, ...bounds } = input;
  assert(
    !isNegative(totalDebtValue) && !isNegative(healthFactor) && isPositive(targetHealthFactor),
    'BORROW_CLOSE_OUT',
    'expected a debt and a health factor of at least 0 and a positive target',
  );
  assert(
    !isNegative(liquidationThreshold) && lte(liquidationThreshold, ONE_RATIO),
    'BORROW_CLOSE_OUT',
    'expected a liquidation threshold in [0, 1]',
  );
  assert(isPositive(debtPrice), 'BORROW_CLOSE_OUT', 'expected a positive price of the debt');
  const owed = debtAmount ?? amountUp(totalDebtValue, debtPrice);
  const within: RepaymentBounds = { ...bounds, debtAmount: owed };
  if (gte(healthFactor, targetHealthFactor)) return boundedRepayment(0n, within);
  const target = rawOf(targetHealthFactor);
  const lost = (EXACT_PER_RAW + rawOf(liquidationBonus)) * rawOf(liquidationThreshold);
  const gained = target * EXACT_PER_RAW - lost;
  if (gained <= 0n) return boundedRepayment(rawOf(owed), within);
  const missing = rawOf(totalDebtValue) * (target - rawOf(healthFactor));
  const exact = missing * EXACT_PER_RAW * EXACT_PER_RAW;
  return boundedRepayment(divideUp(exact, gained * rawOf(debtPrice)), within);
}

/**
 * Debt to repay by a close factor.
 *
 *     debtToRepay = closeFactor · debtAmount
 *
 * Units     Amount × Ratio → Amount, in [0, debtAmount]
 * Rounding  Up: half of a single unit is the unit, or it could never be repaid. Bounds as in
 *           `boundedRepayment`.
 * Asserts   0 ≤ closeFactor ≤ 1 · the rules of the bounds
 * Source    Aave v2 and v3, close factor
 */
export function closeFactorCloseOut({
  closeFactor,
  ...bounds
}: RepaymentBounds & { readonly closeFactor: Ratio }): BorrowCloseOut {
  assert(
    !isNegative(closeFactor) && lte(closeFactor, ONE_RATIO),
    'BORROW_CLOSE_OUT',
    'expected a close factor in [0, 1]',
  );
  return boundedRepayment(rawOf(mulUp(bounds.debtAmount, closeFactor)), bounds);
}

export type DeficitCloseOutInput = RepaymentBounds & {
  /** Requirement less margin equity; nothing is closed where it is not positive. */
  readonly marginDeficit: Money;
  /** Share of its value that the collateral taken counts for, in [0, 1]. */
  readonly collateralWeight: Ratio;
  /** Factor by which the debt counts, ≥ 1. */
  readonly liabilityWeight: Ratio;
  /** Share of what the liquidator repays that goes to the insurance fund, in [0, 1]. */
  readonly insuranceFraction: Ratio;
};

/**
 * Debt to repay so that a margin deficit is made up, in an account whose collateral, debts and
 * positions stand under one margin equity.
 *
 *     debtToRepay = deficit / (price · (w_l · (1 − insurance) − w_c · (1 + bonus)))
 *
 * Where repaying does not raise margin equity, all is closed.
 *
 * Units     Money, Price, Ratio → Amount, in [0, debtAmount]
 * Rounding  Up, once: the repayment must suffice. Bounds as in `boundedRepayment`.
 * Asserts   0 ≤ collateralWeight ≤ 1 ≤ liabilityWeight · 0 ≤ insuranceFraction ≤ 1
 * Source    Drift v2, transfer of a liability that covers a margin shortage
 */
export function deficitCloseOut({
  marginDeficit,
  collateralWeight,
  liabilityWeight,
  insuranceFraction,
  ...bounds
}: DeficitCloseOutInput): BorrowCloseOut {
  for (const share of [collateralWeight, insuranceFraction]) {
    assert(
      !isNegative(share) && lte(share, ONE_RATIO),
      'BORROW_CLOSE_OUT',
      'expected a collateral weight and an insurance fraction in [0, 1]',
    );
  }
  assert(gte(liabilityWeight, ONE_RATIO), 'BORROW_CLOSE_OUT', 'expected a weight of at least 1');
  if (!isPositive(marginDeficit)) return boundedRepayment(0n, bounds);
  const kept = rawOf(liabilityWeight) * (EXACT_PER_RAW - rawOf(insuranceFraction));
  const lost = rawOf(collateralWeight) * (EXACT_PER_RAW + rawOf(bounds.liquidationBonus));
  if (kept <= lost) return boundedRepayment(rawOf(bounds.debtAmount), bounds);
  const exact = rawOf(marginDeficit) * EXACT_PER_RAW * EXACT_PER_RAW * EXACT_PER_RAW;
  return boundedRepayment(divideUp(exact, (kept - lost) * rawOf(bounds.debtPrice)), bounds);
}
