/** Takes the picture of one account, and of what decisions on it rest on, out of a pool. @module */
import type { AccountView, LiquidationView, PoolView } from '../engine/index.ts';
import { assert } from '../units/index.ts';
import type { OwnEvent } from './own-event.ts';
import type { LiquidationPicture, Moment, Terms } from './receipt-facts.ts';

/** Dense numbers of what an account has to do with; they only grow while it is watched. */
export type Involved = {
  readonly markets: Set<number>;
  readonly assets: Set<number>;
};

export const nothingInvolved = (): Involved => ({ markets: new Set(), assets: new Set() });

/** Adds what the account holds now. */
export function involve(involved: Involved, account: AccountView): void {
  for (const { market } of account.positions) involved.markets.add(market);
  for (const { asset } of account.collaterals) involved.assets.add(asset);
}

/** Adds the asset that an event brings to the account. */
export function involveAssets(involved: Involved, state: PoolView, event: OwnEvent): void {
  if (event.type !== 'Deposited' && event.type !== 'CollateralTransferred') return;
  // The settlement asset has no number: it is the balance.
  const number = state.numbers.assets.get(event.asset);
  if (number !== undefined) involved.assets.add(number);
}

const ascending = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b);

/** Indexes that the markets and assets follow. */
function indexesOf(state: PoolView, { markets, assets }: Involved): number[] {
  const ofMarkets = [...markets].map((market) => state.markets[market]!.index);
  const ofAssets = [...assets].map((asset) => state.assets[asset]!.index);
  return ascending(new Set([...ofMarkets, ...ofAssets]));
}

export function capturedTerms(state: PoolView, involved: Involved): Terms {
  const { parameters: pool, closeOuts, routing } = state;
  assert(pool !== null, 'RECEIPT', 'a liquidation in a pool that was not configured');
  return {
    pool,
    closeOuts,
    routing,
    indexes: indexesOf(state, involved).map((index) => state.indexes[index]!.parameters),
    assets: ascending(involved.assets).map((asset) => state.assets[asset]!.parameters),
    markets: ascending(involved.markets).map((market) => {
      const { parameters, liquidity, breakers } = state.markets[market]!;
      return { parameters, liquidity, breakers };
    }),
  };
}

/** The picture holds copies: the pool moves on. */
export function capturedMoment(state: PoolView, account: AccountView, involved: Involved): Moment {
  const running = account.liquidation === null ? null : state.liquidations.get(account.liquidation);
  const { gates, insuranceFund, timeMs } = state;
  const marketId = (market: number) => state.markets[market]!.parameters.market;
  return {
    timeMs,
    balance: account.balance,
    collaterals: account.collaterals.map(({ asset, amount }) => {
      return { asset: state.assets[asset]!.parameters.asset, amount };
    }),
    positions: account.positions.map(({ market, ...position }) => {
      return { ...position, market: marketId(market) };
    }),
    liquidation: running === undefined || running === null ? null : picture(state, running),
    indexes: indexesOf(state, involved).map((number) => {
      const { parameters, price, live, reports } = state.indexes[number]!;
      return { index: parameters.index, price, live, reports: reportsOf(parameters, reports) };
    }),
    markets: ascending(involved.markets).map((market) => marketPicture(state, market)),
    gates: [...gates],
    insuranceFund,
    collateralBuyer: buyer(state, account),
  };
}

/** The list of reports may be shorter than the sources: those never reported are missing. */
function reportsOf<R>(
  { sources }: { readonly sources: readonly unknown[] },
  reports: readonly (R | null | undefined)[],
): (R | null)[] {
  return sources.map((_, at) => reports[at] ?? null);
}

function marketPicture(state: PoolView, number: number): Moment['markets'][number] {
  const market = state.markets[number]!;
  const { parameters, depth } = market;
  return {
    market: parameters.market,
    mark: market.mark,
    mode: market.mode,
    book: market.book,
    outside: reportsOf({ sources: parameters.outsideSources }, market.outside),
    fundingIndex: market.fundingIndex,
    longSize: market.longSize,
    settlementPrice: market.settlementPrice,
    depth: depth && { ...depth, bids: [...depth.bids], asks: [...depth.asks] },
    depthAverage: market.depthAverage,
    variance: market.variance,
    alarms: market.alarms.map((alarm) => ({ ...alarm })),
    gates: [...market.gates],
    window: market.window.map((part) => ({ ...part })),
    openOrdersSize: market.openOrdersSize,
  };
}

function picture(state: PoolView, liquidation: LiquidationView): LiquidationPicture {
  const { order, liquidation: _, account: __, turn: ___, ...all } = liquidation;
  const { finder: _finder, priority: _priority, ...rest } = all;
  const market = order && state.markets[order.market]!.parameters.market;
  const ordered = rest.ordered.map((number) => state.markets[number]!.parameters.market);
  const tried = [...rest.tried];
  return { ...rest, ordered, tried, order: order && { ...order, market: market! } };
}

/** Asked for only where there is collateral to sell: others' balances are their own business. */
function buyer(state: PoolView, account: AccountView): Moment['collateralBuyer'] {
  const name = state.parameters?.collateralBuyer ?? null;
  if (name === null || account.collaterals.length === 0) return null;
  const number = state.numbers.accounts.get(name);
  if (number === undefined) return null;
  const { balance, liquidation } = state.accounts[number]!;
  return { account: name, balance, inLiquidation: liquidation !== null };
}
