/**
 * A small scenario for tests: three coins, one of which loses more than a third within half an
 * hour and takes the others along. Takes a second or two to replay.
 * @module
 */
import type { Anchor, Scenario } from '../../src/lab/index.ts';

const anchors = (...prices: readonly (readonly [time: string, price: string])[]): Anchor[] =>
  prices.map(([time, price]) => ({ at: `2021-01-01T${time}:00Z`, price, source: 'a test' }));

export const CRASH: Scenario = {
  name: 'sample-crash',
  title: 'A crash for tests',
  description: 'Three coins fall within half an hour.',
  from: '2021-01-01T00:00:00Z',
  to: '2021-01-01T01:00:00Z',
  seed: 1,
  accounts: 200,
  stepMs: 30_000,
  settleStepsMax: 300,
  pool: {
    settlementAsset: 'USDC',
    releaseRatio: '1.5',
    penaltyFraction: '0.002',
    keeperShare: '0.2',
    burnShare: '0.1',
    bankruptcyAdjustment: '2',
    spreadToMaintenanceMarginRatio: '0.5',
    orderTimeoutMs: 60_000,
    bookAttemptsMax: 6,
    closeOutStepsMax: 60,
    adlPolicy: 'minimax-leverage',
    adlFillsMax: 32,
    startsPerRecordMax: 16,
    settlementsPerRecordMax: 16,
    insuranceEventCap: null,
    fillBand: '0.3',
    insuranceToOpenInterest: 0.002,
  },
  closeOuts: {
    policy: 'least-impact',
    fixedShare: '0.2',
    orderStyle: 'immediate-or-cancel',
    repriceStep: '0',
    reportGraceMs: 0,
    deferralMs: 15_000,
    penaltyPerShortfall: '0',
    penaltyPerVolatility: '0',
    penaltyPerThinness: '0',
    penaltyFractionMax: '0.002',
  },
  liquidity: null,
  breakers: null,
  indexes: { sourcesMin: 1, stalenessSteps: 3, sourceBand: null },
  marking: {
    basisTimeConstantMs: 150_000,
    bookTimeConstantMs: 30_000,
    averageGapMsMax: 60_000,
    bookStalenessMsMax: 120_000,
  },
  population: {
    leverage: { median: 8, deviation: 0.7, min: 2, max: 50 },
    notional: { min: 500, max: 500_000, tail: 1.2 },
    marketsPerAccount: [50, 30, 20],
    longShare: 0.6,
    sameDirection: 0.85,
    entryDrift: 0.03,
    entryDeviation: 0.04,
    isolatedShare: 0.1,
    collateralShare: 0.2,
  },
  venue: {
    makers: 8,
    makerEquityToOpenInterest: 0.6,
    collateralBuyerToOpenInterest: 0.05,
    impactCoefficient: 1,
    refillHalfLifeMs: 20_000,
    volatilityTimeConstantMs: 600_000,
    halfSpread: 0.0001,
  },
  collaterals: [
    { asset: 'BTC', collateralHaircut: '0.1', concentrationFactor: null, amountMax: null },
  ],
  markets: [
    {
      coin: 'BTC',
      popularity: 40,
      dailyVolatility: 0.04,
      anchors: anchors(
        ['00:00', '42000'],
        ['00:20', '40000'],
        ['00:45', '31000'],
        ['01:00', '34000'],
      ),
    },
    {
      coin: 'ETH',
      popularity: 25,
      anchors: anchors(['00:00', '3000'], ['00:20', '2800'], ['00:45', '1900'], ['01:00', '2200']),
    },
    {
      coin: 'DOGE',
      popularity: 10,
      anchors: anchors(['00:00', '0.5'], ['00:20', '0.45'], ['00:44', '0.21'], ['01:00', '0.3']),
    },
  ],
  defaultMarket: {
    tiers: [
      { notionalFloor: '0', maintenanceMarginFraction: '0.01' },
      { notionalFloor: '100000', maintenanceMarginFraction: '0.02' },
    ],
    initialMarginFraction: '0.02',
    openInterestLower: '0',
    openInterestUpper: '0',
    markBand: '0.05',
    lotNotional: '1',
    notionalMin: '10',
    dailyVolumeToOpenInterest: 15,
    dailyVolatility: 0.06,
    correlation: 0.8,
    popularity: 2,
    fundingRate: '0.0001',
  },
};

/** The same world at leverage three and below, with prices that hardly move. */
export const CALM: Scenario = {
  ...CRASH,
  name: 'sample-calm',
  population: {
    ...CRASH.population,
    leverage: { median: 2, deviation: 0.3, min: 1, max: 3 },
    entryDrift: 0,
  },
  markets: CRASH.markets.map(({ coin, anchors: [first] }) => ({
    coin,
    dailyVolatility: 0.02,
    anchors: [first!, { ...first!, at: CRASH.to }],
  })),
};
