/**
 * The pool as the naive model keeps it: plain lists, ids instead of numbers, no totals that can
 * be recomputed. Whoever asks for a total scans everything.
 * @module
 */
import type {
  AssetParameters,
  BreakerParameters,
  CloseOutParameters,
  Command,
  DeleveragingParameters,
  DepthLevel,
  Event,
  IndexParameters,
  LendingParameters,
  LiquidityParameters,
  MarketParameters,
  PoolParameters,
  PriceGuardParameters,
  RejectionCode,
  WaterfallParameters,
} from '../../src/engine/schema/index.ts';
import { floorDiv, magnitude, ONE, total } from './integers.ts';

/** A type without brands: literals stay, quantities are bigint, ids string, times number. */
export type Plain<T> = T extends bigint
  ? bigint
  : T extends number
    ? number
    : T extends string
      ? IsLiteral<T> extends true
        ? T
        : string
      : T extends boolean | null
        ? T
        : T extends readonly (infer E)[]
          ? readonly Plain<E>[]
          : { readonly [K in keyof T]: Plain<T[K]> };

type IsLiteral<T extends string> = Record<never, never> extends Record<T, 1> ? false : true;

export type ModelCommand = Plain<Command>;
export type ModelCommandOf<T extends Command['type']> = Extract<ModelCommand, { type: T }>;
export type ModelEvent = Plain<Event>;
export type ModelEventOf<T extends Event['type']> = Extract<ModelEvent, { type: T }>;
export type Pool = Plain<PoolParameters>;
export type Market = Plain<MarketParameters>;
export type CloseOuts = Plain<CloseOutParameters>;
export type Liquidity = Plain<LiquidityParameters>;
export type Breakers = Plain<BreakerParameters>;
export type Guards = Plain<PriceGuardParameters>;
export type Lending = Plain<LendingParameters>;
export type Loadings = Plain<DeleveragingParameters>;
export type Layers = Plain<WaterfallParameters>;
export type Level = Plain<DepthLevel>;
export type Gate = ModelCommandOf<'SetGate'>['gate'];
export type Reason = ModelEventOf<'BreakerTripped'>['reason'];

/** What a command leads to: events, or the code of its refusal. */
export type Answer = readonly ModelEvent[] | RejectionCode;

export type Average = {
  readonly value: bigint;
  readonly weightMs: bigint;
  readonly timeMs: number;
};
type Report = {
  readonly price: bigint;
  readonly timeMs: number;
  readonly confidence: bigint | null;
};
export type Book = {
  readonly bid: bigint;
  readonly ask: bigint;
  readonly last: bigint;
  readonly timeMs: number;
};

export type Depth = {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  readonly timeMs: number;
};
/** Closed by hand; open again once the pool's time reaches `untilMs`. */
export type ClosedGate = { readonly gate: Gate; readonly untilMs: number | null };
export type Alarm = { reason: Reason; trippedAtMs: number; released: boolean };

/** What passed within a rolling window, by part of it, ascending. */
export type Window = { fromMs: number; notional: bigint }[];

export type IndexLedger = {
  parameters: Plain<IndexParameters>;
  /** Latest report per source, by name. */
  reports: { source: string; report: Report }[];
  price: bigint | null;
  live: boolean;
};
export type AssetLedger = {
  parameters: Plain<AssetParameters>;
  deposited: bigint;
  withdrawn: bigint;
};
/** Lends what was lent to it. */
export type Desk = {
  parameters: Lending;
  cash: bigint;
  /** Worth of a share of a debt, and of a claim. */
  debtIndex: bigint;
  supplyIndex: bigint;
  accruedMs: number;
};
export type MarketLedger = {
  parameters: Market;
  book: Book | null;
  outside: { source: string; price: bigint; timeMs: number }[];
  basisAverage: Average | null;
  bookAverage: Average | null;
  mark: bigint | null;
  mode: 'live' | 'frozen';
  priceGuards: Guards | null;
  /** Slow average of the mark. */
  stablePrice: Average | null;
  /** When a guarded mark was last decided live. */
  markDecidedMs: number | null;
  fundingIndex: bigint;
  /** Σ of all funding payments made, each rounded; with what was collected it tells the rest. */
  fundingPaid: bigint;
  residueCollected: bigint;
  settlementPrice: bigint | null;
  settled: boolean;
  /** Accounts already looked at by the settlement, in the order of opening. */
  settledAccounts: number;
  /** Value paid out by the settlement so far. */
  settlementPaid: bigint;
  settlementResidue: bigint;
  liquidity: Liquidity | null;
  breakers: Breakers | null;
  depth: Depth | null;
  depthAverage: Average | null;
  variance: Average | null;
  alarms: Alarm[];
  gates: ClosedGate[];
  /** Notional closed on the book, by part of the rolling window, ascending. */
  window: Window;
};
export type Position = { market: string; size: bigint; entryValue: bigint; fundingIndex: bigint };
export type Account = {
  id: string;
  owner: string;
  parent: string | null;
  market: string | null;
  balance: bigint;
  collaterals: { asset: string; amount: bigint }[];
  positions: Position[];
  /** Shares of what is owed to the desk of an asset, and of what was lent to it. */
  debts: { asset: string; shares: bigint }[];
  supplies: { asset: string; shares: bigint }[];
  liquidation: number | null;
};
export type OpenOrder = {
  order: number;
  market: string;
  size: bigint;
  filled: bigint;
  limitPrice: bigint;
  expiresAtMs: number;
  canceling: boolean;
};
/** Who has paid into a liquidation besides the fund; of tranches the last named paid last. */
type Cover = { buffer: bigint; tranches: { tranche: string; paid: bigint }[] };

export type Liquidation = {
  liquidation: number;
  account: string;
  order: OpenOrder | null;
  steps: number;
  attempts: number;
  takeover: boolean;
  /** What all layers have paid for it. */
  coverPaid: bigint;
  cover: Cover;
  /** Of the largest position when it started: the fund's cap for that market counts. */
  lossMarket: string | null;
  notBeforeMs: number;
  startedMs: number;
  /** When orders were placed last, and in which markets at that time. */
  orderedMs: number;
  ordered: string[];
  turn: number;
  marginRatio: bigint | null;
  /** Of the order that was planned last. */
  penaltyFraction: bigint;
  orderStyle: CloseOuts['orderStyle'];
};

export type Tranche = {
  tranche: string;
  capital: bigint;
  /** In the order in which the accounts were opened. */
  providers: {
    account: string;
    shares: bigint;
    exiting: bigint;
    exitMs: number;
    untilMs: number;
  }[];
  premiumMs: number;
};

/** What stands before and behind the insurance fund. */
export type Waterfall = {
  parameters: Layers;
  buffer: bigint;
  /** What the fund paid lately, and of it for liquidations of each market. */
  window: Window;
  marketWindows: { market: string; window: Window }[];
  tranches: Tranche[];
};

export type Ledger = {
  time: number;
  pool: Pool | null;
  closeOuts: CloseOuts | null;
  waterfall: Waterfall | null;
  /** Null: every market stands alone. */
  deleveraging: Loadings | null;
  gates: ClosedGate[];
  indexes: IndexLedger[];
  assets: AssetLedger[];
  desks: Desk[];
  markets: MarketLedger[];
  accounts: Account[];
  liquidations: Liquidation[];
  sources: { source: string; accepted: number[] }[];
  nextLiquidation: number;
  nextOrder: number;
  /** Round of the queue that liquidations are being tried in. */
  turn: number;
  insuranceFund: bigint;
  fees: bigint;
  burned: bigint;
  unallocatedLoss: bigint;
  deposited: bigint;
  withdrawn: bigint;
};

export const emptyLedger = (): Ledger => ({
  time: 0,
  pool: null,
  closeOuts: null,
  waterfall: null,
  deleveraging: null,
  gates: [],
  indexes: [],
  assets: [],
  desks: [],
  markets: [],
  accounts: [],
  liquidations: [],
  sources: [],
  nextLiquidation: 1,
  nextOrder: 1,
  turn: 0,
  insuranceFund: 0n,
  fees: 0n,
  burned: 0n,
  unallocatedLoss: 0n,
  deposited: 0n,
  withdrawn: 0n,
});

export const findIndex = (ledger: Ledger, id: string): IndexLedger | undefined =>
  ledger.indexes.find(({ parameters }) => parameters.index === id);
export const findAsset = (ledger: Ledger, id: string): AssetLedger | undefined =>
  ledger.assets.find(({ parameters }) => parameters.asset === id);
export const findDesk = (ledger: Ledger, id: string): Desk | undefined =>
  ledger.desks.find(({ parameters }) => parameters.asset === id);
export const findMarket = (ledger: Ledger, id: string): MarketLedger | undefined =>
  ledger.markets.find(({ parameters }) => parameters.market === id);
export const findAccount = (ledger: Ledger, id: string): Account | undefined =>
  ledger.accounts.find((account) => account.id === id);
export const positionOf = (account: Account, market: string): Position | undefined =>
  account.positions.find((position) => position.market === market);
export const amountOf = (account: Account, asset: string): bigint =>
  account.collaterals.find((holding) => holding.asset === asset)?.amount ?? 0n;

/** Replaces a holding, kept in the order in which the assets were configured. */
export function setAmount(ledger: Ledger, account: Account, asset: string, amount: bigint): void {
  account.collaterals = ledger.assets.flatMap(({ parameters }) => {
    const held = parameters.asset === asset ? amount : amountOf(account, parameters.asset);
    return held === 0n ? [] : [{ asset: parameters.asset, amount: held }];
  });
}

export const longSize = (ledger: Ledger, market: string): bigint =>
  total(ledger.accounts.map((account) => sizeOn(account, market, 1n)));
export const shortSize = (ledger: Ledger, market: string): bigint =>
  total(ledger.accounts.map((account) => sizeOn(account, market, -1n)));

function sizeOn(account: Account, market: string, side: bigint): bigint {
  const size = positionOf(account, market)?.size ?? 0n;
  return size * side > 0n ? magnitude(size) : 0n;
}

export const assetHeld = (ledger: Ledger, asset: string): bigint =>
  total(ledger.accounts.map((account) => amountOf(account, asset)));

/** Unfilled contracts of all open close-out orders in a market. */
export const openOrdersSize = (ledger: Ledger, market: string): bigint =>
  total(
    ledger.liquidations.map(({ order }) =>
      order?.market === market ? magnitude(order.size - order.filled) : 0n,
    ),
  );

/** Funding that positions have earned since they were last settled, in units of 1e-36. */
export function fundingUnsettled(
  ledger: Ledger,
  { parameters, fundingIndex }: MarketLedger,
): bigint {
  return total(
    ledger.accounts.map((account) => {
      const position = positionOf(account, parameters.market);
      return position === undefined ? 0n : -position.size * (fundingIndex - position.fundingIndex);
    }),
  );
}

/**
 * What rounding has kept back from funding payments, in units of 1e-36. Longs owe exactly what
 * shorts are due, so whatever was not paid and is not still owed was lost to rounding.
 */
export function fundingResidue(ledger: Ledger, market: MarketLedger): bigint {
  const paid = market.fundingPaid + market.residueCollected;
  return -fundingUnsettled(ledger, market) - paid * ONE;
}

/** Money in the pool minus money that came in, in units of 1e-36: zero, always. */
export function imbalance(ledger: Ledger): bigint {
  let money = ledger.insuranceFund + ledger.fees + ledger.burned - ledger.unallocatedLoss;
  money -= ledger.deposited - ledger.withdrawn;
  if (ledger.waterfall !== null) {
    const { buffer, tranches } = ledger.waterfall;
    money += buffer + total(tranches.map(({ capital }) => capital));
  }
  for (const { parameters, cash } of ledger.desks) {
    if (parameters.asset === ledger.pool!.settlementAsset) money += cash;
  }
  for (const account of ledger.accounts) {
    money += account.balance;
    for (const { entryValue } of account.positions) money -= entryValue;
  }
  let exact = 0n;
  for (const market of ledger.markets) {
    money -= market.settlementPaid + market.settlementResidue;
    exact += fundingUnsettled(ledger, market) + fundingResidue(ledger, market);
  }
  return money * ONE + exact;
}

/** Whole units in an amount of 1e-36 units, rounded down. */
export const wholeUnits = (exact: bigint): bigint => floorDiv(exact, ONE);
