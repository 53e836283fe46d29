/**
 * The sums that decide everything about an account: equity, margin equity, initial equity and
 * what they are held against. The engine's hot path; `account-health.ts` explains the same
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
  sub,
  ZERO_MONEY,
} from '../units/index.ts';
import { collateralValueDown, marginCollateralValueDown } from './collateral-value.ts';
import { type ContractKind, contractNotional } from './contract-value.ts';
import { debtValueUp, marginDebtValueUp } from './debt-value.ts';
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
  /** Share that counts where new risk is taken on, in [0, weight]; absent: weight. */
  readonly initialWeight?: Ratio;
};

/** A debt in any asset, as margin sees it. */
export type MarginDebt = {
  /** Units of the asset owed, ≥ 0. */
  readonly amount: Amount;
  readonly price: Price;
  /** Factor by which the debt counts against margin equity, ≥ 1. */
  readonly weight: Ratio;
  /** Factor where new risk is taken on, ≥ weight. */
  readonly initialWeight: Ratio;
};

export type MarginAccount = {
  /** Settlement asset, signed. */
  readonly balance: Money;
  readonly collaterals: readonly MarginCollateral[];
  readonly positions: readonly MarginPosition[];
  /** Absent: nothing is owed. */
  readonly debts?: readonly MarginDebt[];
};

export type MarginSummary = {
  /** With collateral at full value: decides bankruptcy. Signed. */
  readonly equity: Money;
  /** With collateral after weights: decides health. Signed. */
  readonly marginEquity: Money;
  /** With the weights for new risk: what is free of it may be traded on or taken out. Signed. */
  readonly initialEquity: Money;
  readonly maintenanceMargin: Money;
  readonly initialMargin: Money;
  /** What debts lower margin equity by, ≥ 0. */
  readonly weightedDebt: Money;
};

/**
 * The account's equities and requirements.
 *
 *     settled       = balance + Σ (unrealizedPnl + fundingPayment)
 *     equity        = settled + Σ amount · price                 − Σ debt · price
 *     marginEquity  = settled + Σ amount · price · weight        − Σ debt · price · weight
 *     initialEquity = settled + Σ amount · price · initialWeight − Σ debt · price · initialWeight
 *     maintenanceMargin = Σ over positions          initialMargin = Σ over positions
 *
 * Shape     any order; every part is rounded by itself, so order and grouping change nothing.
 * Units     Money, signed (equities) and ≥ 0 (requirements)
 * Rounding  Equities down, requirements up, once per position and asset: the account is never
 *           overstated and the claim never understated. Rounding the sums instead would let
 *           many small positions hide one unit each.
 * Asserts   collateral amounts ≥ 0 · debts as in `marginDebtValueUp`
 * Cost      O(positions · tiers + collaterals + debts)
 * Source    Plimsoll
 */
export function marginSummary({
  balance,
  collaterals,
  positions,
  debts,
}: MarginAccount): MarginSummary {
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
  let initialEquity = settled;
  for (const collateral of collaterals) {
    const { amount, price, initialWeight } = collateral;
    const counted = marginCollateralValueDown(collateral);
    equity = add(equity, collateralValueDown(collateral));
    marginEquity = add(marginEquity, counted);
    const initially =
      initialWeight === undefined
        ? counted
        : marginCollateralValueDown({ amount, price, weight: initialWeight });
    initialEquity = add(initialEquity, initially);
  }
  let weightedDebt = ZERO_MONEY;
  for (const debt of debts ?? []) {
    const { amount, price, initialWeight } = debt;
    const counted = marginDebtValueUp(debt);
    equity = sub(equity, debtValueUp(debt));
    marginEquity = sub(marginEquity, counted);
    initialEquity = sub(initialEquity, marginDebtValueUp({ amount, price, weight: initialWeight }));
    weightedDebt = add(weightedDebt, counted);
  }
  return {
    equity,
    marginEquity,
    initialEquity,
    maintenanceMargin: maintenance,
    initialMargin: initial,
    weightedDebt,
  };
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
