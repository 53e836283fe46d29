/** The health of an account at one place in the journal, position by position. @module */
import {
  type AccountView,
  accountMargin,
  debtAmount,
  holdingsWithSupplies,
  type Json,
  legsOf,
  marginCollateral,
  marginDebt,
  marginPosition,
  marginRatioOf,
  type PoolView,
  supplyAmount,
} from '../engine/index.ts';
import {
  collateralValueDown,
  debtValueUp,
  marginCollateralValueDown,
  marginDebtValueUp,
  unrealizedPnl,
} from '../risk/index.ts';
import { formatDecimal, type Wad } from '../units/index.ts';
import { OWN_ACCOUNT } from './pool-of-moment.ts';

/** Decimal text of a quantity that may be absent. */
export const decimal = (value: Wad | null): string | null =>
  value === null ? null : formatDecimal(value);

/** Everything that the account's margin is made of, worked out anew from balances and prices. */
export function healthStatement(state: PoolView): Json {
  const account = state.accounts[OWN_ACCOUNT]!;
  const margin = accountMargin(state, account);
  return {
    balance: formatDecimal(account.balance),
    equity: formatDecimal(margin.equity),
    marginEquity: formatDecimal(margin.marginEquity),
    maintenanceMargin: formatDecimal(margin.maintenanceMargin),
    initialMargin: formatDecimal(margin.initialMargin),
    marginRatio: decimal(marginRatioOf(margin)),
    positions: legsOf(state, account).map((leg) => {
      const valued = marginPosition(state, leg.position);
      return {
        market: leg.market.parameters.market,
        size: formatDecimal(leg.position.size),
        entryValue: formatDecimal(leg.position.entryValue),
        markPrice: formatDecimal(leg.markPrice),
        notional: formatDecimal(leg.notional),
        unrealizedPnl: formatDecimal(unrealizedPnl(valued)),
        fundingPayment: formatDecimal(valued.fundingPayment),
        maintenanceMargin: formatDecimal(leg.maintenanceMargin),
      };
    }),
    // What is lent of an asset is held like the rest of it: both have one weight.
    collaterals: holdingsWithSupplies(state, account).map((holding) => {
      const collateral = marginCollateral(state, holding);
      return {
        asset: state.assets[holding.asset]!.parameters.asset,
        amount: formatDecimal(holding.amount),
        indexPrice: formatDecimal(collateral.price),
        weight: formatDecimal(collateral.weight),
        value: formatDecimal(collateralValueDown(collateral)),
        marginValue: formatDecimal(marginCollateralValueDown(collateral)),
      };
    }),
    supplies: account.supplies.map((supply) => ({
      asset: state.desks[supply.desk]!.parameters.asset,
      amount: formatDecimal(supplyAmount(state, supply)),
    })),
    debts: debtStatements(state, account),
  };
}

const debtStatements = (state: PoolView, account: AccountView): Json[] =>
  account.debts.map((debt) => {
    const owed = marginDebt(state, debt);
    return {
      asset: state.desks[debt.desk]!.parameters.asset,
      amount: formatDecimal(debtAmount(state, debt)),
      indexPrice: formatDecimal(owed.price),
      weight: formatDecimal(owed.weight),
      value: formatDecimal(debtValueUp(owed)),
      marginValue: formatDecimal(marginDebtValueUp(owed)),
    };
  });
