/**
 * A scenario as plain data. Whatever enters the engine is a decimal string with its unit in the
 * key; what only shapes the simulated world (leverage, shares, volatilities) is a number.
 * @module
 */
import type { AdlPolicyName, CloseOutPolicy } from '../risk/index.ts';
import type { LabFaultFacts } from './fault.ts';
import { LabFault, quoted } from './fault.ts';
import type { ScenarioMechanisms } from './scenario-mechanisms.ts';
import type { ScenarioWaterfall } from './scenario-waterfall.ts';

export type Scenario = {
  /** Short name, as in the name of the file. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The window that is replayed, ISO 8601 in UTC; `to` is not part of it. */
  readonly from: string;
  readonly to: string;
  readonly seed: number;
  /** Margin accounts of traders, isolated ones included; makers and the house come on top. */
  readonly accounts: number;
  /** Step of the bridge between anchors, and of the settling after the last price. */
  readonly stepMs: number;
  /** Most steps in which the last prices are reported again until no liquidation is active. */
  readonly settleStepsMax: number;
  readonly pool: ScenarioPool;
  readonly closeOuts: ScenarioCloseOuts;
  /** Null: nothing is known of what the markets can bear, and nothing limits the pool. */
  readonly liquidity: ScenarioLiquidity | null;
  /** Null: no breaker ever trips. */
  readonly breakers: ScenarioBreakers | null;
  /** Absent: every price is taken for what it is. */
  readonly priceGuards?: ScenarioPriceGuards;
  /** Absent: the book is the only way out, and nobody comes to take anything over. */
  readonly mechanisms?: ScenarioMechanisms;
  /** Absent: the insurance fund alone stands before profits. */
  readonly waterfall?: ScenarioWaterfall;
  readonly indexes: ScenarioIndexes;
  readonly marking: ScenarioMarking;
  readonly population: ScenarioPopulation;
  readonly venue: ScenarioVenue;
  /** Assets other than the settlement asset that may secure an account. */
  readonly collaterals: readonly ScenarioCollateral[];
  readonly markets: readonly ScenarioMarket[];
  /** Terms of what a market does not state, and of coins that the scenario does not name. */
  readonly defaultMarket: MarketTerms;
};

/** The pool's parameters, as `ConfigurePool` takes them; the lab adds its collateral buyer. */
export type ScenarioPool = {
  readonly settlementAsset: string;
  readonly releaseRatio: string;
  readonly penaltyFraction: string;
  readonly keeperShare: string;
  readonly burnShare: string;
  readonly bankruptcyAdjustment: string;
  readonly spreadToMaintenanceMarginRatio: string;
  readonly orderTimeoutMs: number;
  readonly bookAttemptsMax: number;
  readonly closeOutStepsMax: number;
  readonly adlPolicy: AdlPolicyName;
  readonly adlFillsMax: number;
  readonly startsPerRecordMax: number;
  readonly settlementsPerRecordMax: number;
  readonly insuranceEventCap: string | null;
  readonly fillBand: string;
  /** Insurance fund at the start, as a share of open interest (both sides counted once). */
  readonly insuranceToOpenInterest: number;
};

/** How accounts are closed, as `ConfigureCloseOuts` takes it. */
export type ScenarioCloseOuts = {
  readonly policy: CloseOutPolicy;
  readonly fixedShare: string;
  readonly orderStyle: 'immediate-or-cancel' | 'limit';
  readonly repriceStep: string;
  readonly reportGraceMs: number;
  readonly deferralMs: number;
  readonly penaltyPerShortfall: string;
  readonly penaltyPerVolatility: string;
  readonly penaltyPerThinness: string;
  readonly penaltyFractionMax: string;
};

/**
 * What the pool knows and asks of every market, as `ConfigureLiquidity` takes it; volatility and
 * volume are those of the market's own terms.
 */
export type ScenarioLiquidity = {
  readonly impactModel: 'square-root' | 'linear';
  readonly impactCoefficient: string;
  readonly volatilityTimeConstantMs: number;
  readonly depthTimeConstantMs: number;
  readonly depthStalenessMsMax: number;
  readonly depthShare: string | null;
  readonly windowMs: number;
  /** Notional per window, as a share of the daily volume; null for any. */
  readonly windowVolumeShare: number | null;
  readonly windowDepthMultiple: string | null;
  /** Notional in open orders, as a share of the daily volume; null for any. */
  readonly openOrdersVolumeShare: number | null;
  readonly rampMs: number;
  readonly rampInitialFraction: string;
  readonly smallNotional: string;
  /** One name: all markets hedge each other; null: those of one index. */
  readonly hedgeGroup: string | null;
  /** Open interest, as a multiple of that at the start; null for any. */
  readonly openInterestMultiple: number | null;
};

/** As `ConfigureBreakers` takes it, the same for every market. */
export type ScenarioBreakers = {
  readonly jumpDeviations: string | null;
  readonly sourceSpreadMax: string | null;
  readonly depthFloor: string | null;
  readonly staleTrips: boolean;
  readonly gates: readonly ('liquidations' | 'close-outs' | 'takes')[];
  readonly holdMs: number;
  readonly limitMs: number;
  readonly releaseShare: string;
};

/** As `ConfigurePriceGuards` takes it, the same for every market; null: that guard is off. */
export type ScenarioPriceGuards = {
  readonly stableTimeConstantMs: number | null;
  readonly deviationMax: string | null;
  readonly markStepPerSecond: string | null;
  readonly confidenceFactor: string | null;
  readonly tradingStalenessMsMax: number | null;
};

export type ScenarioIndexes = {
  readonly sourcesMin: number;
  /** A source is stale after so many steps of the finest source of its coin. */
  readonly stalenessSteps: number;
  readonly sourceBand: string | null;
};

export type ScenarioMarking = {
  readonly basisTimeConstantMs: number;
  readonly bookTimeConstantMs: number;
  readonly averageGapMsMax: number;
  readonly bookStalenessMsMax: number;
};

export type ScenarioPopulation = {
  /** Notional over equity at the start: lognormal within [min, max]. */
  readonly leverage: {
    readonly median: number;
    readonly deviation: number;
    readonly min: number;
    readonly max: number;
  };
  /** Notional of a whole account in money: Pareto with tail exponent within [min, max]. */
  readonly notional: { readonly min: number; readonly max: number; readonly tail: number };
  /** Weights of accounts with 1, 2, 3 … markets. */
  readonly marketsPerAccount: readonly number[];
  /** Share of accounts whose main direction is long; the rest of a side is held by makers. */
  readonly longShare: number;
  /** Chance that a further leg has the direction of the first. */
  readonly sameDirection: number;
  /** Entry prices of the past: mark · (1 + drift + deviation · z), within the fill band. */
  readonly entryDrift: number;
  readonly entryDeviation: number;
  /** Share of accounts that are isolated positions below a cross-margined parent. */
  readonly isolatedShare: number;
  /** Share of cross-margined accounts that hold collateral other than the settlement asset. */
  readonly collateralShare: number;
};

export type ScenarioVenue = {
  readonly makers: number;
  /** Equity of all makers together, as a multiple of open interest. */
  readonly makerEquityToOpenInterest: number;
  /** Balance of the house account that buys collateral, as a multiple of open interest. */
  readonly collateralBuyerToOpenInterest: number;
  /** Y of the square-root impact: peak impact = Y · σ · √(x / V). */
  readonly impactCoefficient: number;
  /** Time in which half of an imbalance is refilled. */
  readonly refillHalfLifeMs: number;
  /** Time constant of the realized volatility that thins the book. */
  readonly volatilityTimeConstantMs: number;
  /** Half of the quoted spread, as a fraction of the price. */
  readonly halfSpread: number;
};

export type ScenarioCollateral = {
  /** Coin and asset id; its index must exist for accounts to hold it. */
  readonly asset: string;
  readonly collateralHaircut: string;
  readonly concentrationFactor: string | null;
  readonly amountMax: string | null;
};

export type MarketTerms = {
  readonly tiers: readonly {
    readonly notionalFloor: string;
    readonly maintenanceMarginFraction: string;
  }[];
  readonly initialMarginFraction: string;
  readonly openInterestLower: string;
  readonly openInterestUpper: string;
  readonly markBand: string | null;
  /** A lot is the power of ten of the coin that is worth at most so much at the start. */
  readonly lotNotional: string;
  readonly notionalMin: string;
  /** Depth: what the venue trades in a day, as a multiple of the open interest at the start. */
  readonly dailyVolumeToOpenInterest: number;
  /** Standard deviation of a day's return in ordinary times. */
  readonly dailyVolatility: number;
  /** Part of a coin's moves that it shares with all others, from 0 to 1. */
  readonly correlation: number;
  /** Weight of the market in the choice of traders. */
  readonly popularity: number;
  /** Per eight hours; null for none. */
  readonly fundingRate: string | null;
};

export type ScenarioMarket = Partial<MarketTerms> & {
  readonly coin: string;
  /** Published prices, ascending in time; the bridge passes through every one of them. */
  readonly anchors: readonly Anchor[];
};

export type Anchor = {
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly price: string;
  /** Who published it. */
  readonly source: string;
};

/** The terms of a coin's market: its own where stated, else the default. */
export function termsOf(scenario: Scenario, coin: string): MarketTerms {
  const own = scenario.markets.find((market) => market.coin === coin);
  if (own === undefined) return scenario.defaultMarket;
  const { coin: _coin, anchors: _anchors, ...stated } = own;
  return { ...scenario.defaultMarket, ...stated };
}

/** Milliseconds since the epoch of an ISO 8601 time in UTC. @throws LabFault if it is not one. */
export function timeMsOf(text: string, where: Pick<LabFaultFacts, 'file'> = {}): number {
  const timeMs = Date.parse(text);
  const isUtc = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/.test(text);
  if (!isUtc || !Number.isSafeInteger(timeMs) || timeMs < 0) {
    throw new LabFault('SCENARIO_INVALID', {
      message: 'not a time',
      expected: 'a time in UTC such as 2021-05-19T13:10:00Z',
      found: quoted(text),
      ...where,
    });
  }
  return timeMs;
}
