/**
 * Bounds and effects of what close-outs, liquidity and breakers are configured by. See
 * docs/spec/close-outs.md and docs/spec/breakers.md.
 * @module
 */
import { agrees, areDistinct, isFraction, isOpenFraction, outweighs } from './configuration.ts';
import { ONE } from './integers.ts';
import {
  type Answer,
  type CloseOuts,
  findAccount,
  findMarket,
  type Ledger,
  type Liquidity,
  type ModelCommandOf,
} from './ledger.ts';
import { isDuration, isModerate, isWeight } from './limits.ts';

/** A duration that may also be none at all. */
const isPause = (value: number): boolean => value === 0 || isDuration(value);

export function configureCloseOuts(
  ledger: Ledger,
  command: ModelCommandOf<'ConfigureCloseOuts'>,
): Answer {
  const { parameters } = command;
  const { provider } = parameters;
  const pool = ledger.pool!;
  if (!areCloseOutsSound(parameters) || !agrees(pool, parameters)) return 'INVALID_PARAMETER';
  if (ledger.markets.some((market) => outweighs(pool, parameters, market.parameters))) {
    return 'INVALID_PARAMETER';
  }
  const unknown = provider !== null && findAccount(ledger, provider) === undefined;
  if (unknown) return 'ACCOUNT_UNKNOWN';
  ledger.closeOuts = parameters;
  return [{ type: 'CloseOutsConfigured', parameters }];
}

function areCloseOutsSound(closeOuts: CloseOuts): boolean {
  const fractions = [
    closeOuts.fixedShare,
    closeOuts.repriceStep,
    closeOuts.providerShare,
    closeOuts.penaltyPerShortfall,
    closeOuts.penaltyPerVolatility,
    closeOuts.penaltyPerThinness,
    closeOuts.penaltyFractionMax,
  ];
  return (
    fractions.every(isFraction) &&
    closeOuts.fixedShare > 0n &&
    isPause(closeOuts.reportGraceMs) &&
    isDuration(closeOuts.deferralMs)
  );
}

export function configureLiquidity(
  ledger: Ledger,
  command: ModelCommandOf<'ConfigureLiquidity'>,
): Answer {
  const { parameters } = command;
  const market = findMarket(ledger, parameters.market);
  if (market === undefined) return 'MARKET_UNKNOWN';
  if (!isLiquiditySound(parameters)) return 'INVALID_PARAMETER';
  market.liquidity = parameters;
  return [{ type: 'LiquidityConfigured', parameters }];
}

function isLiquiditySound(liquidity: Liquidity): boolean {
  const { impactCoefficient, dailyVolatility, dailyVolume, depthShare } = liquidity;
  const { rampMs, rampInitialFraction, windowDepthMultiple, openInterestMax } = liquidity;
  const durations = [
    liquidity.volatilityTimeConstantMs,
    liquidity.depthTimeConstantMs,
    liquidity.depthStalenessMsMax,
    liquidity.windowMs,
  ];
  const isLimit = (value: bigint | null): boolean =>
    value === null || (value > 0n && isModerate(value));
  return (
    impactCoefficient >= 0n &&
    impactCoefficient <= 1_000n * ONE &&
    dailyVolatility >= ONE / 1_000_000n &&
    dailyVolatility <= 1_000n * ONE &&
    dailyVolume >= ONE &&
    isModerate(dailyVolume) &&
    durations.every(isDuration) &&
    (depthShare === null || (depthShare > 0n && depthShare <= ONE)) &&
    isLimit(liquidity.windowNotionalMax) &&
    (windowDepthMultiple === null || isWeight(windowDepthMultiple)) &&
    isLimit(liquidity.openOrdersNotionalMax) &&
    isPause(rampMs) &&
    isFraction(rampInitialFraction) &&
    (rampMs === 0 || rampInitialFraction > 0n) &&
    liquidity.smallNotional >= 0n &&
    isModerate(liquidity.smallNotional) &&
    (openInterestMax === null || (openInterestMax >= 0n && isModerate(openInterestMax)))
  );
}

export function configureBreakers(
  ledger: Ledger,
  command: ModelCommandOf<'ConfigureBreakers'>,
): Answer {
  const { parameters } = command;
  const { jumpDeviations, sourceSpreadMax, depthFloor, gates, holdMs, limitMs } = parameters;
  const market = findMarket(ledger, parameters.market);
  if (market === undefined) return 'MARKET_UNKNOWN';
  const measured = market.liquidity !== null;
  const sound =
    (jumpDeviations === null || (measured && isWeight(jumpDeviations))) &&
    (sourceSpreadMax === null || isWeight(sourceSpreadMax)) &&
    (depthFloor === null || (measured && isOpenFraction(depthFloor))) &&
    areDistinct(gates) &&
    !gates.includes('withdrawals') &&
    isDuration(holdMs) &&
    isDuration(limitMs) &&
    holdMs <= limitMs &&
    isFraction(parameters.releaseShare);
  if (!sound) return 'INVALID_PARAMETER';
  market.breakers = parameters;
  return [{ type: 'BreakersConfigured', parameters }];
}
