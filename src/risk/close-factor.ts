/**
 * The share of a debt that one liquidation may repay where sizing by a target is not used.
 * @module
 */
import {
  assert,
  gt,
  gte,
  isNegative,
  isPositive,
  lte,
  type Money,
  ONE_RATIO,
  type Ratio,
  ZERO_MONEY,
  ZERO_RATIO,
} from '../units/index.ts';

export type CloseFactorInput = {
  readonly healthFactor: Ratio;
  /** Share while the account is not far gone, in (0, 1]. */
  readonly partialCloseFactor: Ratio;
  /** At or below this health all may be repaid, ≥ 0; absent: never for that reason. */
  readonly fullCloseHealthFactor?: Ratio;
  /** Value of the collateral that is taken, ≥ 0. */
  readonly collateralValue: Money;
  /** Value of the debt that is repaid, ≥ 0. */
  readonly debtValue: Money;
  /** With less than this on either side all may be repaid, ≥ 0; absent: 0. */
  readonly fullCloseValue?: Money;
};

/**
 * Close factor of a debt.
 *
 *     partialCloseFactor where healthFactor > fullCloseHealthFactor and neither value is below
 *     fullCloseValue; else 1
 *
 * Units     Ratio, Money → Ratio, in (0, 1]
 * Rounding  None. A health factor that was rounded down errs towards closing all, by less than
 *           a unit.
 * Asserts   0 < partialCloseFactor ≤ 1 · the rest ≥ 0
 * Source    Aave v2 (a fixed share), Aave v3 (all below a health of 0.95), Aave v3.3 (all of
 *           what is small)
 */
export function closeFactor({
  healthFactor,
  partialCloseFactor,
  fullCloseHealthFactor = ZERO_RATIO,
  collateralValue,
  debtValue,
  fullCloseValue = ZERO_MONEY,
}: CloseFactorInput): Ratio {
  assert(
    isPositive(partialCloseFactor) && lte(partialCloseFactor, ONE_RATIO),
    'CLOSE_FACTOR',
    'expected a partial close factor in (0, 1]',
  );
  assert(
    ![healthFactor, fullCloseHealthFactor, collateralValue, debtValue, fullCloseValue].some(
      isNegative,
    ),
    'CLOSE_FACTOR',
    'expected factors and values of at least 0',
  );
  const isPartial =
    gt(healthFactor, fullCloseHealthFactor) &&
    gte(collateralValue, fullCloseValue) &&
    gte(debtValue, fullCloseValue);
  return isPartial ? partialCloseFactor : ONE_RATIO;
}
