/** Arbitrary parameters, reports and depth. @module */
import fc from 'fast-check';
import type { PositionChange } from '../../src/engine/index.ts';
import {
  account,
  asset,
  closeOutPolicy,
  counts,
  exactSum,
  gate,
  index,
  list,
  market,
  name,
  oneOf,
  orderStyle,
  orNull,
  policy,
  record,
  time,
  wad,
  wads,
  whole,
} from './arbitrary-fields.ts';

export const poolParameters = record({
  settlementAsset: asset,
  ...wads('releaseRatio', 'penaltyFraction', 'keeperShare', 'burnShare', 'bankruptcyAdjustment'),
  ...wads('spreadToMaintenanceMarginRatio', 'fillBand'),
  ...counts('orderTimeoutMs', 'bookAttemptsMax', 'closeOutStepsMax', 'adlFillsMax'),
  ...counts('startsPerRecordMax', 'settlementsPerRecordMax'),
  adlPolicy: policy,
  insuranceEventCap: orNull(wad<never>()),
  collateralBuyer: orNull(account),
});

const weighedSource = record({ source: name, weight: wad<never>() });

export const indexParameters = record({
  index,
  sources: list(weighedSource),
  ...counts('sourcesMin', 'stalenessMsMax'),
  confidenceMax: orNull(wad<never>()),
  sourceBand: orNull(wad<never>()),
});

export const assetParameters = record({
  asset,
  index,
  collateralHaircut: wad<never>(),
  concentrationFactor: orNull(wad<never>()),
  amountMax: orNull(wad<never>()),
});

export const marketParameters = record({
  market,
  kind: oneOf('linear', 'inverse'),
  index,
  tiers: list(record(wads('notionalFloor', 'maintenanceMarginFraction'))),
  ...wads('initialMarginFraction', 'openInterestLower', 'openInterestUpper', 'lot', 'notionalMin'),
  markBand: orNull(wad<never>()),
  ...counts('basisTimeConstantMs', 'bookTimeConstantMs', 'averageGapMsMax', 'bookStalenessMsMax'),
  outsideSources: list(weighedSource),
  expiryMs: orNull(time),
});

export const closeOutParameters = record({
  policy: closeOutPolicy,
  orderStyle,
  ...wads('fixedShare', 'repriceStep', 'penaltyPerShortfall', 'penaltyPerVolatility'),
  ...wads('penaltyPerThinness', 'penaltyFractionMax', 'providerShare'),
  ...counts('reportGraceMs', 'deferralMs'),
  provider: orNull(account),
});

export const liquidityParameters = record({
  market,
  impactModel: oneOf('square-root', 'linear'),
  ...wads('impactCoefficient', 'dailyVolatility', 'dailyVolume'),
  ...wads('rampInitialFraction', 'smallNotional'),
  ...counts('volatilityTimeConstantMs', 'depthTimeConstantMs', 'depthStalenessMsMax'),
  ...counts('windowMs', 'rampMs'),
  depthShare: orNull(wad<never>()),
  windowNotionalMax: orNull(wad<never>()),
  windowDepthMultiple: orNull(wad<never>()),
  openOrdersNotionalMax: orNull(wad<never>()),
  hedgeGroup: orNull(name),
  openInterestMax: orNull(wad<never>()),
});

export const breakerParameters = record({
  market,
  jumpDeviations: orNull(wad<never>()),
  sourceSpreadMax: orNull(wad<never>()),
  depthFloor: orNull(wad<never>()),
  staleTrips: fc.boolean(),
  gates: list(gate),
  ...counts('holdMs', 'limitMs'),
  releaseShare: wad<never>(),
});

export const priceGuardParameters = record({
  market,
  stableTimeConstantMs: orNull(whole<never>()),
  deviationMax: orNull(wad<never>()),
  markStepPerSecond: orNull(wad<never>()),
  confidenceFactor: orNull(wad<never>()),
  tradingStalenessMsMax: orNull(whole<never>()),
});

export const routeMethod = oneOf('book', 'outside', 'amm', 'auction', 'direct', 'backstop');
export const routeChoice = oneOf('ladder', 'cheapest');

export const auctionParameters = record({
  lot: oneOf('position', 'portfolio'),
  curve: oneOf('linear', 'exponential', 'stairstep', 'two-phase'),
  ...wads('startPremium', 'endFraction', 'cut', 'cutoff', 'cusp', 'sliceMin', 'bufferFraction'),
  ...counts('durationMs', 'stepMs', 'fastMs', 'slowMs', 'tailMs', 'resetsMax', 'insolventMs'),
});

const typed = <T extends string, V>(type: T, fields: fc.Arbitrary<V>) =>
  fields.map((value) => ({ type, ...value }));

export const auctionBid = fc.oneof(
  typed('Collateral', record(wads('amount', 'amountMin', 'limitPrice'))),
  typed('Position', record(wads('size', 'sizeMin', 'limitPrice'))),
  typed('Portfolio', record(wads('fraction', 'fractionMin', 'paymentMax'))),
);

export const auctionOffer = fc.oneof(
  typed('Collateral', record(wads('amount', 'tab', 'indexPrice', 'price'))),
  typed('Position', record(wads('size', 'markPrice', 'notional', 'share'))),
  typed('Portfolio', record(wads('fraction', 'notional', 'share'))),
);

export const auctionLot = oneOf('collateral', 'position', 'portfolio');
export const auctionPhase = oneOf('solvent', 'insolvent');

export const routingParameters = record({
  choice: routeChoice,
  routes: list(
    record({
      method: routeMethod,
      venue: orNull(name),
      ...wads('feeFraction', 'concessionFraction', 'failureProbability'),
      ...counts('expectedMs', 'patienceMs'),
    }),
  ),
  ...wads('dailyVolatility', 'waitingDeviations'),
});

export const lendingParameters = record({
  asset,
  ...wads('loanToValue', 'liabilityWeight', 'liabilityWeightInitial', 'rateAtZero', 'rateAtKink'),
  ...wads('rateAtFull', 'kinkUtilization', 'reserveShare', 'debtMin', 'closeFactor'),
  ...wads('closeFactorHealth', 'liquidationBonus'),
  ...counts('accrualIntervalMs'),
  borrowMax: orNull(wad<never>()),
});

export const positionChange: fc.Arbitrary<PositionChange> = record({
  account,
  ...wads('sizeDelta', 'entryValueDelta', 'realizedPnl', 'fundingPayment', 'fee'),
  fundingExact: exactSum,
});

export const indexReport = record({
  index,
  source: name,
  price: wad<never>(),
  timeMs: time,
  confidence: orNull(wad<never>()),
});
export const bookReport = record({ market, ...wads('bid', 'ask', 'last'), timeMs: time });
export const outsideReport = record({ market, source: name, price: wad<never>(), timeMs: time });
const depthLevels = list(record(wads('price', 'size')));
export const depthSides = { bids: depthLevels, asks: depthLevels, timeMs: time };

export const average = record({ ...wads('value', 'weightMs'), timeMs: time });
