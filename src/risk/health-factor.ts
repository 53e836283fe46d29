/**
 * How far a borrower is from liquidation: what its collateral may stand behind, per unit of what
 * it owes. Without a debt there is no factor, and no number stands in for one.
 * @module
 */
import {
  type Amount,
  add,
  assert,
  divideDown,
  EXACT_PER_RAW,
  isNegative,
  isPositive,
  isZero,
  lte,
  type Money,
  max,
  nearestQuantity,
  ONE_RATIO,
  type Price,
  type Ratio,
  rawOf,
  ZERO_MONEY,
} from '../units/index.ts';

export type BorrowCollateral = {
  /** Units of the asset, ≥ 0. */
  readonly amount: Amount;
  /** ≥ 0. */
  readonly price: Price;
  /** Share of the value that stands behind debts before liquidation, in [0, 1]. */
  readonly liquidationThreshold: Ratio;
};

export type BorrowDebt = {
  /** Units of the asset owed, ≥ 0. */
  readonly amount: Amount;
  /** > 0. */
  readonly price: Price;
};

export type HealthFactorInput = {
  readonly collaterals: readonly BorrowCollateral[];
  readonly debts: readonly BorrowDebt[];
};

export type HealthFactor = Ratio | 'no-debt';

/**
 * Health factor of a borrower.
 *
 *     healthFactor = Σ amount · price · threshold / Σ debt amount · price
 *
 * Units     Amount × Price × Ratio ÷ (Amount × Price) → Ratio, or 'no-debt' where nothing is owed
 * Rounding  Down, once, on exact sums: health is never overstated. A factor beyond the range of a
 *           quantity is the largest quantity. Decide by `isBelowHealth`, not by this number.
 * Asserts   amounts, prices ≥ 0 · debt prices > 0 · thresholds in [0, 1]
 * Source    Aave v2 and v3, health factor
 */
export function healthFactor({ collaterals, debts }: HealthFactorInput): HealthFactor {
  const owed = exactDebtValue(debts);
  if (owed === 0n) return 'no-debt';
  return nearestQuantity<Ratio>(divideDown(exactBacking(collaterals), owed));
}

/**
 * Whether the health factor lies strictly below a level; by default one, where liquidation
 * begins. Never without a debt.
 *
 *     Σ amount · price · threshold < level · Σ debt amount · price
 *
 * Units     as for the health factor
 * Rounding  None: integers are cross-multiplied, because it decides.
 * Asserts   as for the health factor · level ≥ 0
 * Source    Aave v2 and v3, liquidation call; strict as in docs/decisions/0004-strict-inequality.md
 */
export function isBelowHealth({
  collaterals,
  debts,
  level = ONE_RATIO,
}: HealthFactorInput & { readonly level?: Ratio }): boolean {
  assert(!isNegative(level), 'HEALTH_FACTOR', 'expected a level of at least 0');
  return exactBacking(collaterals) < rawOf(level) * exactDebtValue(debts);
}

export type MarginHealthInput = {
  /** With what is owed taken off it. Signed. */
  readonly marginEquity: Money;
  /** What debts lower margin equity by, ≥ 0. */
  readonly weightedDebt: Money;
};

/**
 * Health factor of an account whose collateral, debts and positions stand under one margin
 * equity: what stands behind its debts, per unit of what they count for.
 *
 *     healthFactor = max(0, marginEquity + weightedDebt) / weightedDebt
 *
 * Without positions and with weights of one it is the health factor of a borrower, to the
 * roundings of the sums, and below one exactly where margin equity is below zero.
 *
 * Units     Money ÷ Money → Ratio ≥ 0, or 'no-debt' where nothing is owed
 * Rounding  Down: health is never overstated. A factor beyond the range of a quantity is the
 *           largest quantity.
 * Asserts   weightedDebt ≥ 0
 * Source    Plimsoll
 */
export function marginHealthFactor({
  marginEquity,
  weightedDebt,
}: MarginHealthInput): HealthFactor {
  assert(!isNegative(weightedDebt), 'HEALTH_FACTOR', 'expected a debt of at least 0');
  if (isZero(weightedDebt)) return 'no-debt';
  const behind = max(add(marginEquity, weightedDebt), ZERO_MONEY);
  return nearestQuantity<Ratio>(divideDown(rawOf(behind) * EXACT_PER_RAW, rawOf(weightedDebt)));
}

function exactBacking(collaterals: readonly BorrowCollateral[]): bigint {
  return exactWeightedValue(
    collaterals.map(({ amount, price, liquidationThreshold }) => ({
      amount,
      price,
      share: liquidationThreshold,
    })),
  );
}

/**
 * Value of several assets, each counted by a share of it.
 *
 * Units     Σ Amount × Price × Ratio → money in units of 1e-54
 * Rounding  None.
 * Asserts   amounts, prices ≥ 0 · shares in [0, 1]
 */
export function exactWeightedValue(
  assets: readonly { readonly amount: Amount; readonly price: Price; readonly share: Ratio }[],
): bigint {
  return assets.reduce((total, { amount, price, share }) => {
    assert(
      !isNegative(amount) && !isNegative(price),
      'HEALTH_FACTOR',
      'expected amounts and prices of at least 0',
    );
    assert(
      !isNegative(share) && lte(share, ONE_RATIO),
      'HEALTH_FACTOR',
      'expected a share of the value in [0, 1]',
    );
    return total + rawOf(amount) * rawOf(price) * rawOf(share);
  }, 0n);
}

/**
 * Value of everything owed.
 *
 * Units     Σ Amount × Price → money in units of 1e-36
 * Rounding  None.
 * Asserts   amounts ≥ 0 · prices > 0
 */
export function exactDebtValue(debts: readonly BorrowDebt[]): bigint {
  return debts.reduce((total, { amount, price }) => {
    assert(
      !isNegative(amount) && isPositive(price),
      'HEALTH_FACTOR',
      'expected debts of at least 0 at positive prices',
    );
    return total + rawOf(amount) * rawOf(price);
  }, 0n);
}
