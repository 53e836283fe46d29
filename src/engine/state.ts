/**
 * The pool in memory: what is encoded (see `schema/state.ts`) plus lookups that can always be
 * rebuilt from it, and notes on what changed that may always be forgotten. `decide` reads it,
 * `evolve` alone changes it.
 * @module
 */
import {
  type AccountId,
  type AssetId,
  assert,
  cmpId,
  type EngineTimeMs,
  engineTimeMs,
  type IndexId,
  type MarketId,
  ZERO_MONEY,
} from '../units/index.ts';
import type {
  AccountShape,
  AssetShape,
  AuctionParameters,
  AuctionShape,
  CloseOutParameters,
  DeleveragingParameters,
  DeskShape,
  DeskShares,
  DirectParameters,
  FinderParameters,
  IndexShape,
  Infer,
  LinkShape,
  LinksShape,
  LiquidationShape,
  LossSharingParameters,
  MarketShape,
  PoolParameters,
  PoolShape,
  PositionShape,
  RoutingParameters,
  SourceShape,
  TrancheShape,
  VaultShape,
  WaterfallShape,
} from './schema/index.ts';

/** The encoded shapes are readonly to everyone but `evolve`. */
type Mutable<T> = T extends bigint | number | string | boolean | null
  ? T
  : T extends readonly (infer E)[]
    ? Mutable<E>[]
    : { -readonly [K in keyof T]: Mutable<T[K]> };

type ReadonlyDeep<T> = T extends bigint | number | string | boolean | null
  ? T
  : T extends ReadonlyMap<infer K, infer V>
    ? ReadonlyMap<K, ReadonlyDeep<V>>
    : T extends readonly (infer E)[]
      ? readonly ReadonlyDeep<E>[]
      : { readonly [K in keyof T]: ReadonlyDeep<T[K]> };

/** Parameters are replaced as a whole, never edited. */
type WithParameters<S, K extends keyof S> = Mutable<Omit<S, K>> & { -readonly [P in K]: S[P] };

export type PositionState = Mutable<Infer<typeof PositionShape>>;
export type AccountState = Mutable<AccountShape>;
export type IndexState = WithParameters<Infer<typeof IndexShape>, 'parameters'>;
export type AssetState = WithParameters<Infer<typeof AssetShape>, 'parameters'>;
export type DeskState = WithParameters<Infer<typeof DeskShape>, 'parameters'>;
export type DeskSharesState = Mutable<Infer<typeof DeskShares>>;
export type MarketState = WithParameters<
  Infer<typeof MarketShape>,
  'parameters' | 'liquidity' | 'breakers' | 'priceGuards' | 'amm'
>;
export type VaultState = WithParameters<Infer<typeof VaultShape>, 'parameters'>;
export type TrancheState = Mutable<Infer<typeof TrancheShape>>;
export type WaterfallState = WithParameters<Infer<typeof WaterfallShape>, 'parameters'>;
export type LinkState = Mutable<Infer<typeof LinkShape>>;
export type AuctionState = WithParameters<Infer<typeof AuctionShape>, 'parameters'>;
export type LiquidationState = Mutable<Omit<Infer<typeof LiquidationShape>, 'auction'>> & {
  auction: AuctionState | null;
};
export type SourceState = Mutable<Infer<typeof SourceShape>>;

/** What changed since the derived structures (triggers, work queue) last caught up. */
export type ChangeLog = {
  accounts: number[];
  /** Markets whose mark moved or changed mode. */
  marks: number[];
  /** Indexes whose price moved or went live or stale. */
  indexes: number[];
  /** Markets where every position must be looked at again: funding, parameters. */
  markets: number[];
  /** Markets whose open interest took on a loss. */
  losses: number[];
  /** Assets whose weight changed for every holder. */
  assets: number[];
  /** Desks whose weights changed for everyone who owes or lends there. */
  desks: number[];
  /** Desks whose interest was accrued: what a share there is worth has moved. */
  interest: number[];
  liquidations: number[];
  /** A desk has more cash: it can pay out those who wait for it. */
  deskCash: boolean;
  /** The insurance fund grew. */
  fund: boolean;
  time: boolean;
};

export type PoolState = Omit<
  Mutable<Infer<typeof PoolShape>>,
  | 'parameters'
  | 'closeOuts'
  | 'routing'
  | 'direct'
  | 'finders'
  | 'vault'
  | 'waterfall'
  | 'links'
  | 'lossSharing'
  | 'deleveraging'
  | 'auctions'
  | 'indexes'
  | 'assets'
  | 'desks'
  | 'markets'
  | 'accountCount'
  | 'liquidations'
  | 'notices'
  | 'sources'
> & {
  parameters: PoolParameters | null;
  closeOuts: CloseOutParameters | null;
  routing: RoutingParameters | null;
  direct: DirectParameters | null;
  finders: FinderParameters | null;
  vault: VaultState | null;
  waterfall: WaterfallState | null;
  links: Mutable<Infer<typeof LinksShape>> | null;
  lossSharing: LossSharingParameters | null;
  deleveraging: DeleveragingParameters | null;
  auctions: AuctionParameters | null;
  indexes: IndexState[];
  assets: AssetState[];
  desks: DeskState[];
  /** Changed by `marketToChange` alone, so that whoever sums them up knows which have changed. */
  readonly markets: readonly MarketView[];
  accounts: AccountState[];
  /** Ascending by number: numbers only grow and are never inserted again. */
  liquidations: Map<number, LiquidationState>;
  /** Noticed accounts to the time when the engine starts by itself. */
  notices: Map<number, EngineTimeMs>;
  sources: Map<string, SourceState>;
  /** Outside ids to dense numbers. */
  numbers: {
    accounts: Map<AccountId, number>;
    assets: Map<AssetId, number>;
    desks: Map<AssetId, number>;
    indexes: Map<IndexId, number>;
    markets: Map<MarketId, number>;
  };
  /** Open close-out orders to the liquidation each belongs to. */
  orders: Map<number, number>;
  /** Running auctions to the liquidation each belongs to. */
  runningAuctions: Map<number, number>;
  /**
   * When every price was judged, so that judging again at that time would change none; null where
   * that is not known. What a judgement comes to does not depend on it, only what it costs.
   */
  pricesJudgedMs: EngineTimeMs | null;
  changes: ChangeLog;
  /** Markets that the record being applied changes. */
  touchedMarkets: number[];
};

/** The state as everyone but `evolve` sees it. */
export type PoolView = ReadonlyDeep<PoolState>;
export type AccountView = ReadonlyDeep<AccountState>;
export type DeskView = ReadonlyDeep<DeskState>;
export type MarketView = ReadonlyDeep<MarketState>;
export type AuctionView = ReadonlyDeep<AuctionState>;
export type LiquidationView = ReadonlyDeep<LiquidationState>;
export type VaultView = ReadonlyDeep<VaultState>;
export type TrancheView = ReadonlyDeep<TrancheState>;
export type LinkView = ReadonlyDeep<LinkState>;
export type WaterfallView = ReadonlyDeep<WaterfallState>;
export type PositionView = ReadonlyDeep<PositionState>;

export const noChanges = (): ChangeLog => ({
  accounts: [],
  marks: [],
  indexes: [],
  markets: [],
  losses: [],
  assets: [],
  desks: [],
  interest: [],
  liquidations: [],
  deskCash: false,
  fund: false,
  time: false,
});

/** Drops the change log of a state whose derived structures will be built anew. */
export function forgetChanges(state: PoolState): void {
  state.changes = noChanges();
}

export function emptyPool(): PoolState {
  return {
    timeMs: engineTimeMs(0),
    parameters: null,
    closeOuts: null,
    routing: null,
    direct: null,
    finders: null,
    vault: null,
    waterfall: null,
    links: null,
    lossSharing: null,
    deleveraging: null,
    auctions: null,
    gates: [],
    indexes: [],
    assets: [],
    desks: [],
    markets: [],
    nextLiquidation: 1,
    nextOrder: 1,
    nextAuction: 1,
    turn: 0,
    insuranceFund: ZERO_MONEY,
    fees: ZERO_MONEY,
    burned: ZERO_MONEY,
    unallocatedLoss: ZERO_MONEY,
    deposited: ZERO_MONEY,
    withdrawn: ZERO_MONEY,
    balanceTotal: ZERO_MONEY,
    entryValueTotal: ZERO_MONEY,
    accounts: [],
    liquidations: new Map(),
    notices: new Map(),
    sources: new Map(),
    numbers: {
      accounts: new Map(),
      assets: new Map(),
      desks: new Map(),
      indexes: new Map(),
      markets: new Map(),
    },
    orders: new Map(),
    runningAuctions: new Map(),
    pricesJudgedMs: null,
    changes: noChanges(),
    touchedMarkets: [],
  };
}

export function addMarket(state: PoolState, market: MarketState): void {
  state.numbers.markets.set(market.parameters.market, state.markets.length);
  (state.markets as MarketState[]).push(market);
}

/**
 * A market to write to. `applyRecord` looks at what its figures come to and empties the list;
 * whoever writes without a record does.
 */
export function marketToChange(state: PoolState, number: number): MarketState {
  state.touchedMarkets.push(number);
  return state.markets[number] as MarketState;
}

/** The pool's parameters; only commands that passed the POOL_NOT_CONFIGURED gate ask for them. */
export function poolParameters(state: PoolView): PoolParameters {
  assert(state.parameters !== null, 'POOL_PARAMETERS', 'the pool was not configured');
  return state.parameters;
}

export function accountNumber(state: PoolView, id: AccountId): number {
  const number = state.numbers.accounts.get(id);
  if (number === undefined) assert(false, 'ACCOUNT_NUMBER', `no account ${id}`);
  return number;
}

export function marketNumber(state: PoolView, id: MarketId): number {
  const number = state.numbers.markets.get(id);
  if (number === undefined) assert(false, 'MARKET_NUMBER', `no market ${id}`);
  return number;
}

export const positionIn = (account: AccountView, market: number): PositionView | undefined =>
  account.positions.find((position) => position.market === market);

/** Account numbers in the order of their ids: the order in which ties are broken. */
export const byAccountId =
  (state: PoolView) =>
  (a: number, b: number): -1 | 0 | 1 =>
    cmpId(state.accounts[a]!.id, state.accounts[b]!.id);
