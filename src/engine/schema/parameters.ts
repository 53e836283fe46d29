/** Risk parameters of a pool, its indexes, assets and markets. @module */
import { flag, type Infer, list, nullable, record } from './codec.ts';
import {
  account,
  adlPolicy,
  amount,
  asset,
  closeOutPolicy,
  contractKind,
  count,
  duration,
  gate,
  impactModel,
  index,
  market,
  money,
  name,
  orderStyle,
  price,
  ratio,
  routeChoice,
  routeMethod,
  size,
  time,
} from './fields.ts';

/** One solvency domain: how its liquidations run and who pays. */
export const PoolParameters = record({
  /** Asset that profit, funding, fees and losses are paid in. */
  settlementAsset: asset,
  /** A running liquidation stops at margin equity ≥ releaseRatio · maintenance margin; ≥ 1. */
  releaseRatio: ratio,
  /** Flat liquidation penalty per unit of closed notional. */
  penaltyFraction: ratio,
  /** Share of the penalty that rewards a keeper who found the account. */
  keeperShare: ratio,
  /** Share of the penalty that is burned. */
  burnShare: ratio,
  /** How fast the limit price leaves the mark as health falls (A in the fillable price); ≥ 1. */
  bankruptcyAdjustment: ratio,
  /** Widest distance from the mark, as a share of the leg's maintenance margin (S); in [0, 1). */
  spreadToMaintenanceMarginRatio: ratio,
  /** Life of a close-out order. */
  orderTimeoutMs: duration,
  /** Book orders in a row without any fill before the account passes to takeover. */
  bookAttemptsMax: count,
  /** Steps of one liquidation before the account passes to takeover (INV-12). */
  closeOutStepsMax: count,
  adlPolicy,
  /** Counterparties per auto-deleveraging record. */
  adlFillsMax: count,
  /** Liquidations started per record. */
  startsPerRecordMax: count,
  /** Positions settled per record at a market's expiry. */
  settlementsPerRecordMax: count,
  /** Most the insurance fund pays for one liquidation; null for no cap. */
  insuranceEventCap: nullable(money),
  /** House account that buys the collateral of accounts in liquidation at its weighted value. */
  collateralBuyer: nullable(account),
  /** Largest distance of a fill from the mark, as a fraction of the mark. */
  fillBand: ratio,
});
export type PoolParameters = Infer<typeof PoolParameters>;

/** A reference price made of several independent outside sources. */
export const IndexParameters = record({
  index,
  sources: list(record({ source: name, weight: ratio })),
  /** Fewest live sources for a price; below it the index is stale. */
  sourcesMin: count,
  stalenessMsMax: duration,
  /** Widest confidence interval accepted from a source; null for no limit. */
  confidenceMax: nullable(ratio),
  /** Largest distance of a source from the median of the others; null for no limit. */
  sourceBand: nullable(ratio),
});
export type IndexParameters = Infer<typeof IndexParameters>;

/** A collateral asset other than the settlement asset. */
export const AssetParameters = record({
  asset,
  index,
  collateralHaircut: ratio,
  /** Concentration factor c in min(w, 1.1 / (1 + c·√units)); null for none. */
  concentrationFactor: nullable(ratio),
  /** Most of the asset that the pool holds for its accounts; null for no cap. */
  amountMax: nullable(amount),
});
export type AssetParameters = Infer<typeof AssetParameters>;

export const MarginTierShape = record({ notionalFloor: money, maintenanceMarginFraction: ratio });

export const MarketParameters = record({
  market,
  kind: contractKind,
  index,
  tiers: list(MarginTierShape),
  initialMarginFraction: ratio,
  /** Open-interest notional between which the initial fraction rises to one; both 0: off. */
  openInterestLower: money,
  openInterestUpper: money,
  /** Mark stays within index ± markBand; null for no band. */
  markBand: nullable(ratio),
  basisTimeConstantMs: duration,
  bookTimeConstantMs: duration,
  /** Longest interval that one observation may stand for in an average. */
  averageGapMsMax: duration,
  /** Age beyond which the own book and outside mids no longer vote on the mark. */
  bookStalenessMsMax: duration,
  outsideSources: list(record({ source: name, weight: ratio })),
  /** Sizes are multiples of the lot. */
  lot: size,
  /** A smaller remainder is closed with the rest: no dust stays. */
  notionalMin: money,
  /** Dated future: the time of settlement; null for a perpetual. */
  expiryMs: nullable(time),
});
export type MarketParameters = Infer<typeof MarketParameters>;

/** How the accounts of a pool are closed: which legs, by what orders, at what penalty. */
export const CloseOutParameters = record({
  /** Which legs are closed, and how much of them. */
  policy: closeOutPolicy,
  /** Share of the largest leg that one order closes under `fixed-share`. */
  fixedShare: ratio,
  orderStyle,
  /** An open order is replaced once the margin ratio has fallen by this share; 0: never. */
  repriceStep: ratio,
  /** How long after its expiry an order may still be reported filled. */
  reportGraceMs: duration,
  /** Pause before an account that found no room in its markets is tried again. */
  deferralMs: duration,
  /** Penalty per unit of notional at margin equity 0, on top of the pool's flat one. */
  penaltyPerShortfall: ratio,
  /** Penalty for every multiple by which volatility exceeds the ordinary one. */
  penaltyPerVolatility: ratio,
  /** Penalty where the book is empty, in proportion to how much of its depth is missing. */
  penaltyPerThinness: ratio,
  /** The whole penalty per unit of notional, at most. */
  penaltyFractionMax: ratio,
  /** Share of the penalty that goes to the provider of capital. */
  providerShare: ratio,
  provider: nullable(account),
});
export type CloseOutParameters = Infer<typeof CloseOutParameters>;

/** What a market can bear: the impact of closing, and how fast a pool may close there. */
export const LiquidityParameters = record({
  market,
  impactModel,
  /** Y in the impact model. */
  impactCoefficient: ratio,
  /** Ordinary volatility of a day, as a fraction of the price. */
  dailyVolatility: ratio,
  /** Ordinary notional of a day. */
  dailyVolume: money,
  volatilityTimeConstantMs: duration,
  depthTimeConstantMs: duration,
  /** Age beyond which reported depth says nothing. */
  depthStalenessMsMax: duration,
  /** Share of the depth within its limit that one order may take; null: all of it and more. */
  depthShare: nullable(ratio),
  /** Length of the rolling window that closed notional is counted over. */
  windowMs: duration,
  /** Notional that may be closed within the window; null: any. */
  windowNotionalMax: nullable(money),
  /** The same as a multiple of the depth on the side that is hit; null: any. */
  windowDepthMultiple: nullable(ratio),
  /** Notional in open close-out orders, at most; null: any. */
  openOrdersNotionalMax: nullable(money),
  /** Time in which the part of a leg that one order may close grows to all of it; 0: at once. */
  rampMs: duration,
  /** That part at the start. */
  rampInitialFraction: ratio,
  /** Legs up to this notional know no ramp. */
  smallNotional: money,
  /** Markets of one group hedge each other; null: those of the same index. */
  hedgeGroup: nullable(name),
  /** Open interest beyond which nobody may increase it; null: any. */
  openInterestMax: nullable(money),
});
export type LiquidityParameters = Infer<typeof LiquidityParameters>;

/** When a market's breakers trip, what they close, and how they open again. */
export const BreakerParameters = record({
  market,
  /** k: a mark that moves further than k·σ·√Δt trips; null: off. */
  jumpDeviations: nullable(ratio),
  /** Highest less lowest live source, as a fraction of the index price; null: off. */
  sourceSpreadMax: nullable(ratio),
  /** Share of its average below which depth has collapsed; null: off. */
  depthFloor: nullable(ratio),
  /** A mark that is not live trips. */
  staleTrips: flag,
  gates: list(gate),
  /** Shortest time that a breaker stays tripped. */
  holdMs: duration,
  /** Longest. */
  limitMs: duration,
  /** What tripped it must have come down to this share of its threshold. */
  releaseShare: ratio,
});
export type BreakerParameters = Infer<typeof BreakerParameters>;

/** What a market's prices must satisfy before risk is taken on by them; null: not guarded. */
export const PriceGuardParameters = record({
  market,
  /** Time constant of the stable price, the slow average of the mark. */
  stableTimeConstantMs: nullable(duration),
  /** Distance of the mark from the stable price above which it is doubtful, as a fraction. */
  deviationMax: nullable(ratio),
  /** Largest move of the mark per second, as a fraction of it. */
  markStepPerSecond: nullable(ratio),
  /** k: initial margin grows by k times the confidence of the index per unit of notional. */
  confidenceFactor: nullable(ratio),
  /** Age beyond which prices carry no new risk, though margin may still rest on them. */
  tradingStalenessMsMax: nullable(duration),
});
export type PriceGuardParameters = Infer<typeof PriceGuardParameters>;

/** One way in which accounts are closed, and what it is expected to cost beyond what is known. */
export const RouteParameters = record({
  method: routeMethod,
  /** Where orders go: set for `outside`, null for everything else. */
  venue: nullable(name),
  /** Charged by whoever executes, per unit of notional. */
  feeFraction: ratio,
  /** Given away on top of what the way itself computes, per unit of notional. */
  concessionFraction: ratio,
  /** Until it is done, as a rule. */
  expectedMs: duration,
  /** Chance that nothing comes of it. */
  failureProbability: ratio,
  /** Longest time that it is tried before the next one is. */
  patienceMs: duration,
});
export type RouteParameters = Infer<typeof RouteParameters>;

/** Which ways a liquidation takes, and in which order. */
export const RoutingParameters = record({
  /** The first that is available, or the one of the lowest expected cost. */
  choice: routeChoice,
  /** The ladder; ties of cost are broken by its order. */
  routes: list(RouteParameters),
  /** Volatility of a day where a market does not state its own. */
  dailyVolatility: ratio,
  /** Standard deviations of the price that a wait is charged with. */
  waitingDeviations: ratio,
});
export type RoutingParameters = Infer<typeof RoutingParameters>;

/** Contracts offered or wanted at a price. */
export const DepthLevel = record({ price, size });
export type DepthLevel = Infer<typeof DepthLevel>;

/** What a source said of an index. */
export const IndexReport = record({
  index,
  source: name,
  price,
  timeMs: time,
  confidence: nullable(ratio),
});
export type IndexReport = Infer<typeof IndexReport>;

/** The market's own order book: best bid, best ask, latest trade. */
export const BookReport = record({ market, bid: price, ask: price, last: price, timeMs: time });
export type BookReport = Infer<typeof BookReport>;

/** Mid price of the same contract at an outside venue. */
export const OutsideReport = record({ market, source: name, price, timeMs: time });
export type OutsideReport = Infer<typeof OutsideReport>;
