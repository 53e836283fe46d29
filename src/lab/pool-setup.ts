/**
 * The commands that configure a scenario's pool: its parameters, an index and a market for every
 * coin of the feed, and the collateral assets among them.
 * @module
 */
import type {
  Command,
  IndexParameters,
  MarketParameters,
  PoolParameters,
} from '../engine/index.ts';
import {
  type AccountId,
  accountId,
  amount,
  approximate,
  assetId,
  durationMs,
  indexId,
  type MarketId,
  marketId,
  money,
  type Price,
  type Ratio,
  ratio,
  type Size,
  size,
} from '../units/index.ts';
import type { FeedCoin, PriceFeed } from './price-feed.ts';
import { type MarketTerms, type Scenario, type ScenarioCollateral, termsOf } from './scenario.ts';

/** A market of the replayed pool; its number is the coin's position in the feed. */
export type LabMarket = {
  readonly coin: string;
  readonly market: MarketId;
  readonly terms: MarketTerms;
  readonly lot: Size;
  readonly startPrice: Price;
};

/** The house account that buys the collateral of liquidated accounts. */
export const COLLATERAL_BUYER: AccountId = accountId('house:collateral-buyer');

export function labMarkets(scenario: Scenario, feed: PriceFeed): readonly LabMarket[] {
  return feed.coins.map(({ coin, start }) => {
    const terms = termsOf(scenario, coin);
    const startPrice = start[0]!.price;
    const lot = lotWorth(Number(terms.lotNotional), approximate(startPrice));
    return { coin, market: marketId(`${coin}-PERP`), terms, lot, startPrice };
  });
}

/** The power of ten that is worth at most so much. */
function lotWorth(notional: number, price: number): Size {
  const exponent = Math.max(-18, Number((notional / price).toExponential().split('e')[1]));
  return size(exponent >= 0 ? `1${'0'.repeat(exponent)}` : `0.${'0'.repeat(-exponent - 1)}1`);
}

/** Collateral assets of the scenario that the feed has a price for. */
export const usableCollaterals = (
  scenario: Scenario,
  feed: PriceFeed,
): readonly ScenarioCollateral[] =>
  scenario.collaterals.filter(({ asset }) => feed.coins.some(({ coin }) => coin === asset));

export function setupCommands(
  scenario: Scenario,
  feed: PriceFeed,
  markets: readonly LabMarket[],
): readonly Command[] {
  return [
    { type: 'ConfigurePool', parameters: poolParametersOf(scenario) },
    ...feed.coins.map((coin): Command => {
      return { type: 'ConfigureIndex', parameters: indexParametersOf(scenario, coin) };
    }),
    ...usableCollaterals(scenario, feed).map((collateral): Command => {
      return { type: 'ConfigureAsset', parameters: assetParametersOf(collateral) };
    }),
    ...markets.map((market): Command => {
      return { type: 'ConfigureMarket', parameters: marketParametersOf(scenario, market) };
    }),
  ];
}

function poolParametersOf({ pool }: Scenario): PoolParameters {
  const { insuranceToOpenInterest: _sizedLater, ...stated } = pool;
  const cap = pool.insuranceEventCap;
  return {
    ...stated,
    settlementAsset: assetId(pool.settlementAsset),
    releaseRatio: ratio(pool.releaseRatio),
    penaltyFraction: ratio(pool.penaltyFraction),
    keeperShare: ratio(pool.keeperShare),
    burnShare: ratio(pool.burnShare),
    bankruptcyAdjustment: ratio(pool.bankruptcyAdjustment),
    spreadToMaintenanceMarginRatio: ratio(pool.spreadToMaintenanceMarginRatio),
    orderTimeoutMs: durationMs(pool.orderTimeoutMs),
    insuranceEventCap: cap === null ? null : money(cap),
    fillBand: ratio(pool.fillBand),
    collateralBuyer: COLLATERAL_BUYER,
  };
}

const ONE: Ratio = ratio('1');

function indexParametersOf({ indexes }: Scenario, coin: FeedCoin): IndexParameters {
  return {
    index: indexId(coin.coin),
    sources: coin.sources.map((source) => ({ source, weight: ONE })),
    sourcesMin: Math.min(indexes.sourcesMin, coin.sources.length),
    stalenessMsMax: durationMs(indexes.stalenessSteps * coin.stepMs),
    confidenceMax: null,
    sourceBand: indexes.sourceBand === null ? null : ratio(indexes.sourceBand),
  };
}

function assetParametersOf(collateral: ScenarioCollateral) {
  const { concentrationFactor, amountMax } = collateral;
  return {
    asset: assetId(collateral.asset),
    index: indexId(collateral.asset),
    collateralHaircut: ratio(collateral.collateralHaircut),
    concentrationFactor: concentrationFactor === null ? null : ratio(concentrationFactor),
    amountMax: amountMax === null ? null : amount(amountMax),
  };
}

function marketParametersOf(scenario: Scenario, { coin, market, terms, lot }: LabMarket) {
  const { marking } = scenario;
  const parameters: MarketParameters = {
    market,
    kind: 'linear',
    index: indexId(coin),
    tiers: terms.tiers.map(({ notionalFloor, maintenanceMarginFraction }) => ({
      notionalFloor: money(notionalFloor),
      maintenanceMarginFraction: ratio(maintenanceMarginFraction),
    })),
    initialMarginFraction: ratio(terms.initialMarginFraction),
    openInterestLower: money(terms.openInterestLower),
    openInterestUpper: money(terms.openInterestUpper),
    markBand: terms.markBand === null ? null : ratio(terms.markBand),
    basisTimeConstantMs: durationMs(marking.basisTimeConstantMs),
    bookTimeConstantMs: durationMs(marking.bookTimeConstantMs),
    averageGapMsMax: durationMs(marking.averageGapMsMax),
    bookStalenessMsMax: durationMs(marking.bookStalenessMsMax),
    outsideSources: [],
    lot,
    notionalMin: money(terms.notionalMin),
    expiryMs: null,
  };
  return parameters;
}
