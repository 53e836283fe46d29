/**
 * Decisions on parameters: bounds first, so that no later formula meets an absurd value.
 * @module
 */
import { marginTierProblem } from '../../risk/index.ts';
import {
  add,
  gt,
  gte,
  isNegative,
  isPositive,
  isZero,
  lt,
  lte,
  mulUp,
  ONE_RATIO,
  sub,
  ZERO_RATIO,
} from '../../units/index.ts';
import { FACTOR_MAX, isModerate, MONEY_MAX_TEXT } from '../limits.ts';
import { holdsPledge, NO_PLEDGE_EXPECTED } from '../links.ts';
import type {
  CloseOutParameters,
  CommandOf,
  IndexParameters,
  MarketParameters,
  Outcome,
  PoolParameters,
} from '../schema/index.ts';
import { type PoolView, poolParameters } from '../state.ts';
import {
  type Bound,
  brokenBound,
  DURATION_EXPECTED,
  isDuration,
  isFraction,
  isOpenFraction,
  isWeighted,
  WEIGHTS_EXPECTED,
} from './bounds.ts';
import { houseBound } from './lending-configuration.ts';
import { accepted, rejected } from './outcome.ts';

export function configurePool(state: PoolView, command: CommandOf<'ConfigurePool'>): Outcome {
  const { parameters } = command;
  const before = state.parameters;
  if (before !== null && before.settlementAsset !== parameters.settlementAsset) {
    return rejected('POOL_ALREADY_CONFIGURED', { settlementAsset: before.settlementAsset });
  }
  const buyer = parameters.collateralBuyer;
  const { closeOuts } = state;
  const broken =
    brokenBound([
      ...poolBounds(parameters),
      houseBound(state, buyer),
      [!holdsPledge(state, buyer), 'collateralBuyer', NO_PLEDGE_EXPECTED],
    ]) ??
    agreementProblem(parameters, closeOuts) ??
    dearestMarket(state, parameters, closeOuts);
  if (broken !== null) return broken;
  if (buyer !== null && before !== null && !state.numbers.accounts.has(buyer)) {
    return rejected('ACCOUNT_UNKNOWN', { account: buyer });
  }
  return accepted({ type: 'PoolConfigured', parameters });
}

function poolBounds(pool: PoolParameters): readonly Bound[] {
  // Only fractions are added up: anything larger is refused by its own bound.
  const fractions = isFraction(pool.keeperShare) && isFraction(pool.burnShare);
  const shares = fractions ? add(pool.keeperShare, pool.burnShare) : ZERO_RATIO;
  const cap = pool.insuranceEventCap;
  return [
    [gte(pool.releaseRatio, ONE_RATIO), 'releaseRatio', 'at least 1'],
    [isFraction(pool.penaltyFraction), 'penaltyFraction', 'from 0 to 1'],
    [isFraction(pool.keeperShare), 'keeperShare', 'from 0 to 1'],
    [isFraction(pool.burnShare), 'burnShare', 'from 0 to 1'],
    [lte(shares, ONE_RATIO), 'keeperShare + burnShare', 'at most 1'],
    [gte(pool.bankruptcyAdjustment, ONE_RATIO), 'bankruptcyAdjustment', 'at least 1'],
    [
      isFraction(pool.spreadToMaintenanceMarginRatio),
      'spreadToMaintenanceMarginRatio',
      'from 0 to 1',
    ],
    [isDuration(pool.orderTimeoutMs), 'orderTimeoutMs', DURATION_EXPECTED],
    [pool.bookAttemptsMax > 0, 'bookAttemptsMax', 'above 0'],
    [pool.closeOutStepsMax > 0, 'closeOutStepsMax', 'above 0'],
    [pool.adlFillsMax > 0, 'adlFillsMax', 'above 0'],
    [pool.startsPerRecordMax > 0, 'startsPerRecordMax', 'above 0'],
    [pool.settlementsPerRecordMax > 0, 'settlementsPerRecordMax', 'above 0'],
    [cap === null || !isNegative(cap), 'insuranceEventCap', 'at least 0'],
    [isOpenFraction(pool.fillBand), 'fillBand', 'above 0 and below 1'],
  ];
}

/** What was configured of the close-outs must go on to hold. */
function agreementProblem(
  pool: PoolParameters,
  closeOuts: CloseOutParameters | null,
): Outcome | null {
  if (closeOuts === null) return null;
  const most = 'at most penaltyFractionMax of the close-outs';
  return brokenBound([
    [lte(pool.penaltyFraction, closeOuts.penaltyFractionMax), 'penaltyFraction', most],
    sharesBound(pool, closeOuts),
  ]);
}

/** The shares of a penalty, each a fraction, do not sum to more than all of it. */
export function sharesBound(
  { keeperShare, burnShare }: PoolParameters,
  { providerShare }: CloseOutParameters,
): Bound {
  const shares = add(add(keeperShare, burnShare), providerShare);
  return [lte(shares, ONE_RATIO), 'providerShare', 'with keeperShare and burnShare at most 1'];
}

/** The first market whose smallest tier a penalty plus the widest slippage would outweigh. */
export function dearestMarket(
  state: PoolView,
  pool: PoolParameters,
  closeOuts: CloseOutParameters | null,
): Outcome | null {
  for (const { parameters } of state.markets) {
    const problem = penaltyOutweighsMargin(parameters, pool, closeOuts);
    if (problem !== null) return problem;
  }
  return null;
}

/**
 * INV-4: a close-out at its limit price must reduce the margin deficit, so penalty plus the
 * slippage to that limit (S · μ) has to stay below every tier's fraction μ.
 */
function penaltyOutweighsMargin(
  market: MarketParameters,
  pool: PoolParameters,
  closeOuts: CloseOutParameters | null,
): Outcome | null {
  const [name, penalty] =
    closeOuts === null
      ? ['penaltyFraction', pool.penaltyFraction]
      : ['penaltyFractionMax', closeOuts.penaltyFractionMax];
  const smallest = market.tiers[0]!.maintenanceMarginFraction;
  const slippage = mulUp(smallest, pool.spreadToMaintenanceMarginRatio);
  if (lt(add(penalty, slippage), smallest)) return null;
  return rejected('INVALID_PARAMETER', {
    parameter: `${name} with the tiers of ${market.market}`,
    expected: `${name} + spreadToMaintenanceMarginRatio * fraction < fraction`,
  });
}

export function configureIndex(_state: PoolView, command: CommandOf<'ConfigureIndex'>): Outcome {
  const { parameters } = command;
  const broken = brokenBound(indexBounds(parameters));
  return broken ?? accepted({ type: 'IndexConfigured', parameters });
}

function indexBounds(index: IndexParameters): readonly Bound[] {
  const names = index.sources.map(({ source }) => source);
  const { confidenceMax, sourceBand } = index;
  return [
    [names.length > 0, 'sources', 'at least one source'],
    [new Set(names).size === names.length, 'sources', 'distinct names'],
    [index.sources.every(isWeighted), 'sources', WEIGHTS_EXPECTED],
    [index.sourcesMin >= 1, 'sourcesMin', 'at least 1'],
    [index.sourcesMin <= names.length, 'sourcesMin', 'at most the number of sources'],
    [isDuration(index.stalenessMsMax), 'stalenessMsMax', DURATION_EXPECTED],
    [confidenceMax === null || !isNegative(confidenceMax), 'confidenceMax', 'at least 0'],
    [sourceBand === null || isPositive(sourceBand), 'sourceBand', 'above 0'],
  ];
}

export function configureAsset(state: PoolView, command: CommandOf<'ConfigureAsset'>): Outcome {
  const { parameters } = command;
  const { concentrationFactor, amountMax } = parameters;
  const broken = brokenBound([
    [
      parameters.asset !== poolParameters(state).settlementAsset,
      'asset',
      'an asset other than the settlement asset',
    ],
    [isFraction(parameters.collateralHaircut), 'collateralHaircut', 'from 0 to 1'],
    [
      concentrationFactor === null ||
        (!isNegative(concentrationFactor) && lte(concentrationFactor, FACTOR_MAX)),
      'concentrationFactor',
      'from 0 to 1000000',
    ],
    [amountMax === null || !isNegative(amountMax), 'amountMax', 'at least 0'],
  ]);
  if (broken !== null) return broken;
  if (!state.numbers.indexes.has(parameters.index)) {
    return rejected('INDEX_UNKNOWN', { index: parameters.index });
  }
  return accepted({ type: 'AssetConfigured', parameters });
}

export function configureMarket(state: PoolView, command: CommandOf<'ConfigureMarket'>): Outcome {
  const { parameters } = command;
  const tiers = marginTierProblem(parameters.tiers);
  if (tiers !== null) {
    return rejected('INVALID_PARAMETER', { parameter: 'tiers', expected: tiers });
  }
  const broken =
    brokenBound(marketBounds(parameters)) ??
    penaltyOutweighsMargin(parameters, poolParameters(state), state.closeOuts);
  if (broken !== null) return broken;
  if (!state.numbers.indexes.has(parameters.index)) {
    return rejected('INDEX_UNKNOWN', { index: parameters.index });
  }
  return marketInUse(state, parameters) ?? accepted({ type: 'MarketConfigured', parameters });
}

function marketBounds(market: MarketParameters): readonly Bound[] {
  const outside = market.outsideSources.map(({ source }) => source);
  const { openInterestLower, openInterestUpper, markBand } = market;
  const scaled = !isZero(openInterestLower) || !isZero(openInterestUpper);
  return [
    [isFraction(market.initialMarginFraction), 'initialMarginFraction', 'from 0 to 1'],
    [isPositive(market.initialMarginFraction), 'initialMarginFraction', 'above 0'],
    [
      gte(market.initialMarginFraction, market.tiers[0]!.maintenanceMarginFraction),
      'initialMarginFraction',
      "at least the first tier's maintenance margin fraction",
    ],
    [
      !scaled || (!isNegative(openInterestLower) && gt(openInterestUpper, openInterestLower)),
      'openInterestLower and openInterestUpper',
      'both 0, or 0 <= lower < upper',
    ],
    [markBand === null || isOpenFraction(markBand), 'markBand', 'above 0 and below 1'],
    [isDuration(market.basisTimeConstantMs), 'basisTimeConstantMs', DURATION_EXPECTED],
    [isDuration(market.bookTimeConstantMs), 'bookTimeConstantMs', DURATION_EXPECTED],
    [isDuration(market.averageGapMsMax), 'averageGapMsMax', DURATION_EXPECTED],
    [isDuration(market.bookStalenessMsMax), 'bookStalenessMsMax', DURATION_EXPECTED],
    [new Set(outside).size === outside.length, 'outsideSources', 'distinct names'],
    [market.outsideSources.every(isWeighted), 'outsideSources', WEIGHTS_EXPECTED],
    [isPositive(market.lot) && isModerate(market.lot), 'lot', `above 0, up to ${MONEY_MAX_TEXT}`],
    [!isNegative(market.notionalMin), 'notionalMin', 'at least 0'],
  ];
}

/** What positions already rest on cannot be exchanged under them. */
function marketInUse(state: PoolView, parameters: MarketParameters): Outcome | null {
  const number = state.numbers.markets.get(parameters.market);
  if (number === undefined) return null;
  const before = state.markets[number]!;
  const fixed = before.parameters;
  const sameContract =
    fixed.kind === parameters.kind &&
    fixed.index === parameters.index &&
    fixed.expiryMs === parameters.expiryMs &&
    isZero(sub(fixed.lot, parameters.lot));
  if (sameContract) return null;
  return rejected('MARKET_IN_USE', { market: parameters.market });
}
