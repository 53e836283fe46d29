/**
 * What a receipt takes from the journal as it was: pictures of the pool before each record that
 * concerned the account, and those records' events. Everything else in a receipt is worked out
 * from these facts, by whoever makes it and by whoever checks it.
 * @module
 */
import {
  AmmParameters,
  AssetParameters,
  AuctionParameters,
  AverageShape,
  BreakerParameters,
  ClosedGate,
  CloseOutParameters,
  CoverShape,
  DeleveragingParameters,
  DepthAverage,
  DepthLevel,
  DirectParameters,
  FinderParameters,
  flag,
  IndexParameters,
  type Infer,
  id,
  LendingParameters,
  LiquidityParameters,
  LossSharingParameters,
  list,
  MarketParameters,
  nullable,
  oneOf,
  PoolParameters,
  PositionChange,
  PriceGuardParameters,
  RollingWindow,
  RoutingParameters,
  record,
  text,
  VarianceAverage,
  VaultParameters,
  WaterfallParameters,
  wad,
  whole,
} from '../engine/index.ts';
import type {
  AccountId,
  Amount,
  AssetId,
  EngineTimeMs,
  FundingIndex,
  IndexId,
  MarketId,
  Money,
  Price,
  Ratio,
  Shares,
  Size,
} from '../units/index.ts';
import { OwnEvent } from './own-event.ts';

/** Of the layout of a receipt. */
export const RECEIPT_VERSION = 1;

const money = wad<Money>();
const price = wad<Price>();
const size = wad<Size>();
const ratio = wad<Ratio>();
const amount = wad<Amount>();
const shares = wad<Shares>();
const fundingIndex = wad<FundingIndex>();
const account = id<AccountId>();
const market = id<MarketId>();
const asset = id<AssetId>();
const index = id<IndexId>();
const name = id<string>();
const time = whole<EngineTimeMs>();
const count = whole<number>();

/** Parameters in force: of the pool, and of what the account has to do with, as configured. */
export const Terms = record({
  pool: PoolParameters,
  /** Null: the defaults of docs/spec/close-outs.md. */
  closeOuts: nullable(CloseOutParameters),
  /** Null: the book alone. */
  routing: nullable(RoutingParameters),
  /** Null: nobody may take anything over. */
  direct: nullable(DirectParameters),
  /** Null: the engine finds every account itself. */
  finders: nullable(FinderParameters),
  /** Null: there is no backstop. */
  vault: nullable(VaultParameters),
  waterfall: nullable(WaterfallParameters),
  /** Null: profits bear what no layer does. */
  lossSharing: nullable(LossSharingParameters),
  /** Null: every market stands alone. */
  deleveraging: nullable(DeleveragingParameters),
  /** Null: none can be held. */
  auctions: nullable(AuctionParameters),
  indexes: list(IndexParameters),
  assets: list(AssetParameters),
  /** Of the desks that lend what the account holds, owes or has lent. */
  desks: list(LendingParameters),
  markets: list(
    record({
      parameters: MarketParameters,
      liquidity: nullable(LiquidityParameters),
      breakers: nullable(BreakerParameters),
      /** Null: its prices are taken for what they are. */
      priceGuards: nullable(PriceGuardParameters),
      /** Of the protocol's own market maker; null: there is none. */
      amm: nullable(AmmParameters),
    }),
  ),
});
export type Terms = Infer<typeof Terms>;

const IndexPicture = record({
  index,
  /** Last price that enough live sources agreed on. */
  price: nullable(price),
  live: flag,
  /** Latest report per source, in the order of the terms. */
  reports: list(nullable(record({ price, timeMs: time, confidence: nullable(ratio) }))),
});

const MarketPicture = record({
  market,
  mark: nullable(price),
  mode: oneOf('live', 'frozen'),
  book: nullable(record({ bid: price, ask: price, last: price, timeMs: time })),
  /** Latest report per outside source, in the order of the terms. */
  outside: list(nullable(record({ price, timeMs: time }))),
  fundingIndex,
  /** Losses put on a unit of open interest; both sides pay them. */
  lossIndex: fundingIndex,
  /** All longs of the market. */
  longSize: size,
  settlementPrice: nullable(price),
  depth: nullable(record({ bids: list(DepthLevel), asks: list(DepthLevel), timeMs: time })),
  depthAverage: nullable(DepthAverage),
  variance: nullable(VarianceAverage),
  alarms: list(
    record({
      reason: oneOf('price-jump', 'sources-disagree', 'depth-collapsed', 'price-stale'),
      trippedAtMs: time,
      released: flag,
    }),
  ),
  gates: list(ClosedGate),
  /** Notional closed on the book, by part of the rolling window. */
  window: RollingWindow,
  /** Unfilled contracts of all open close-out orders. */
  openOrdersSize: size,
  /** What price guards go by; null without them. */
  guarded: nullable(
    record({
      /** Slow average of the mark. */
      stablePrice: nullable(AverageShape),
      /** When the mark was decided last. */
      decidedMs: nullable(time),
      /** Of the own mid less the index, and of the median of the book: views of the mark. */
      basisAverage: nullable(AverageShape),
      bookAverage: nullable(AverageShape),
    }),
  ),
});

const LiquidationPicture = record({
  order: nullable(
    record({
      order: count,
      market,
      size,
      filled: size,
      limitPrice: price,
      expiresAtMs: time,
      venue: nullable(text),
      canceling: flag,
    }),
  ),
  steps: count,
  attempts: count,
  takeover: flag,
  /** Market of its largest position when it started. */
  lossMarket: nullable(market),
  coverPaid: money,
  /** What of it was not the fund's. */
  cover: CoverShape,
  notBeforeMs: time,
  startedMs: time,
  orderedMs: time,
  /** Markets in which orders were placed at that time. */
  ordered: list(market),
  marginRatio: nullable(ratio),
  penaltyFraction: ratio,
  orderStyle: oneOf('immediate-or-cancel', 'limit'),
  route: nullable(
    record({
      place: count,
      method: oneOf('book', 'outside', 'amm', 'auction', 'direct', 'backstop'),
      venue: nullable(text),
    }),
  ),
  routeUntilMs: time,
  tried: list(count),
  /** Who found the account, and what it may still get for that. */
  finder: nullable(record({ account, due: money })),
  /** The right to be first, while it is sold or somebody has it. */
  priority: nullable(record({ awarded: flag, untilMs: time, winner: nullable(account) })),
  auction: nullable(
    record({
      auction: count,
      lot: oneOf('collateral', 'position', 'portfolio'),
      phase: oneOf('solvent', 'insolvent'),
      market: nullable(market),
      asset: nullable(asset),
      parameters: AuctionParameters,
      startedMs: time,
      resets: count,
      takes: count,
      reserved: money,
    }),
  ),
});
export type LiquidationPicture = Infer<typeof LiquidationPicture>;

/** A desk: what its debts and claims are worth, and what it could pay out. */
const DeskPicture = record({
  asset,
  debtIndex: ratio,
  supplyIndex: ratio,
  accruedMs: time,
  cash: amount,
  debtShares: shares,
  supplyShares: shares,
});

/** What the layers beside the fund have, and what the fund's caps have left. */
const WaterfallPicture = record({
  buffer: money,
  window: RollingWindow,
  marketWindows: list(record({ market, window: RollingWindow })),
  /** `owned`: somebody has a share of it. */
  tranches: list(record({ tranche: text, capital: money, owned: flag })),
});

/** The account and all that decisions about it rest on, at one place in the journal. */
export const Moment = record({
  /** Of the pool: that of the last accepted record. */
  timeMs: time,
  balance: money,
  collaterals: list(record({ asset, amount })),
  positions: list(record({ market, size, entryValue: money, fundingIndex })),
  debts: list(record({ asset, shares })),
  supplies: list(record({ asset, shares })),
  /** When its owner raised its risk last; null: never. */
  riskRaisedMs: nullable(time),
  /** Before it starts: when the engine starts it by itself; null: finders are not waited for. */
  noticedUntilMs: nullable(time),
  /** Null before it starts and after it has ended. */
  liquidation: nullable(LiquidationPicture),
  indexes: list(IndexPicture),
  markets: list(MarketPicture),
  desks: list(DeskPicture),
  /** Closed for the whole pool, by hand. */
  gates: list(ClosedGate),
  insuranceFund: money,
  waterfall: nullable(WaterfallPicture),
  /** Who could buy the account's collateral; null where it holds none or nobody is named. */
  collateralBuyer: nullable(record({ account, balance: money, inLiquidation: flag })),
});
export type Moment = Infer<typeof Moment>;

export const StepFacts = record({
  seq: count,
  timeMs: time,
  /** Who sent the command, and which it was. */
  source: name,
  command: name,
  /** Parameters that changed since the step before; null: none. */
  terms: nullable(Terms),
  before: Moment,
  /** The record's events about this liquidation or this account alone. */
  events: list(OwnEvent),
  /** What events about others as well did to this account. */
  changes: list(
    record({
      event: oneOf('PositionsDeleveraged', 'PositionsSettled'),
      market,
      change: PositionChange,
    }),
  ),
  /** Settlement asset that events about others brought to this account. */
  payments: list(record({ event: oneOf('VaultRedeemed', 'PenaltyCharged'), amount: money })),
});
export type StepFacts = Infer<typeof StepFacts>;

export const ReceiptFacts = record({
  version: count,
  /** Of the library that worked the receipt out. */
  engineVersion: text,
  /** What the journal says of its run; null where it says nothing. */
  run: nullable(
    record({
      runId: text,
      recordVersion: count,
      seed: nullable(text),
      scenario: nullable(text),
      parent: nullable(text),
    }),
  ),
  liquidation: count,
  account: record({
    account,
    owner: name,
    parent: nullable(account),
    market: nullable(market),
  }),
  journal: record({
    /** End of the last whole run of records before the first step, and the chain hash there. */
    before: record({ seq: count, chainHash: text }),
    /** The seal at or after the last step; where there was none yet, the head of the journal. */
    after: record({ seq: count, chainHash: text, sealed: flag }),
    /** The last price report before the first step, if any, and the record of every step. */
    records: list(record({ seq: count, sha256: text })),
  }),
  terms: Terms,
  steps: list(StepFacts),
  /** As the last step left the account; of a liquidation that runs, as it is at the head. */
  after: Moment,
  /** Parameters that changed since the last step; null: none. */
  termsAfter: nullable(Terms),
});
export type ReceiptFacts = Infer<typeof ReceiptFacts>;
