/**
 * Random pools to start from: parameters of every kind, and the accounts that trade in them.
 * @module
 */
import { ONE } from './integers.ts';
import type { Market, ModelCommandOf, Pool } from './ledger.ts';
import type { Random } from './random.ts';

export type IndexSetup = ModelCommandOf<'ConfigureIndex'>['parameters'];
export type AssetSetup = ModelCommandOf<'ConfigureAsset'>['parameters'];

export type World = {
  /** Accounts hold small positions in many markets. */
  readonly spread: boolean;
  /** Prices move little: accounts run out of margin before they run out of equity. */
  readonly calm: boolean;
  readonly pool: Pool;
  readonly indexes: readonly IndexSetup[];
  readonly assets: readonly AssetSetup[];
  readonly markets: readonly Market[];
  readonly owners: readonly string[];
  /** Around which the price of each index moves. */
  readonly basePrices: ReadonlyMap<string, number>;
};

/** When the first command is taken. */
export const START_MS = 1_000_000;
export const SETTLEMENT_ASSET = 'USDC';
export const HOUSE = 'house';
/** Two accounts that start alike and trade alike. */
export const TWINS: readonly string[] = ['twin-a', 'twin-b'];

export const percent = (value: number): bigint =>
  (BigInt(Math.round(value * 1e6)) * ONE) / 100_000_000n;

export function randomWorld(random: Random): World {
  const spread = random.chance(40);
  const names = ['BTC', 'ETH', 'SOL'].slice(0, random.between(1, 3));
  const indexes = names.map((name) => randomIndex(random, name));
  const count = spread ? random.between(3, 5) : random.between(1, 3);
  const markets = Array.from({ length: count }, (_, at) =>
    randomMarket(random, `M${at}`, random.pick(names)),
  );
  const assets = Array.from({ length: random.between(0, 2) }, (_, at) =>
    randomAsset(random, `C${at}`, random.pick(names)),
  );
  return {
    spread,
    calm: random.chance(45),
    pool: randomPool(random),
    indexes,
    assets,
    markets,
    owners: ['ann', 'bob', 'cid', 'dee', 'eve', 'fay'].slice(0, random.between(3, 6)),
    basePrices: new Map(names.map((name) => [name, random.pick([0.02, 3, 100, 2000])])),
  };
}

const ADL_POLICIES: readonly Pool['adlPolicy'][] = [
  'minimax-leverage',
  'queue',
  'capped-pro-rata',
  'risk-aware-pro-rata',
  'min-max',
  'queue-notional',
  'minimax-leverage',
  'queue',
];

export function randomPool(random: Random): Pool {
  const spread = random.pick([0, 20, 50]);
  return {
    settlementAsset: SETTLEMENT_ASSET,
    releaseRatio: percent(random.pick([100, 110, 125, 200])),
    // Together with the spread it stays below the smallest fraction of a tier, 2 %.
    penaltyFraction: random.chance(10) ? 0n : random.quantity(0.0005, 0.009),
    keeperShare: percent(random.pick([0, 40])),
    burnShare: percent(random.pick([0, 10, 60])),
    bankruptcyAdjustment: percent(random.pick([100, 150, 300])),
    spreadToMaintenanceMarginRatio: percent(spread),
    orderTimeoutMs: random.pick([500, 3_000, 60_000]),
    bookAttemptsMax: random.between(1, 3),
    closeOutStepsMax: random.pick([1, 3, 20]),
    adlPolicy: random.pick(ADL_POLICIES),
    adlFillsMax: random.pick([1, 2, 3, 8]),
    startsPerRecordMax: random.pick([1, 2, 8]),
    settlementsPerRecordMax: random.pick([1, 2, 8]),
    insuranceEventCap: random.chance(30) ? random.quantity(0, 20) : null,
    collateralBuyer: random.chance(70) ? HOUSE : null,
    fillBand: percent(random.pick([5, 50])),
  };
}

export function randomIndex(random: Random, index: string): IndexSetup {
  const sources = ['s0', 's1', 's2'].slice(0, random.between(1, 3));
  return {
    index,
    sources: sources.map((source) => ({ source, weight: percent(random.pick([100, 100, 250])) })),
    sourcesMin: random.between(1, sources.length),
    stalenessMsMax: random.pick([2_000, 10_000, 60_000]),
    confidenceMax: random.chance(30) ? percent(2) : null,
    sourceBand: random.chance(30) ? percent(random.pick([2, 10])) : null,
  };
}

export function randomAsset(random: Random, asset: string, index: string): AssetSetup {
  return {
    asset,
    index,
    collateralHaircut: random.chance(5) ? ONE : random.quantity(0, 0.4),
    concentrationFactor: random.chance(40) ? random.quantity(0, 0.2) : null,
    amountMax: random.chance(30) ? random.quantity(50, 500) : null,
  };
}

export function randomMarket(random: Random, market: string, index: string): Market {
  const fraction = random.pick([2, 2.5, 5]);
  const tiers = [
    { notionalFloor: 0n, maintenanceMarginFraction: percent(fraction) },
    { notionalFloor: random.quantity(100, 300), maintenanceMarginFraction: percent(fraction + 1) },
    { notionalFloor: random.quantity(500, 900), maintenanceMarginFraction: percent(fraction * 4) },
  ];
  const scaled = random.chance(30);
  return {
    market,
    kind: random.chance(35) ? 'inverse' : 'linear',
    index,
    tiers: tiers.slice(0, random.between(1, 3)),
    initialMarginFraction: percent(random.pick([fraction, fraction * 1.5, fraction * 2])),
    openInterestLower: scaled ? random.quantity(200, 400) : 0n,
    openInterestUpper: scaled ? random.quantity(5_000, 9_000) : 0n,
    markBand: random.chance(40) ? percent(random.pick([1, 10])) : null,
    basisTimeConstantMs: random.pick([5_000, 150_000]),
    bookTimeConstantMs: random.pick([1_000, 30_000]),
    averageGapMsMax: random.pick([1_000, 60_000]),
    bookStalenessMsMax: random.pick([1_000, 8_000, 60_000]),
    outsideSources: ['o0', 'o1']
      .slice(0, random.between(0, 2))
      .map((source) => ({ source, weight: percent(random.pick([50, 100])) })),
    lot: random.pick([ONE / 1_000n, ONE / 100n, ONE / 7n]),
    notionalMin: random.chance(50) ? random.quantity(0, random.pick([30, 30, 250])) : 0n,
    expiryMs: random.chance(30) ? START_MS + random.between(5_000, 200_000) : null,
  };
}
