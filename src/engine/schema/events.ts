/**
 * Facts. Each carries the amounts, prices and parameters used, so that it can be audited without
 * the state. Codes are permanent; a changed event is a new variant with an upcaster.
 * @module
 */

import { AMM_EVENTS } from './amm.ts';
import { AUCTION_EVENTS } from './auctions.ts';
import { flag, type Infer, list, nullable, oneOf, record, text, union, variant } from './codec.ts';
import { DELEVERAGING_EVENTS } from './deleveraging.ts';
import { DIRECT_EVENTS } from './direct.ts';
import {
  account,
  adlPolicy,
  amount,
  asset,
  breakerReason,
  closeOutPolicy,
  count,
  duration,
  fundingIndex,
  gate,
  index,
  liquidation,
  market,
  markMode,
  money,
  name,
  order,
  orderDoneReason,
  orderStyle,
  price,
  ratio,
  routeChoice,
  routeLeftReason,
  routeMethod,
  size,
  time,
} from './fields.ts';
import { LENDING_EVENTS } from './lending.ts';
import { LINK_EVENTS } from './links.ts';
import { LOSS_SHARING_EVENTS } from './loss-sharing.ts';
import {
  AssetParameters,
  BookReport,
  BreakerParameters,
  CloseOutParameters,
  DepthLevel,
  IndexParameters,
  IndexReport,
  LiquidityParameters,
  MarketParameters,
  OutsideReport,
  PoolParameters,
  PriceGuardParameters,
  RoutingParameters,
} from './parameters.ts';
import { PositionChange } from './position-change.ts';
import { VAULT_EVENTS } from './vault.ts';
import { WATERFALL_EVENTS } from './waterfall.ts';

/** A time-weighted average: value, weight in ms (wad) and time of the latest observation. */
export const AverageShape = record({ value: price, weightMs: ratio, timeMs: time });
export type AverageShape = Infer<typeof AverageShape>;

/** The same of the variance of a market's mark, per day. */
export const VarianceAverage = record({ value: ratio, weightMs: ratio, timeMs: time });
export type VarianceAverage = Infer<typeof VarianceAverage>;

/** The same of the money that a book offers on its thinner side. */
export const DepthAverage = record({ value: money, weightMs: ratio, timeMs: time });
export type DepthAverage = Infer<typeof DepthAverage>;

export const IndexUpdate = record({
  index,
  /** Null while fewer sources than required are live. */
  indexPrice: nullable(price),
  sourcesLive: count,
});
export type IndexUpdate = Infer<typeof IndexUpdate>;

export const MarkUpdate = record({
  market,
  markPrice: nullable(price),
  mode: markMode,
  indexPrice: nullable(price),
  basisAverage: nullable(AverageShape),
  bookAverage: nullable(AverageShape),
});
export type MarkUpdate = Infer<typeof MarkUpdate>;

export const LossAllocation = record({ account, amount: money });

export const Event = union({
  PoolConfigured: variant(101, { parameters: PoolParameters }),
  IndexConfigured: variant(102, { parameters: IndexParameters }),
  AssetConfigured: variant(103, { parameters: AssetParameters }),
  MarketConfigured: variant(104, { parameters: MarketParameters }),
  CloseOutsConfigured: variant(105, { parameters: CloseOutParameters }),
  LiquidityConfigured: variant(106, { parameters: LiquidityParameters }),
  BreakersConfigured: variant(107, { parameters: BreakerParameters }),
  GateSet: variant(108, {
    market: nullable(market),
    gate,
    closed: flag,
    untilMs: nullable(time),
    reason: text,
  }),
  RoutingConfigured: variant(115, { parameters: RoutingParameters }),
  ...DIRECT_EVENTS,
  ...AUCTION_EVENTS,
  PriceGuardsConfigured: variant(116, { parameters: PriceGuardParameters }),
  ...LENDING_EVENTS,
  ...AMM_EVENTS,
  ...VAULT_EVENTS,
  ...WATERFALL_EVENTS,
  ...LINK_EVENTS,
  ...LOSS_SHARING_EVENTS,
  ...DELEVERAGING_EVENTS,

  AccountOpened: variant(201, {
    account,
    owner: name,
    parent: nullable(account),
    market: nullable(market),
  }),
  Deposited: variant(202, { account, asset, amount }),
  Withdrawn: variant(203, { account, asset, amount }),
  CollateralTransferred: variant(204, { from: account, to: account, asset, amount }),
  InsuranceFunded: variant(205, { amount: money }),
  /** The fund repaid losses that nobody could bear before. */
  UnallocatedLossRepaid: variant(206, { amount: money }),

  /** What was reported, and the index and mark prices that follow from it. */
  PricesUpdated: variant(301, {
    indexReports: list(IndexReport),
    bookReports: list(BookReport),
    outsideReports: list(OutsideReport),
    indexes: list(IndexUpdate),
    marks: list(MarkUpdate),
  }),
  FillRecorded: variant(302, {
    market,
    price,
    /** Entry value that the buyer took on and the seller gave. */
    value: money,
    buyer: PositionChange,
    seller: PositionChange,
    order: nullable(order),
    liquidation: nullable(liquidation),
  }),
  OrderFinished: variant(303, { order, liquidation, reason: orderDoneReason, unfilled: size }),
  FundingAccrued: variant(304, {
    market,
    fundingRate: ratio,
    markPrice: price,
    fundingIndexBefore: fundingIndex,
    fundingIndexAfter: fundingIndex,
  }),
  /** Whole units that rounding left over in a market's funding; they go to the fund. */
  FundingResidueCollected: variant(305, { market, amount: money }),
  TimePassed: variant(306, {}),
  DepthReported: variant(307, {
    market,
    timeMs: time,
    bids: list(DepthLevel),
    asks: list(DepthLevel),
    average: DepthAverage,
  }),
  /** How far marks have moved lately, per market whose liquidity is configured. */
  VolatilityMeasured: variant(308, {
    markets: list(record({ market, variance: VarianceAverage })),
  }),
  /** Live marks of markets whose stable price or step is guarded were decided now. */
  MarksGuarded: variant(310, {
    markets: list(
      record({
        market,
        stablePrice: nullable(AverageShape),
        /** What the mark would be, where it was not allowed to move that far. */
        unboundMark: nullable(price),
      }),
    ),
  }),

  LiquidationStarted: variant(401, {
    liquidation,
    account,
    equity: money,
    marginEquity: money,
    maintenanceMargin: money,
  }),
  CloseOutOrderPlaced: variant(402, {
    liquidation,
    order,
    account,
    market,
    /** Signed: + buys, − sells. */
    size,
    limitPrice: price,
    expiresAtMs: time,
    markPrice: price,
    fillablePrice: price,
    bankruptcyPrice: nullable(price),
    equity: money,
    marginEquity: money,
    maintenanceMargin: money,
  }),
  PenaltyCharged: variant(403, {
    liquidation,
    account,
    notional: money,
    penalty: money,
    keeperReward: money,
    keeper: nullable(account),
    insuranceContribution: money,
    burned: money,
  }),
  /** The account leaves the book: the rest closes against opposing positions. */
  TakeoverDecided: variant(404, {
    liquidation,
    account,
    reason: oneOf('bankrupt', 'book-exhausted', 'steps-exhausted', 'toxic', 'routes-exhausted'),
    equity: money,
  }),
  CollateralConverted: variant(405, {
    liquidation,
    account,
    buyer: account,
    asset,
    amount,
    indexPrice: price,
    weight: ratio,
    proceeds: money,
  }),
  /**
   * What the fund pays into a bankrupt account. Paid in full the account goes on closing on the
   * book, without claim to what the market may bring back; in part, the rest is deleveraged.
   */
  DeficitCovered: variant(406, { liquidation, account, deficit: money, paid: money }),
  /** One auto-deleveraging record: positions closed against each other off the book. */
  PositionsDeleveraged: variant(407, {
    liquidation,
    market,
    policy: adlPolicy,
    markPrice: price,
    /** Display: what the liquidated account's equity allowed for the whole leg. */
    bankruptcyPrice: nullable(price),
    bankruptcyQuote: money,
    liquidated: PositionChange,
    counterparties: list(
      record({ change: PositionChange, price: nullable(price), value: money, taken: money }),
    ),
    /** Loss that these counterparties' profits could not bear; it moves down the waterfall. */
    residualLoss: money,
  }),
  /** What an account without positions or collateral still owed, and who bore it. */
  BadDebtSettled: variant(408, {
    liquidation,
    account,
    badDebt: money,
    insurancePaid: money,
    socialized: list(LossAllocation),
    unallocated: money,
  }),
  /** A covered account was closed better than feared: the fund gets back what it paid. */
  CoverRepaid: variant(410, { liquidation, account, amount: money }),
  /**
   * Why the order that follows is for that leg and that much: what every leg could give, what
   * the policy asks of it, and what that is expected to cost. Leg by leg in the account's order.
   */
  CloseOutPlanned: variant(411, {
    liquidation,
    account,
    policy: closeOutPolicy,
    orderStyle,
    /** Penalty per unit of notional of the leg that is ordered. */
    penaltyFraction: ratio,
    /** Closing all that is planned restores the account, at the expected cost. */
    restores: flag,
    legs: list(record({ market, closable: size, size, expectedCost: money })),
  }),
  /** The venue is asked to take an order back; it says so by `FinishOrder`. */
  OrderCancelRequested: variant(412, {
    liquidation,
    order,
    reason: oneOf('restored', 'repriced', 'gate-closed'),
  }),
  /** No leg that should be closed has room in its market: the account is tried again later. */
  CloseOutDeferred: variant(413, {
    liquidation,
    account,
    notBeforeMs: time,
    marginEquity: money,
    maintenanceMargin: money,
  }),
  /** The providers' share of a penalty, out of what it brought to the insurance fund. */
  ProviderPaid: variant(414, { liquidation, provider: account, amount: money }),
  LiquidationEnded: variant(409, {
    liquidation,
    account,
    outcome: oneOf('restored', 'closed', 'bankrupt'),
    equity: money,
    marginEquity: money,
    maintenanceMargin: money,
    steps: count,
  }),

  /** Why the account takes this way out now: what each of the ladder would cost. */
  RouteChosen: variant(481, {
    liquidation,
    account,
    choice: routeChoice,
    routes: list(
      record({
        method: routeMethod,
        venue: nullable(name),
        /** Expected, all in; null where the way is not open, or was tried before. */
        expectedCost: nullable(money),
        expectedMs: duration,
      }),
    ),
    /** Place in the ladder of the one taken. */
    route: count,
    /** The next one is tried then, at the latest. */
    untilMs: time,
    marginEquity: money,
    maintenanceMargin: money,
  }),
  RouteLeft: variant(482, {
    liquidation,
    account,
    route: count,
    method: routeMethod,
    venue: nullable(name),
    reason: routeLeftReason,
  }),
  /** The order just placed goes to an outside venue, not to the pool's own book. */
  OrderRouted: variant(483, { liquidation, order, venue: name }),

  BreakerTripped: variant(601, {
    market,
    reason: breakerReason,
    gates: list(gate),
    measured: ratio,
    threshold: ratio,
    /** It opens by itself then, at the latest. */
    untilMs: time,
  }),
  /** The gates are open again; after a time limit it trips anew only once it was calm. */
  BreakerReleased: variant(602, {
    market,
    reason: breakerReason,
    cause: oneOf('calm', 'time-limit'),
  }),
  BreakerRearmed: variant(603, { market, reason: breakerReason }),

  SettlementPriceFixed: variant(501, { market, settlementPrice: price }),
  PositionsSettled: variant(502, {
    market,
    settlementPrice: price,
    positions: list(record({ change: PositionChange, value: money })),
    /** Where the next record continues, by account number. */
    nextAccount: count,
  }),
  MarketSettled: variant(503, { market, residue: money }),
});
export type Event = Infer<typeof Event>;
export type EventType = Event['type'];
export type EventOf<T extends EventType> = Extract<Event, { readonly type: T }>;
