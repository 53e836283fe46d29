/**
 * Bounds and effects of parameters. See docs/spec/engine.md, section "Configuration".
 * @module
 */
import { needsHouse } from './desks.ts';
import { ceilDiv, ONE } from './integers.ts';
import {
  type Answer,
  type CloseOuts,
  findAccount,
  findAsset,
  findIndex,
  findMarket,
  type Ledger,
  type Market,
  type MarketLedger,
  type ModelCommandOf,
  type Pool,
} from './ledger.ts';
import { isDuration, isFactor, isModerate, isWeight } from './limits.ts';

export const isFraction = (value: bigint): boolean => value >= 0n && value <= ONE;
export const isOpenFraction = (value: bigint): boolean => value > 0n && value < ONE;
export const areDistinct = (names: readonly string[]): boolean =>
  new Set(names).size === names.length;

export function configurePool(ledger: Ledger, command: ModelCommandOf<'ConfigurePool'>): Answer {
  const { parameters } = command;
  const before = ledger.pool;
  if (before !== null && before.settlementAsset !== parameters.settlementAsset) {
    return 'POOL_ALREADY_CONFIGURED';
  }
  const { closeOuts } = ledger;
  if (!isPoolSound(parameters)) return 'INVALID_PARAMETER';
  if (parameters.collateralBuyer === null && needsHouse(ledger)) return 'INVALID_PARAMETER';
  if (closeOuts !== null && !agrees(parameters, closeOuts)) return 'INVALID_PARAMETER';
  if (ledger.markets.some((market) => outweighs(parameters, closeOuts, market.parameters))) {
    return 'INVALID_PARAMETER';
  }
  const buyer = parameters.collateralBuyer;
  if (before !== null && buyer !== null && findAccount(ledger, buyer) === undefined) {
    return 'ACCOUNT_UNKNOWN';
  }
  ledger.pool = parameters;
  return [{ type: 'PoolConfigured', parameters }];
}

function isPoolSound(pool: Pool): boolean {
  const counts = [
    pool.bookAttemptsMax,
    pool.closeOutStepsMax,
    pool.adlFillsMax,
    pool.startsPerRecordMax,
    pool.settlementsPerRecordMax,
  ];
  const fractions = [
    pool.penaltyFraction,
    pool.keeperShare,
    pool.burnShare,
    pool.keeperShare + pool.burnShare,
    pool.spreadToMaintenanceMarginRatio,
  ];
  return (
    pool.releaseRatio >= ONE &&
    pool.bankruptcyAdjustment >= ONE &&
    counts.every((count) => count > 0) &&
    isDuration(pool.orderTimeoutMs) &&
    fractions.every(isFraction) &&
    (pool.insuranceEventCap === null || pool.insuranceEventCap >= 0n) &&
    isOpenFraction(pool.fillBand)
  );
}

/** The penalty and its shares go together with how it is charged and shared out. */
export const agrees = (pool: Pool, closeOuts: CloseOuts): boolean =>
  pool.penaltyFraction <= closeOuts.penaltyFractionMax &&
  pool.keeperShare + pool.burnShare + closeOuts.providerShare <= ONE;

/** A penalty plus the widest slippage would cost more than the smallest tier releases. */
export function outweighs(pool: Pool, closeOuts: CloseOuts | null, market: Market): boolean {
  const fraction = market.tiers[0]!.maintenanceMarginFraction;
  const slippage = ceilDiv(fraction * pool.spreadToMaintenanceMarginRatio, ONE);
  const penalty = closeOuts?.penaltyFractionMax ?? pool.penaltyFraction;
  return penalty + slippage >= fraction;
}

export function configureIndex(ledger: Ledger, command: ModelCommandOf<'ConfigureIndex'>): Answer {
  const { parameters } = command;
  const { sources, sourcesMin, stalenessMsMax, confidenceMax, sourceBand } = parameters;
  const sound =
    sources.length > 0 &&
    areDistinct(sources.map(({ source }) => source)) &&
    sources.every(({ weight }) => isWeight(weight)) &&
    sourcesMin >= 1 &&
    sourcesMin <= sources.length &&
    isDuration(stalenessMsMax) &&
    (confidenceMax === null || confidenceMax >= 0n) &&
    (sourceBand === null || sourceBand > 0n);
  if (!sound) return 'INVALID_PARAMETER';
  const index = findIndex(ledger, parameters.index);
  if (index === undefined) {
    ledger.indexes.push({ parameters, reports: [], price: null, live: false });
  } else {
    // A source that is dropped and named again later starts without a report.
    index.reports = index.reports.filter(({ source }) =>
      sources.some((entry) => entry.source === source),
    );
    index.parameters = parameters;
  }
  return [{ type: 'IndexConfigured', parameters }];
}

export function configureAsset(ledger: Ledger, command: ModelCommandOf<'ConfigureAsset'>): Answer {
  const { parameters } = command;
  const { concentrationFactor, amountMax } = parameters;
  const sound =
    parameters.asset !== ledger.pool!.settlementAsset &&
    isFraction(parameters.collateralHaircut) &&
    (concentrationFactor === null || isFactor(concentrationFactor)) &&
    (amountMax === null || amountMax >= 0n);
  if (!sound) return 'INVALID_PARAMETER';
  if (findIndex(ledger, parameters.index) === undefined) return 'INDEX_UNKNOWN';
  const asset = findAsset(ledger, parameters.asset);
  if (asset === undefined) ledger.assets.push({ parameters, deposited: 0n, withdrawn: 0n });
  else asset.parameters = parameters;
  return [{ type: 'AssetConfigured', parameters }];
}

export function configureMarket(
  ledger: Ledger,
  command: ModelCommandOf<'ConfigureMarket'>,
): Answer {
  const { parameters } = command;
  if (!areTiersSound(parameters.tiers)) return 'INVALID_PARAMETER';
  if (!isMarketSound(parameters)) return 'INVALID_PARAMETER';
  if (outweighs(ledger.pool!, ledger.closeOuts, parameters)) return 'INVALID_PARAMETER';
  if (findIndex(ledger, parameters.index) === undefined) return 'INDEX_UNKNOWN';
  const market = findMarket(ledger, parameters.market);
  if (market === undefined) {
    ledger.markets.push(newMarket(parameters));
  } else {
    const { kind, index, expiryMs, lot } = market.parameters;
    const same =
      kind === parameters.kind &&
      index === parameters.index &&
      expiryMs === parameters.expiryMs &&
      lot === parameters.lot;
    if (!same) return 'MARKET_IN_USE';
    market.outside = market.outside.filter(({ source }) =>
      parameters.outsideSources.some((entry) => entry.source === source),
    );
    market.parameters = parameters;
  }
  return [{ type: 'MarketConfigured', parameters }];
}

function areTiersSound(tiers: Market['tiers']): boolean {
  if (tiers.length === 0 || tiers[0]!.notionalFloor !== 0n) return false;
  return tiers.every(({ notionalFloor, maintenanceMarginFraction }, at) => {
    if (!isOpenFraction(maintenanceMarginFraction)) return false;
    const before = tiers[at - 1];
    if (before === undefined) return true;
    return (
      notionalFloor > before.notionalFloor &&
      maintenanceMarginFraction >= before.maintenanceMarginFraction
    );
  });
}

function isMarketSound(market: Market): boolean {
  const { initialMarginFraction, openInterestLower, openInterestUpper, markBand } = market;
  const scaled = openInterestLower !== 0n || openInterestUpper !== 0n;
  const durations = [
    market.basisTimeConstantMs,
    market.bookTimeConstantMs,
    market.averageGapMsMax,
    market.bookStalenessMsMax,
  ];
  return (
    initialMarginFraction > 0n &&
    initialMarginFraction <= ONE &&
    initialMarginFraction >= market.tiers[0]!.maintenanceMarginFraction &&
    (!scaled || (openInterestLower >= 0n && openInterestUpper > openInterestLower)) &&
    (markBand === null || isOpenFraction(markBand)) &&
    durations.every(isDuration) &&
    areDistinct(market.outsideSources.map(({ source }) => source)) &&
    market.outsideSources.every(({ weight }) => isWeight(weight)) &&
    market.lot > 0n &&
    isModerate(market.lot) &&
    market.notionalMin >= 0n
  );
}

const newMarket = (parameters: Market): MarketLedger => ({
  parameters,
  book: null,
  outside: [],
  basisAverage: null,
  bookAverage: null,
  mark: null,
  mode: 'frozen',
  fundingIndex: 0n,
  fundingPaid: 0n,
  residueCollected: 0n,
  settlementPrice: null,
  settled: false,
  settledAccounts: 0,
  settlementPaid: 0n,
  settlementResidue: 0n,
  liquidity: null,
  breakers: null,
  priceGuards: null,
  stablePrice: null,
  markDecidedMs: null,
  depth: null,
  depthAverage: null,
  variance: null,
  alarms: [],
  gates: [],
  window: [],
});
