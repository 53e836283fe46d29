/**
 * The sums that decide everything about an account: equity, margin equity, initial equity and
 * what they are held against. The engine's hot path; `account-health.ts` explains the same
 * numbers position by position.
 * @module
 */
import {
  type Amount,
  add,
  eq,
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
import { type ContractKind, contractWorth } from './contract-value.ts';
import { debtValueUp, marginDebtValueUp } from './debt-value.ts';
import { initialMargin } from './initial-margin.ts';
import { type MarginTier, maintenanceMargin } from './maintenance-margin.ts';

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
  const sums = openMarginSums(balance);
  for (const position of positions) addPosition(sums, position);
  for (const collateral of collaterals) addCollateral(sums, collateral);
  for (const debt of debts ?? []) addDebt(sums, debt);
  return closeMarginSums(sums);
}

/** The sums of `marginSummary` while they are added up, part by part and in any order. */
export type MarginSums = {
  /** Balance, unrealized profit and funding. */
  settled: Money;
  /** Collateral less debts: in full, with their weights, and with those for new risk. */
  full: Money;
  weighted: Money;
  weightedInitially: Money;
  maintenanceMargin: Money;
  initialMargin: Money;
  weightedDebt: Money;
};

/**
 * The sums of an account that holds nothing beyond its balance.
 *
 * Units     Money, signed
 * Rounding  None.
 * Source    Plimsoll
 */
export const openMarginSums = (balance: Money): MarginSums => ({
  settled: balance,
  full: ZERO_MONEY,
  weighted: ZERO_MONEY,
  weightedInitially: ZERO_MONEY,
  maintenanceMargin: ZERO_MONEY,
  initialMargin: ZERO_MONEY,
  weightedDebt: ZERO_MONEY,
});

/**
 * What the sums come to once every part was added.
 *
 * Units     Money
 * Rounding  None.
 * Source    Plimsoll
 */
export function closeMarginSums(sums: MarginSums): MarginSummary {
  const { settled, maintenanceMargin: required } = sums;
  return {
    equity: add(settled, sums.full),
    marginEquity: add(settled, sums.weighted),
    initialEquity: add(settled, sums.weightedInitially),
    maintenanceMargin: required,
    initialMargin: sums.initialMargin,
    weightedDebt: sums.weightedDebt,
  };
}

/**
 * Adds a position to the sums.
 *
 * Units     Money
 * Rounding  What it is worth down, what it requires up.
 * Source    Plimsoll
 */
export function addPosition(sums: MarginSums, position: MarginPosition): void {
  const { kind, size, entryValue, markPrice, initialMarginFraction, tiers } = position;
  const { value, notional } = contractWorth({ kind, size, price: markPrice });
  // The unrealized PnL, from the value that the notional came with.
  const pnl = sub(value, entryValue);
  sums.settled = add(sums.settled, add(pnl, position.fundingPayment));
  const required = maintenanceMargin({ tiers, notional });
  sums.maintenanceMargin = add(sums.maintenanceMargin, required);
  sums.initialMargin = add(
    sums.initialMargin,
    initialMargin({ notional, initialMarginFraction, maintenanceMargin: required }),
  );
}

/**
 * Adds a holding of collateral to the sums.
 *
 * Units     Money
 * Rounding  Down, once for each weight.
 * Source    Plimsoll
 */
export function addCollateral(sums: MarginSums, collateral: MarginCollateral): void {
  const { amount, price, weight, initialWeight = weight } = collateral;
  const counted = marginCollateralValueDown(collateral);
  sums.full = add(sums.full, collateralValueDown(collateral));
  sums.weighted = add(sums.weighted, counted);
  const initially = eq(weight, initialWeight)
    ? counted
    : marginCollateralValueDown({ amount, price, weight: initialWeight });
  sums.weightedInitially = add(sums.weightedInitially, initially);
}

/**
 * Adds a debt to the sums.
 *
 * Units     Money
 * Rounding  Up, once for each weight.
 * Source    Plimsoll
 */
export function addDebt(sums: MarginSums, debt: MarginDebt): void {
  const { amount, price, initialWeight } = debt;
  const counted = marginDebtValueUp(debt);
  sums.full = sub(sums.full, debtValueUp(debt));
  sums.weighted = sub(sums.weighted, counted);
  const initially = marginDebtValueUp({ amount, price, weight: initialWeight });
  sums.weightedInitially = sub(sums.weightedInitially, initially);
  sums.weightedDebt = add(sums.weightedDebt, counted);
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
