/**
 * Decisions on how accounts are closed: the pool's close-outs, what a market can bear, and when
 * its breakers trip.
 * @module
 */
import {
  gte,
  isNegative,
  isPositive,
  isZero,
  lte,
  money,
  type Ratio,
  type Wad,
} from '../../units/index.ts';
import { DURATION_MS_MAX, FACTOR_MAX, isModerate, MONEY_MAX_TEXT } from '../limits.ts';
import type {
  BreakerParameters,
  CloseOutParameters,
  CommandOf,
  LiquidityParameters,
  Outcome,
  PoolParameters,
} from '../schema/index.ts';
import { type PoolView, poolParameters } from '../state.ts';
import {
  type Bound,
  brokenBound,
  DELAY_EXPECTED,
  DURATION_EXPECTED,
  FRACTION_EXPECTED,
  isDelay,
  isDuration,
  isFraction,
  isMoney,
  isOpenFraction,
  isPositiveMoney,
  isVolatility,
  MODEL_MAX,
  MODEL_MAX_TEXT,
  MONEY_EXPECTED,
  POSITIVE_MONEY_EXPECTED,
  VOLATILITY_EXPECTED,
} from './bounds.ts';
import { dearestMarket, sharesBound } from './configuration.ts';
import { accepted, rejected } from './outcome.ts';

const FACTOR_EXPECTED = 'above 0, up to 1000000';

const VOLUME_MIN = money('1');

const isPositiveFraction = (value: Ratio): boolean => isPositive(value) && isFraction(value);
const isFactor = (value: Ratio): boolean => isPositive(value) && lte(value, FACTOR_MAX);
const isNullOr = <U extends Wad>(value: U | null, holds: (value: U) => boolean): boolean =>
  value === null || holds(value);

export function configureCloseOuts(
  state: PoolView,
  { parameters }: CommandOf<'ConfigureCloseOuts'>,
): Outcome {
  const pool = poolParameters(state);
  const broken =
    brokenBound(closeOutBounds(parameters, pool)) ??
    brokenBound([sharesBound(pool, parameters)]) ??
    dearestMarket(state, pool, parameters);
  if (broken !== null) return broken;
  const { provider } = parameters;
  if (provider !== null && !state.numbers.accounts.has(provider)) {
    return rejected('ACCOUNT_UNKNOWN', { account: provider });
  }
  return accepted({ type: 'CloseOutsConfigured', parameters });
}

function closeOutBounds(closeOuts: CloseOutParameters, pool: PoolParameters): readonly Bound[] {
  const { penaltyFractionMax: fractionMax, penaltyPerShortfall, penaltyPerVolatility } = closeOuts;
  return [
    [isFraction(closeOuts.fixedShare), 'fixedShare', FRACTION_EXPECTED],
    [isFraction(closeOuts.repriceStep), 'repriceStep', FRACTION_EXPECTED],
    [isFraction(closeOuts.providerShare), 'providerShare', FRACTION_EXPECTED],
    [isPositive(closeOuts.fixedShare), 'fixedShare', 'above 0'],
    [isFraction(penaltyPerShortfall), 'penaltyPerShortfall', FRACTION_EXPECTED],
    [isFraction(penaltyPerVolatility), 'penaltyPerVolatility', FRACTION_EXPECTED],
    [isFraction(closeOuts.penaltyPerThinness), 'penaltyPerThinness', FRACTION_EXPECTED],
    [isFraction(fractionMax), 'penaltyFractionMax', FRACTION_EXPECTED],
    [
      gte(fractionMax, pool.penaltyFraction),
      'penaltyFractionMax',
      "at least the pool's penaltyFraction",
    ],
    [isDelay(closeOuts.reportGraceMs), 'reportGraceMs', DELAY_EXPECTED],
    [isDuration(closeOuts.deferralMs), 'deferralMs', DURATION_EXPECTED],
  ];
}

export function configureLiquidity(
  state: PoolView,
  { parameters }: CommandOf<'ConfigureLiquidity'>,
): Outcome {
  const { market } = parameters;
  if (!state.numbers.markets.has(market)) return rejected('MARKET_UNKNOWN', { market });
  const broken = brokenBound([...modelBounds(parameters), ...roomBounds(parameters)]);
  return broken ?? accepted({ type: 'LiquidityConfigured', parameters });
}

/** Bounds of what is known of the market. */
function modelBounds(liquidity: LiquidityParameters): readonly Bound[] {
  const { impactCoefficient: coefficient, dailyVolatility, dailyVolume } = liquidity;
  return [
    [
      !isNegative(coefficient) && lte(coefficient, MODEL_MAX),
      'impactCoefficient',
      `from 0 to ${MODEL_MAX_TEXT}`,
    ],
    [isVolatility(dailyVolatility), 'dailyVolatility', VOLATILITY_EXPECTED],
    [
      gte(dailyVolume, VOLUME_MIN) && isModerate(dailyVolume),
      'dailyVolume',
      `from 1 to ${MONEY_MAX_TEXT}`,
    ],
    [isDuration(liquidity.volatilityTimeConstantMs), 'volatilityTimeConstantMs', DURATION_EXPECTED],
    [isDuration(liquidity.depthTimeConstantMs), 'depthTimeConstantMs', DURATION_EXPECTED],
    [isDuration(liquidity.depthStalenessMsMax), 'depthStalenessMsMax', DURATION_EXPECTED],
  ];
}

/** Bounds of what limits close-outs and open interest there. */
function roomBounds(liquidity: LiquidityParameters): readonly Bound[] {
  const { windowNotionalMax, windowDepthMultiple, openOrdersNotionalMax } = liquidity;
  const { rampMs, rampInitialFraction: initial } = liquidity;
  return [
    [isNullOr(liquidity.depthShare, isPositiveFraction), 'depthShare', 'above 0, up to 1'],
    [isDuration(liquidity.windowMs), 'windowMs', DURATION_EXPECTED],
    [isNullOr(windowNotionalMax, isPositiveMoney), 'windowNotionalMax', POSITIVE_MONEY_EXPECTED],
    [isNullOr(windowDepthMultiple, isFactor), 'windowDepthMultiple', FACTOR_EXPECTED],
    [
      isNullOr(openOrdersNotionalMax, isPositiveMoney),
      'openOrdersNotionalMax',
      POSITIVE_MONEY_EXPECTED,
    ],
    [isDelay(rampMs), 'rampMs', DELAY_EXPECTED],
    [isFraction(initial), 'rampInitialFraction', FRACTION_EXPECTED],
    [rampMs === 0 || !isZero(initial), 'rampInitialFraction', 'above 0 where there is a ramp'],
    [isMoney(liquidity.smallNotional), 'smallNotional', MONEY_EXPECTED],
    [isNullOr(liquidity.openInterestMax, isMoney), 'openInterestMax', MONEY_EXPECTED],
  ];
}

export function configureBreakers(
  state: PoolView,
  { parameters }: CommandOf<'ConfigureBreakers'>,
): Outcome {
  const { market } = parameters;
  const number = state.numbers.markets.get(market);
  if (number === undefined) return rejected('MARKET_UNKNOWN', { market });
  const hasLiquidity = state.markets[number]!.liquidity !== null;
  const broken = brokenBound(breakerBounds(parameters, hasLiquidity));
  return broken ?? accepted({ type: 'BreakersConfigured', parameters });
}

function breakerBounds(breakers: BreakerParameters, hasLiquidity: boolean): readonly Bound[] {
  const { jumpDeviations, sourceSpreadMax, depthFloor, gates, holdMs, limitMs } = breakers;
  const needsLiquidity = 'null where the liquidity of the market is not configured';
  return [
    [isNullOr(jumpDeviations, isFactor), 'jumpDeviations', FACTOR_EXPECTED],
    [jumpDeviations === null || hasLiquidity, 'jumpDeviations', needsLiquidity],
    [isNullOr(sourceSpreadMax, isFactor), 'sourceSpreadMax', FACTOR_EXPECTED],
    [isNullOr(depthFloor, isOpenFraction), 'depthFloor', 'above 0 and below 1'],
    [depthFloor === null || hasLiquidity, 'depthFloor', needsLiquidity],
    [new Set(gates).size === gates.length, 'gates', 'distinct gates'],
    [!gates.includes('withdrawals'), 'gates', 'gates of a market: not withdrawals'],
    [isDuration(holdMs), 'holdMs', DURATION_EXPECTED],
    [holdMs <= limitMs && limitMs <= DURATION_MS_MAX, 'limitMs', 'at least holdMs'],
    [isFraction(breakers.releaseShare), 'releaseShare', FRACTION_EXPECTED],
  ];
}
