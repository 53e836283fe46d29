/**
 * The part of a scenario that says what stands before and behind the insurance fund, and who bears
 * what nothing does. As everywhere in a scenario: what the engine is told is a decimal string, what
 * shapes the world is a number.
 * @module
 */
import type { DeleveragingParameters, LossSharingParameters } from '../engine/index.ts';

/**
 * As `ConfigureWaterfall`, `ConfigureLossSharing` and `ConfigureDeleveraging` take it; amounts are
 * multiples.
 */
export type ScenarioWaterfall = {
  /** The buffer's size, as a multiple of the open interest at the start. */
  readonly bufferToOpenInterest: number;
  /** Share of what a penalty brings the fund that fills it. */
  readonly bufferShare: string;
  readonly windowMs: number;
  /** Most that the fund pays within it, as a multiple of all open interest; null for any. */
  readonly windowToOpenInterest: number | null;
  /** The same per market, as a multiple of the market's own; null for any. */
  readonly marketToOpenInterest: number | null;
  readonly premiumIntervalMs: number;
  /** Terms of the policy `risk-aware-pro-rata`; which policy is asked is the pool's. */
  readonly adlRiskExponent: number;
  readonly adlRiskThreshold: string | null;
  /** In the order in which they pay. */
  readonly tranches: readonly ScenarioTranche[];
  /** Who bears what none of them does; null: profits, in proportion. */
  readonly lossSharing: ScenarioLossSharing | null;
  /** How positions in other markets count in a deleveraging; absent: every market stands alone. */
  readonly deleveraging?: ScenarioDeleveraging;
};

export type ScenarioTranche = {
  readonly tranche: string;
  /** Accounts that provide its capital in equal parts. */
  readonly providers: number;
  /** Of all of them together, as a multiple of the open interest at the start. */
  readonly capitalToOpenInterest: number;
  /** Most that it bears of one liquidation's loss, as a multiple of that capital. */
  readonly eventToCapital: number;
  /** Per year. */
  readonly premiumRate: string;
  readonly noticeMs: number;
  readonly exitWindowMs: number;
};

export type ScenarioLossSharing = {
  readonly basis: LossSharingParameters['basis'];
  readonly notionalShareMax: string;
};

export type ScenarioDeleveraging = {
  readonly hedges: DeleveragingParameters['hedges'];
  /** Coins that the feed has no price for are left out. */
  readonly loadings: readonly {
    readonly coin: string;
    /** What it moves by with the factor, as a multiple of its price at the start. */
    readonly loadingToPrice: number;
  }[];
};
