/** Risk parameters of a pool, its indexes, assets and markets. @module */
import { type Infer, list, nullable, record } from './codec.ts';
import {
  account,
  adlPolicy,
  amount,
  asset,
  contractKind,
  count,
  duration,
  index,
  market,
  money,
  name,
  price,
  ratio,
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
