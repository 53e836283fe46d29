/**
 * The bounds that every close-out of a debt obeys, however its size was found: not more than is
 * owed, not more than the collateral pays for, and nothing left that is too small to be worth
 * anybody's while.
 * @module
 */
import {
  type Amount,
  assert,
  divideUp,
  EXACT_PER_RAW,
  fromRaw,
  isNegative,
  isPositive,
  type Money,
  type Price,
  type Ratio,
  rawOf,
  ZERO_MONEY,
} from '../units/index.ts';

export type RepaymentBounds = {
  /** Units of the asset owed, ≥ 0. */
  readonly debtAmount: Amount;
  /** > 0. */
  readonly debtPrice: Price;
  /** What the liquidator gets beyond the debt repaid, per unit of it, ≥ 0. */
  readonly liquidationBonus: Ratio;
  /**
   * Value of the collateral that pays for it, ≥ 0; absent or null: enough. Round it up: then
   * whoever takes all of it takes the last unit.
   */
  readonly collateralValue?: Money | null;
  /** Least value of debt, and of collateral beside a debt, that may be left, ≥ 0. */
  readonly minLeftover?: Money;
};

export type BorrowCloseOut = {
  /** Units of the asset owed that the liquidator repays. */
  readonly debtToRepay: Amount;
  /** What is owed after it. */
  readonly debtLeft: Amount;
  /** All of the collateral goes: a debt that is left has nothing behind it. */
  readonly takesAllCollateral: boolean;
};

/**
 * A wanted repayment within its bounds.
 *
 *     covered = collateralValue / ((1 + bonus) · price)
 *     most    = min(debtAmount, covered)
 *     debtToRepay = min(wanted, most), or most where debt or collateral worth less than
 *                   minLeftover would be left beside each other
 *
 * Units     raw Amount, Money, Price, Ratio → Amount
 * Rounding  Covered up: the liquidator pays the fraction of a unit, and no unit of collateral is
 *           left to keep a bad debt from being recognized. Leftovers are compared exactly.
 * Asserts   amounts, bonus, minLeftover ≥ 0 · price > 0
 * Source    Aave v3.3 (leftovers); Plimsoll
 */
export function boundedRepayment(
  wanted: bigint,
  {
    debtAmount,
    debtPrice,
    liquidationBonus,
    collateralValue = null,
    minLeftover = ZERO_MONEY,
  }: RepaymentBounds,
): BorrowCloseOut {
  assert(
    ![debtAmount, liquidationBonus, minLeftover, collateralValue ?? ZERO_MONEY].some(isNegative),
    'BORROW_CLOSE_OUT',
    'expected amounts, values and a bonus of at least 0',
  );
  assert(isPositive(debtPrice), 'BORROW_CLOSE_OUT', 'expected a positive price of the debt');
  const debt = rawOf(debtAmount);
  const price = rawOf(debtPrice);
  const claim = price * (EXACT_PER_RAW + rawOf(liquidationBonus));
  const exactCollateral =
    collateralValue === null ? null : rawOf(collateralValue) * EXACT_PER_RAW * EXACT_PER_RAW;
  const covered = exactCollateral === null ? null : divideUp(exactCollateral, claim);
  const most = covered === null || covered > debt ? debt : covered;
  const leastExact = rawOf(minLeftover) * EXACT_PER_RAW;
  const leavesDust = (repaid: bigint): boolean =>
    (debt - repaid) * price < leastExact ||
    (exactCollateral !== null && exactCollateral - repaid * claim < leastExact * EXACT_PER_RAW);
  const within = wanted < most ? wanted : most;
  const repaid = within > 0n && leavesDust(within) ? most : within;
  return {
    debtToRepay: fromRaw<Amount>(repaid),
    debtLeft: fromRaw<Amount>(debt - repaid),
    takesAllCollateral: covered !== null && repaid >= covered,
  };
}
