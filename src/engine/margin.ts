/**
 * An account of the pool as the risk formulas see it.
 * @module
 */
import {
  collateralWeight,
  contractNotional,
  fundingPayment,
  type MarginCollateral,
  type MarginPosition,
  type MarginSummary,
  marginSummary,
  scaledInitialMarginFraction,
} from '../risk/index.ts';
import {
  type Amount,
  assert,
  divideDown,
  EXACT_PER_RAW,
  eq,
  isNegative,
  isPositive,
  nearestQuantity,
  type Price,
  type Ratio,
  rawOf,
  ZERO_MONEY,
  ZERO_PRICE,
} from '../units/index.ts';
import type { AccountView, MarketView, PoolView, PositionView } from './state.ts';

/** The market's mark; a market with positions always has one. */
export function markOf(market: MarketView): Price {
  assert(market.mark !== null, 'MARK', 'a market with positions never had a mark');
  return market.mark;
}

/** Initial margin fraction, raised with open interest. */
export function initialFraction(market: MarketView): Ratio {
  const { initialMarginFraction, openInterestLower, openInterestUpper, kind } = market.parameters;
  if (eq(openInterestUpper, ZERO_MONEY)) return initialMarginFraction;
  return scaledInitialMarginFraction({
    initialMarginFraction,
    openInterestNotional: contractNotional({ kind, size: market.longSize, price: markOf(market) }),
    openInterestLower,
    openInterestUpper,
  });
}

export function marginPosition(state: PoolView, position: PositionView): MarginPosition {
  const market = state.markets[position.market]!;
  return {
    kind: market.parameters.kind,
    size: position.size,
    entryValue: position.entryValue,
    markPrice: markOf(market),
    fundingPayment: fundingPayment({
      size: position.size,
      fundingIndexBefore: position.fundingIndex,
      fundingIndexAfter: market.fundingIndex,
    }),
    initialMarginFraction: initialFraction(market),
    tiers: market.parameters.tiers,
  };
}

/** Weight of a holding of an asset; a price that was never known weighs nothing. */
export function marginCollateral(
  state: PoolView,
  holding: { readonly asset: number; readonly amount: Amount },
): MarginCollateral {
  const { parameters, index } = state.assets[holding.asset]!;
  const factor = parameters.concentrationFactor;
  return {
    amount: holding.amount,
    price: state.indexes[index]!.price ?? ZERO_PRICE,
    weight: collateralWeight({
      haircut: parameters.collateralHaircut,
      concentration: factor === null ? null : { factor },
      amount: holding.amount,
    }),
  };
}

export function accountMargin(state: PoolView, account: AccountView): MarginSummary {
  return marginSummary({
    balance: account.balance,
    collaterals: account.collaterals.map((holding) => marginCollateral(state, holding)),
    positions: account.positions.map((position) => marginPosition(state, position)),
  });
}

/**
 * Margin equity per unit of maintenance margin, down; the worst there is where the quotient has
 * no room in a quantity, null where nothing is required. It orders a queue and nothing else.
 */
export function marginRatioOf({
  marginEquity,
  maintenanceMargin,
}: Pick<MarginSummary, 'marginEquity' | 'maintenanceMargin'>): Ratio | null {
  if (!isPositive(maintenanceMargin)) return null;
  const exact = divideDown(rawOf(marginEquity) * EXACT_PER_RAW, rawOf(maintenanceMargin));
  return nearestQuantity<Ratio>(exact);
}

/** A position or a borrow is open: something can be liquidated. */
export const isExposed = (account: AccountView): boolean =>
  account.positions.length > 0 || isNegative(account.balance);

/** The mark is live, and not that of a contract which has expired but is not yet settled. */
function isValued(state: PoolView, market: MarketView): boolean {
  const { expiryMs } = market.parameters;
  const expired = expiryMs !== null && state.timeMs >= expiryMs;
  return market.mode === 'live' && (!expired || market.settlementPrice !== null);
}

/** Every price that the account's margin depends on is valid for liquidation. */
export function pricesValid(state: PoolView, account: AccountView): boolean {
  return (
    account.positions.every(({ market }) => isValued(state, state.markets[market]!)) &&
    account.collaterals.every(({ asset }) => state.indexes[state.assets[asset]!.index]!.live)
  );
}
