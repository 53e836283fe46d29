/**
 * The commands that tell a pool how to close accounts, what its markets can bear, when its breakers
 * trip and how far its prices are trusted: given once the open interest of the start is known,
 * before the first price.
 * @module
 */
import type {
  BreakerParameters,
  Command,
  LiquidityParameters,
  PriceGuardParameters,
} from '../engine/index.ts';
import { durationMs, money, ratio } from '../units/index.ts';
import type { LabMarket } from './pool-setup.ts';
import type {
  Scenario,
  ScenarioBreakers,
  ScenarioLiquidity,
  ScenarioPriceGuards,
} from './scenario.ts';

export function termCommands(
  scenario: Scenario,
  markets: readonly LabMarket[],
  openInterest: readonly number[],
): readonly Command[] {
  const { liquidity, breakers, priceGuards } = scenario;
  return [
    closeOutsCommand(scenario),
    ...markets.flatMap((market, number): Command[] => {
      const volume = dailyVolumeOf(market, openInterest[number]!);
      const oi = openInterest[number]!;
      return [
        ...(liquidity === null ? [] : [liquidityCommand(liquidity, market, { volume, oi })]),
        ...(breakers === null ? [] : [breakersCommand(breakers, market)]),
        ...(priceGuards === undefined ? [] : [priceGuardsCommand(priceGuards, market)]),
      ];
    }),
  ];
}

/** Money that a market trades in a day; one that nobody holds trades all the same. */
export const dailyVolumeOf = ({ terms }: LabMarket, openInterest: number): number =>
  Math.max(1, terms.dailyVolumeToOpenInterest * openInterest);

function closeOutsCommand({ closeOuts }: Scenario): Command {
  const parameters = {
    ...closeOuts,
    fixedShare: ratio(closeOuts.fixedShare),
    repriceStep: ratio(closeOuts.repriceStep),
    reportGraceMs: durationMs(closeOuts.reportGraceMs),
    deferralMs: durationMs(closeOuts.deferralMs),
    penaltyPerShortfall: ratio(closeOuts.penaltyPerShortfall),
    penaltyPerVolatility: ratio(closeOuts.penaltyPerVolatility),
    penaltyPerThinness: ratio(closeOuts.penaltyPerThinness),
    penaltyFractionMax: ratio(closeOuts.penaltyFractionMax),
    providerShare: ratio('0'),
    provider: null,
  };
  return { type: 'ConfigureCloseOuts', parameters };
}

function liquidityCommand(
  liquidity: ScenarioLiquidity,
  { market, terms }: LabMarket,
  size: { readonly volume: number; readonly oi: number },
): Command {
  const shareOf = (share: number | null, whole: number) =>
    share === null ? null : money(Math.max(0.01, share * whole).toFixed(2));
  const { windowDepthMultiple, depthShare } = liquidity;
  const parameters: LiquidityParameters = {
    market,
    impactModel: liquidity.impactModel,
    impactCoefficient: ratio(liquidity.impactCoefficient),
    dailyVolatility: ratio(terms.dailyVolatility.toFixed(6)),
    dailyVolume: money(size.volume.toFixed(2)),
    volatilityTimeConstantMs: durationMs(liquidity.volatilityTimeConstantMs),
    depthTimeConstantMs: durationMs(liquidity.depthTimeConstantMs),
    depthStalenessMsMax: durationMs(liquidity.depthStalenessMsMax),
    depthShare: depthShare === null ? null : ratio(depthShare),
    windowMs: durationMs(liquidity.windowMs),
    windowNotionalMax: shareOf(liquidity.windowVolumeShare, size.volume),
    windowDepthMultiple: windowDepthMultiple === null ? null : ratio(windowDepthMultiple),
    openOrdersNotionalMax: shareOf(liquidity.openOrdersVolumeShare, size.volume),
    rampMs: durationMs(liquidity.rampMs),
    rampInitialFraction: ratio(liquidity.rampInitialFraction),
    smallNotional: money(liquidity.smallNotional),
    hedgeGroup: liquidity.hedgeGroup,
    openInterestMax: shareOf(liquidity.openInterestMultiple, size.oi),
  };
  return { type: 'ConfigureLiquidity', parameters };
}

const optional = (text: string | null) => (text === null ? null : ratio(text));

function priceGuardsCommand(guards: ScenarioPriceGuards, { market }: LabMarket): Command {
  const lasting = (ms: number | null) => (ms === null ? null : durationMs(ms));
  const parameters: PriceGuardParameters = {
    market,
    stableTimeConstantMs: lasting(guards.stableTimeConstantMs),
    deviationMax: optional(guards.deviationMax),
    markStepPerSecond: optional(guards.markStepPerSecond),
    confidenceFactor: optional(guards.confidenceFactor),
    tradingStalenessMsMax: lasting(guards.tradingStalenessMsMax),
  };
  return { type: 'ConfigurePriceGuards', parameters };
}

function breakersCommand(breakers: ScenarioBreakers, { market }: LabMarket): Command {
  const parameters: BreakerParameters = {
    market,
    jumpDeviations: optional(breakers.jumpDeviations),
    sourceSpreadMax: optional(breakers.sourceSpreadMax),
    depthFloor: optional(breakers.depthFloor),
    staleTrips: breakers.staleTrips,
    gates: breakers.gates,
    holdMs: durationMs(breakers.holdMs),
    limitMs: durationMs(breakers.limitMs),
    releaseShare: ratio(breakers.releaseShare),
  };
  return { type: 'ConfigureBreakers', parameters };
}
