/** Takes the picture of one account, and of what decisions on it rest on, out of a pool. @module */
import type { AccountView, LiquidationView, PoolView } from '../engine/index.ts';
import { assert, isZero } from '../units/index.ts';
import type { OwnEvent } from './own-event.ts';
import type { LiquidationPicture, Moment, Terms } from './receipt-facts.ts';

/** Dense numbers of what an account has to do with; they only grow while it is watched. */
export type Involved = {
  readonly markets: Set<number>;
  readonly assets: Set<number>;
  readonly desks: Set<number>;
};

export const nothingInvolved = (): Involved => ({
  markets: new Set(),
  assets: new Set(),
  desks: new Set(),
});

/** Adds what the account holds, owes and has lent now. */
export function involve(involved: Involved, state: PoolView, account: AccountView): void {
  for (const { market } of account.positions) involved.markets.add(market);
  for (const { asset } of account.collaterals) involved.assets.add(asset);
  for (const { desk } of [...account.debts, ...account.supplies]) {
    involved.desks.add(desk);
    const { asset } = state.desks[desk]!;
    if (asset !== null) involved.assets.add(asset);
  }
  involveDesksOfAssets(involved, state);
}

/** What is lent of an asset counts for less where new risk is taken on. */
function involveDesksOfAssets({ assets, desks }: Involved, state: PoolView): void {
  for (const [number, { asset }] of state.desks.entries()) {
    if (asset !== null && assets.has(asset)) desks.add(number);
  }
}

const BRINGS_ASSETS: ReadonlySet<OwnEvent['type']> = new Set([
  'Deposited',
  'CollateralTransferred',
  'ReserveCollected',
  'TransferReceived',
  'TransferReturned',
]);

/** Adds the asset that an event brings to the account. */
export function involveAssets(involved: Involved, state: PoolView, event: OwnEvent): void {
  if (!BRINGS_ASSETS.has(event.type) || !('asset' in event) || event.asset === null) return;
  // The settlement asset has no number: it is the balance.
  const number = state.numbers.assets.get(event.asset);
  if (number !== undefined) involved.assets.add(number);
  const desk = state.numbers.desks.get(event.asset);
  if (desk !== undefined) involved.desks.add(desk);
}

const ascending = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b);

/** Indexes that the markets and assets follow. */
function indexesOf(state: PoolView, { markets, assets }: Involved): number[] {
  const ofMarkets = [...markets].map((market) => state.markets[market]!.index);
  const ofAssets = [...assets].map((asset) => state.assets[asset]!.index);
  return ascending(new Set([...ofMarkets, ...ofAssets]));
}

export function capturedTerms(state: PoolView, involved: Involved): Terms {
  const { parameters: pool, closeOuts, routing, direct, finders, auctions } = state;
  assert(pool !== null, 'RECEIPT', 'a liquidation in a pool that was not configured');
  return {
    pool,
    closeOuts,
    routing,
    direct,
    finders,
    vault: state.vault?.parameters ?? null,
    waterfall: state.waterfall?.parameters ?? null,
    lossSharing: state.lossSharing,
    deleveraging: state.deleveraging,
    auctions,
    indexes: indexesOf(state, involved).map((index) => state.indexes[index]!.parameters),
    assets: ascending(involved.assets).map((asset) => state.assets[asset]!.parameters),
    desks: ascending(involved.desks).map((desk) => state.desks[desk]!.parameters),
    markets: ascending(involved.markets).map((market) => {
      const { parameters, liquidity, breakers, priceGuards, amm } = state.markets[market]!;
      return { parameters, liquidity, breakers, priceGuards, amm };
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
    debts: account.debts.map((debt) => deskShares(state, debt)),
    supplies: account.supplies.map((supply) => deskShares(state, supply)),
    riskRaisedMs: account.riskRaisedMs,
    noticedUntilMs: state.notices.get(state.numbers.accounts.get(account.id)!) ?? null,
    liquidation: running === undefined || running === null ? null : picture(state, running),
    indexes: indexesOf(state, involved).map((number) => {
      const { parameters, price, live, reports } = state.indexes[number]!;
      return { index: parameters.index, price, live, reports: reportsOf(parameters, reports) };
    }),
    markets: ascending(involved.markets).map((market) => marketPicture(state, market)),
    desks: ascending(involved.desks).map((desk) => deskPicture(state, desk)),
    gates: [...gates],
    insuranceFund,
    waterfall: waterfallPicture(state, involved),
    collateralBuyer: buyer(state, account),
  };
}

/** Of the windows of markets only those that the account has to do with. */
function waterfallPicture(state: PoolView, { markets }: Involved): Moment['waterfall'] {
  const { waterfall } = state;
  if (waterfall === null) return null;
  const { buffer, window, marketWindows, tranches } = waterfall;
  return {
    buffer,
    window: [...window],
    marketWindows: marketWindows
      .filter((own) => markets.has(own.market))
      .map((own) => ({ ...own, market: state.markets[own.market]!.parameters.market })),
    tranches: tranches.map(({ tranche, capital, sharesTotal }) => {
      return { tranche, capital, owned: !isZero(sharesTotal) };
    }),
  };
}

const deskShares = (state: PoolView, { desk, shares }: AccountView['debts'][number]) => {
  return { asset: state.desks[desk]!.parameters.asset, shares };
};

function deskPicture(state: PoolView, number: number): Moment['desks'][number] {
  const { parameters, asset: _, ...desk } = state.desks[number]!;
  return { ...desk, asset: parameters.asset };
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
    lossIndex: market.lossIndex,
    longSize: market.longSize,
    settlementPrice: market.settlementPrice,
    depth: depth && { ...depth, bids: [...depth.bids], asks: [...depth.asks] },
    depthAverage: market.depthAverage,
    variance: market.variance,
    alarms: market.alarms.map((alarm) => ({ ...alarm })),
    gates: [...market.gates],
    window: market.window.map((part) => ({ ...part })),
    openOrdersSize: market.openOrdersSize,
    guarded: market.priceGuards && {
      stablePrice: market.stablePrice,
      decidedMs: market.markDecidedMs,
      basisAverage: market.basisAverage,
      bookAverage: market.bookAverage,
    },
  };
}

function picture(state: PoolView, liquidation: LiquidationView): LiquidationPicture {
  const { order, liquidation: _, account: __, turn: ___, ...rest } = liquidation;
  const market = order && state.markets[order.market]!.parameters.market;
  const ordered = rest.ordered.map((number) => state.markets[number]!.parameters.market);
  const tried = [...rest.tried];
  const idOf = (account: number) => state.accounts[account]!.id;
  const { lossMarket } = rest;
  return {
    ...rest,
    lossMarket: lossMarket === null ? null : state.markets[lossMarket]!.parameters.market,
    cover: { ...rest.cover, tranches: rest.cover.tranches.map((own) => ({ ...own })) },
    ordered,
    tried,
    order: order && { ...order, market: market! },
    finder: rest.finder && { ...rest.finder, account: idOf(rest.finder.account) },
    priority: rest.priority && priorityPicture(rest.priority, idOf),
    auction: auctionPicture(state, rest.auction),
  };
}

/** Who has bid how much is told by events, and by the award. */
function priorityPicture(
  { awarded, untilMs, winner }: NonNullable<LiquidationView['priority']>,
  idOf: (account: number) => AccountView['id'],
): LiquidationPicture['priority'] {
  return { awarded, untilMs, winner: winner === null ? null : idOf(winner) };
}

function auctionPicture(
  state: PoolView,
  auction: LiquidationView['auction'],
): LiquidationPicture['auction'] {
  if (auction === null) return null;
  const { market, asset } = auction;
  return {
    ...auction,
    market: market === null ? null : state.markets[market]!.parameters.market,
    asset: asset === null ? null : state.assets[asset]!.parameters.asset,
  };
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
