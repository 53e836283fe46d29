/**
 * The four sums that decide everything about an account: equity, margin equity, maintenance
 * margin and initial margin. The engine's hot path; `account-health.ts` explains the same
 * numbers position by position.
 * @module
 */
import {
  type Amount,
  add,
  isNegative,
  lt,
  type Money,
  type Price,
  type Ratio,
  type Size,
  ZERO_MONEY,
} from '../units/index.ts';
import { collateralValueDown, marginCollateralValueDown } from './collateral-value.ts';
import { type ContractKind, contractNotional } from './contract-value.ts';
import { initialMargin } from './initial-margin.ts';
import { type MarginTier, maintenanceMargin } from './maintenance-margin.ts';
import { unrealizedPnl } from './unrealized-pnl.ts';

/** A position as margin sees it. */
export type MarginPosition = {
  readonly kind: ContractKind;
  /** Signed; base units (linear) or quote units (inverse). */
  readonly size: Size;
  readonly entryValue: Money;
  readonly markPrice: Price;
  /** Not yet settled; + to receive, − to pay. */
  readonly fundingPayment: Money;
  /** Already scaled by open interest. */
  readonly initialMarginFraction: Ratio;
  readonly tiers: readonly MarginTier[];
};

/** A collateral asset other than the settlement asset, as margin sees it. */
export type MarginCollateral = {
  readonly amount: Amount;
  readonly price: Price;
  /** Share that counts towards margin equity, in [0, 1]. */
  readonly weight: Ratio;
};

export type MarginAccount = {
  /** Settlement asset, signed. */
  readonly balance: Money;
  readonly collaterals: readonly MarginCollateral[];
  readonly positions: readonly MarginPosition[];
};

export type MarginSummary = {
  /** With collateral at full value: decides bankruptcy. Signed. */
  readonly equity: Money;
  /** With collateral after weights: decides health. Signed. */
  readonly marginEquity: Money;
  readonly maintenanceMargin: Money;
  readonly initialMargin: Money;
};

/**
 * The account's equity, margin equity and requirements.
 *
 *     equity            = balance + Σ (unrealizedPnl + fundingPayment) + Σ amount · price
 *     marginEquity      = balance + Σ (unrealizedPnl + fundingPayment) + Σ amount · price · weight
 *     maintenanceMargin = Σ over positions          initialMargin = Σ over positions
 *
 * Shape     any order; every part is rounded by itself, so order and grouping change nothing.
 * Units     Money, signed (equities) and ≥ 0 (requirements)
 * Rounding  Equities down, requirements up, once per position and asset: the account is never
 *           overstated and the claim never understated. Rounding the sums instead would let
 *           many small positions hide one unit each.
 * Cost      O(positions · tiers + collaterals)
 * Source    Plimsoll
 */
export function marginSummary({ balance, collaterals, positions }: MarginAccount): MarginSummary {
  let settled = balance;
  let maintenance = ZERO_MONEY;
  let initial = ZERO_MONEY;
  for (const position of positions) {
    const { kind, size, markPrice, initialMarginFraction, tiers } = position;
    settled = add(settled, add(unrealizedPnl(position), position.fundingPayment));
    const notional = contractNotional({ kind, size, price: markPrice });
    const required = maintenanceMargin({ tiers, notional });
    maintenance = add(maintenance, required);
    initial = add(
      initial,
      initialMargin({ notional, initialMarginFraction, maintenanceMargin: required }),
    );
  }
  let equity = settled;
  let marginEquity = settled;
  for (const collateral of collaterals) {
    equity = add(equity, collateralValueDown(collateral));
    marginEquity = add(marginEquity, marginCollateralValueDown(collateral));
  }
  return { equity, marginEquity, maintenanceMargin: maintenance, initialMargin: initial };
}

/**
 * Whether an account may be liquidated: margin equity strictly below maintenance margin while a
 * position or a borrow is open (`exposed`). At equality it is healthy.
 *
 * Units     Money is only compared.
 * Rounding  None here; the sums compared are integers, equity down and margin up.
 * Source    Plimsoll
 */
export function isLiquidatable({
  marginEquity,
  maintenanceMargin: required,
  exposed,
}: {
  readonly marginEquity: Money;
  readonly maintenanceMargin: Money;
  readonly exposed: boolean;
}): boolean {
  return exposed && lt(marginEquity, required);
}

/**
 * Whether an account is bankrupt: equity strictly below zero while a position or a borrow is
 * open. Once nothing is open the same sign is bad debt.
 *
 * Units     Money is only compared.
 * Rounding  None here; equity is rounded down.
 * Source    Plimsoll
 */
export function isBankrupt({
  equity,
  exposed,
}: {
  readonly equity: Money;
  readonly exposed: boolean;
}): boolean {
  return exposed && isNegative(equity);
}
