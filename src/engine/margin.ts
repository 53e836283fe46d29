/**
 * An account of the pool as the risk formulas see it.
 * @module
 */
import {
  addCollateral,
  addDebt,
  addPosition,
  closeMarginSums,
  collateralWeight,
  contractNotional,
  fundingPayment,
  type MarginCollateral,
  type MarginDebt,
  type MarginPosition,
  type MarginSummary,
  openMarginSums,
  scaledInitialMarginFraction,
} from '../risk/index.ts';
import {
  type Amount,
  add,
  assert,
  divideDown,
  EXACT_PER_RAW,
  eq,
  isNegative,
  isPositive,
  type Money,
  min,
  moneyOfSettlement,
  nearestQuantity,
  type Price,
  type Ratio,
  rawOf,
  ZERO_AMOUNT,
  ZERO_MONEY,
  ZERO_PRICE,
} from '../units/index.ts';
import {
  type DeskSharesView,
  debtAmount,
  deskOf,
  deskPrice,
  deskPriceLive,
  supplyAmount,
} from './lending.ts';
import { sideIndex } from './side-index.ts';
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
      fundingIndexAfter: sideIndex(market, position.size),
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
  const { amount } = holding;
  const weight = collateralWeight({
    haircut: parameters.collateralHaircut,
    concentration: factor === null ? null : { factor },
    amount,
  });
  const price = state.indexes[index]!.price ?? ZERO_PRICE;
  const desk = state.desks.length === 0 ? null : deskOf(state, parameters.asset);
  if (desk === null) return { amount, price, weight };
  const initialWeight = min(weight, desk.desk.parameters.loanToValue);
  return { amount, price, weight, initialWeight };
}

/** A debt at its index price and the weights of its desk; a price never known counts nothing. */
export function marginDebt(state: PoolView, debt: DeskSharesView): MarginDebt {
  const desk = state.desks[debt.desk]!;
  return {
    amount: debtAmount(state, debt),
    price: deskPrice(state, desk) ?? ZERO_PRICE,
    weight: desk.parameters.liabilityWeight,
    initialWeight: desk.parameters.liabilityWeightInitial,
  };
}

/** The sums of an account are added up part by part: the hottest loop keeps no lists. */
export function accountMargin(state: PoolView, account: AccountView): MarginSummary {
  const { balance, collaterals, debts, supplies, positions } = account;
  const lends = supplies.length > 0;
  const sums = openMarginSums(lends ? add(balance, settlementSupply(state, account)) : balance);
  for (const position of positions) addPosition(sums, marginPosition(state, position));
  for (const holding of lends ? holdingsWithSupplies(state, account) : collaterals) {
    addCollateral(sums, marginCollateral(state, holding));
  }
  for (const debt of debts) addDebt(sums, marginDebt(state, debt));
  return closeMarginSums(sums);
}

/** What the account has lent of the settlement asset is as good as its balance. */
function settlementSupply(state: PoolView, { supplies }: AccountView): Money {
  const own = supplies.find(({ desk }) => state.desks[desk]!.asset === null);
  return own === undefined ? ZERO_MONEY : moneyOfSettlement(supplyAmount(state, own));
}

/**
 * What the account holds of each asset and has lent of it, together: both fall with one price,
 * and together they are as large a holding to sell.
 */
export function holdingsWithSupplies(
  state: PoolView,
  { collaterals, supplies }: AccountView,
): readonly { readonly asset: number; readonly amount: Amount }[] {
  const amounts = new Map(collaterals.map(({ asset, amount }) => [asset, amount]));
  for (const supply of supplies) {
    const { asset } = state.desks[supply.desk]!;
    if (asset === null) continue;
    amounts.set(asset, add(amounts.get(asset) ?? ZERO_AMOUNT, supplyAmount(state, supply)));
  }
  return [...amounts]
    .map(([asset, amount]) => ({ asset, amount }))
    .sort((a, b) => a.asset - b.asset);
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
  account.positions.length > 0 || isNegative(account.balance) || account.debts.length > 0;

/** The mark is live, and not that of a contract which has expired but is not yet settled. */
export function isValued(state: PoolView, market: MarketView): boolean {
  const { expiryMs } = market.parameters;
  const expired = expiryMs !== null && state.timeMs >= expiryMs;
  return market.mode === 'live' && (!expired || market.settlementPrice !== null);
}

/** Every price that the account's margin depends on is valid for liquidation. */
export function pricesValid(state: PoolView, account: AccountView): boolean {
  return (
    account.positions.every(({ market }) => isValued(state, state.markets[market]!)) &&
    account.collaterals.every(({ asset }) => state.indexes[state.assets[asset]!.index]!.live) &&
    account.debts.every(({ desk }) => deskPriceLive(state, state.desks[desk]!)) &&
    account.supplies.every(({ desk }) => deskPriceLive(state, state.desks[desk]!))
  );
}
