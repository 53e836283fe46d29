/** The health of an account at one place in the journal, position by position. @module */
import {
  accountMargin,
  type Json,
  legsOf,
  marginCollateral,
  marginPosition,
  marginRatioOf,
  type PoolView,
} from '../engine/index.ts';
import { collateralValueDown, marginCollateralValueDown, unrealizedPnl } from '../risk/index.ts';
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
    collaterals: account.collaterals.map((holding) => {
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
  };
}
