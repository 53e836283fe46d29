/**
 * The state of a pool as it is encoded: snapshots and the state hash. Dense numbers instead of
 * ids; every list is in a defined order.
 * @module
 */
import { AmmParameters } from './amm.ts';

import { AuctionParameters, AuctionShape } from './auctions.ts';
import { exactSum, flag, type Infer, list, nullable, record } from './codec.ts';
import { DeleveragingParameters } from './deleveraging.ts';
import {
  DirectParameters,
  FinderParameters,
  FinderShape,
  NoticeShape,
  PriorityShape,
} from './direct.ts';
import { AverageShape, DepthAverage, VarianceAverage } from './events.ts';
import {
  account,
  amount,
  auction,
  breakerReason,
  count,
  fundingIndex,
  gate,
  liquidation,
  markMode,
  money,
  name,
  order,
  orderStyle,
  price,
  ratio,
  routeMethod,
  size,
  time,
} from './fields.ts';
import { DeskShape, DeskShares } from './lending.ts';
import { LinksShape } from './links.ts';
import { LossSharingParameters } from './loss-sharing.ts';
import {
  AssetParameters,
  BreakerParameters,
  CloseOutParameters,
  DepthLevel,
  IndexParameters,
  LiquidityParameters,
  MarketParameters,
  PoolParameters,
  PriceGuardParameters,
  RoutingParameters,
} from './parameters.ts';
import { RollingWindow } from './rolling-window.ts';
import { VaultShape } from './vault.ts';
import { CoverShape, WaterfallShape } from './waterfall.ts';

export const PositionShape = record({
  market: count,
  size,
  entryValue: money,
  /** What the index of its side was at its last settlement: funding and, of losses, its part. */
  fundingIndex,
});

export const AccountShape = record({
  id: account,
  owner: name,
  parent: nullable(count),
  /** The only market of an isolated position. */
  market: nullable(count),
  /** Raised by every change of the account. */
  version: count,
  /** Settlement-asset ledger amount, signed. */
  balance: money,
  /** Sorted by asset number; amounts above zero. */
  collaterals: list(record({ asset: count, amount })),
  /** Sorted by market number; sizes other than zero. */
  positions: list(PositionShape),
  /** Sorted by desk number; shares above 0: owed to it, and lent to it. */
  debts: list(DeskShares),
  supplies: list(DeskShares),
  liquidation: nullable(liquidation),
  /** When it last raised its own risk: a larger position, or collateral that left. */
  riskRaisedMs: nullable(time),
});
export type AccountShape = Infer<typeof AccountShape>;

export const IndexShape = record({
  parameters: IndexParameters,
  /** Latest report per source, in the order of the parameters. */
  reports: list(nullable(record({ price, timeMs: time, confidence: nullable(ratio) }))),
  /** Last price that enough live sources agreed on. */
  price: nullable(price),
  live: flag,
});

export const AssetShape = record({
  parameters: AssetParameters,
  index: count,
  /** Held by all accounts together. */
  held: amount,
  deposited: amount,
  withdrawn: amount,
});

/** A gate that an operator closed; open again once time reaches `untilMs`. */
export const ClosedGate = record({ gate, untilMs: nullable(time) });

export const MarketShape = record({
  parameters: MarketParameters,
  liquidity: nullable(LiquidityParameters),
  breakers: nullable(BreakerParameters),
  priceGuards: nullable(PriceGuardParameters),
  amm: nullable(AmmParameters),
  index: count,
  book: nullable(record({ bid: price, ask: price, last: price, timeMs: time })),
  outside: list(nullable(record({ price, timeMs: time }))),
  basisAverage: nullable(AverageShape),
  bookAverage: nullable(AverageShape),
  mark: nullable(price),
  mode: markMode,
  /** Slow average of the mark. */
  stablePrice: nullable(AverageShape),
  /** When a guarded mark was last decided live. */
  markDecidedMs: nullable(time),
  longSize: size,
  shortSize: size,
  fundingIndex,
  /** Losses put on open interest so far, per unit of size; longs and shorts pay alike. */
  lossIndex: fundingIndex,
  /** Σ size · index at last settlement, in 1e-36: what is owed but not yet settled. */
  fundingUnsettled: exactSum,
  /** Rounding left over by settlements, in 1e-36; whole units go to the fund. */
  fundingResidue: exactSum,
  /** Set once a dated future has expired. */
  settlementPrice: nullable(price),
  settled: flag,
  settlementCursor: count,
  /** Value paid out so far minus received while positions settle. */
  settlementClearing: money,
  depth: nullable(record({ bids: list(DepthLevel), asks: list(DepthLevel), timeMs: time })),
  depthAverage: nullable(DepthAverage),
  variance: nullable(VarianceAverage),
  /** Breakers that tripped: closed until released, then waiting to be armed again. */
  alarms: list(record({ reason: breakerReason, trippedAtMs: time, released: flag })),
  gates: list(ClosedGate),
  /** Notional closed on the book, by part of the rolling window, ascending. */
  window: RollingWindow,
  /** Unfilled contracts of all open close-out orders. */
  openOrdersSize: size,
});

export const OpenOrderShape = record({
  order,
  market: count,
  /** Signed. */
  size,
  /** Same sign as size. */
  filled: size,
  limitPrice: price,
  expiresAtMs: time,
  /** Outside venue that it was sent to; null: the pool's own book. */
  venue: nullable(name),
  /** The venue was asked to take it back. */
  canceling: flag,
});

export const LiquidationShape = record({
  liquidation,
  account: count,
  order: nullable(OpenOrderShape),
  steps: count,
  /** Book orders in a row without a fill. */
  attempts: count,
  takeover: flag,
  /** Of its largest position when it started: what the fund pays counts against that cap. */
  lossMarket: nullable(count),
  /** What was paid for this liquidation; above zero the account is closed whole. */
  coverPaid: money,
  /** The part of it that was not the fund's. */
  cover: CoverShape,
  /** No step before engine time reaches this. */
  notBeforeMs: time,
  startedMs: time,
  /** Markets in which orders were placed at that time: they wait for the other legs. */
  orderedMs: time,
  ordered: list(count),
  /** Round of the queue in which it is tried next. */
  turn: count,
  /** Margin ratio when it was last looked at: who is tried first within a round. */
  marginRatio: nullable(ratio),
  /** Penalty per unit of notional of the order that was planned last. */
  penaltyFraction: ratio,
  /** And its style. */
  orderStyle,
  /** The way that is being tried, and its place in the ladder when it was chosen. */
  route: nullable(record({ place: count, method: routeMethod, venue: nullable(name) })),
  /** When the next one is tried, at the latest. */
  routeUntilMs: time,
  /** Places in the ladder that came to nothing, ascending. */
  tried: list(count),
  finder: nullable(FinderShape),
  priority: nullable(PriorityShape),
  auction: nullable(AuctionShape),
});

export const SourceShape = record({
  source: name,
  /** Ascending; the latest accepted, with the record each led to. */
  recent: list(record({ sourceSeq: count, seq: count })),
});

/** All but the accounts, which are encoded and hashed in chunks of their own. */
export const PoolShape = record({
  timeMs: time,
  parameters: nullable(PoolParameters),
  closeOuts: nullable(CloseOutParameters),
  routing: nullable(RoutingParameters),
  direct: nullable(DirectParameters),
  finders: nullable(FinderParameters),
  vault: nullable(VaultShape),
  waterfall: nullable(WaterfallShape),
  links: nullable(LinksShape),
  /** Null: profits bear what nothing else does. */
  lossSharing: nullable(LossSharingParameters),
  /** Null: every market stands alone. */
  deleveraging: nullable(DeleveragingParameters),
  auctions: nullable(AuctionParameters),
  gates: list(ClosedGate),
  indexes: list(IndexShape),
  assets: list(AssetShape),
  desks: list(DeskShape),
  markets: list(MarketShape),
  accountCount: count,
  /** Running liquidations, by number. */
  liquidations: list(LiquidationShape),
  /** Accounts that finders may point at, by number. */
  notices: list(NoticeShape),
  sources: list(SourceShape),
  nextLiquidation: liquidation,
  nextOrder: order,
  nextAuction: auction,
  /** Round of the queue that liquidations are being tried in. */
  turn: count,
  insuranceFund: money,
  fees: money,
  burned: money,
  /** Losses that nobody could bear yet. */
  unallocatedLoss: money,
  deposited: money,
  withdrawn: money,
  /** Σ balances and Σ entry values of all accounts. */
  balanceTotal: money,
  entryValueTotal: money,
});
