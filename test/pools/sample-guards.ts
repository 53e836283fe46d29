/**
 * Lawful parameters and commands about how accounts are closed and what keeps a market from
 * going wrong, with the changes a test is about.
 * @module
 */
import type {
  BreakerParameters,
  CloseOutParameters,
  Command,
  CommandOf,
  LiquidityParameters,
  PriceGuardParameters,
} from '../../src/engine/index.ts';
import {
  durationMs,
  engineTimeMs,
  marketId,
  money,
  price,
  ratio,
  size,
} from '../../src/units/index.ts';
import type { Driver } from './pool-driver.ts';

const BTC_PERP = marketId('BTC-PERP');

export const CLOSE_OUTS: CloseOutParameters = {
  policy: 'least-impact',
  fixedShare: ratio('1'),
  orderStyle: 'immediate-or-cancel',
  repriceStep: ratio('0'),
  reportGraceMs: durationMs(0),
  deferralMs: durationMs(1_000),
  penaltyPerShortfall: ratio('0'),
  penaltyPerVolatility: ratio('0'),
  penaltyPerThinness: ratio('0'),
  penaltyFractionMax: ratio('0.01'),
  providerShare: ratio('0'),
  provider: null,
};

export const closeOuts = (changes: Partial<CloseOutParameters> = {}): Command => ({
  type: 'ConfigureCloseOuts',
  parameters: { ...CLOSE_OUTS, ...changes },
});

/** A volatility of 4 % a day; nothing limits close-outs. */
export const LIQUIDITY: LiquidityParameters = {
  market: BTC_PERP,
  impactModel: 'square-root',
  impactCoefficient: ratio('1'),
  dailyVolatility: ratio('0.04'),
  dailyVolume: money('1000000'),
  volatilityTimeConstantMs: durationMs(3_600_000),
  depthTimeConstantMs: durationMs(60_000),
  depthStalenessMsMax: durationMs(30_000),
  depthShare: null,
  windowMs: durationMs(60_000),
  windowNotionalMax: null,
  windowDepthMultiple: null,
  openOrdersNotionalMax: null,
  rampMs: durationMs(0),
  rampInitialFraction: ratio('0'),
  smallNotional: money('0'),
  hedgeGroup: null,
  openInterestMax: null,
};

export const liquidity = (changes: Partial<LiquidityParameters> = {}): Command => ({
  type: 'ConfigureLiquidity',
  parameters: { ...LIQUIDITY, ...changes },
});

/** Every reason is off; whatever trips closes the start of liquidations. */
export const BREAKERS: BreakerParameters = {
  market: BTC_PERP,
  jumpDeviations: null,
  sourceSpreadMax: null,
  depthFloor: null,
  staleTrips: false,
  gates: ['liquidations'],
  holdMs: durationMs(10_000),
  limitMs: durationMs(40_000),
  releaseShare: ratio('0.5'),
};

export const breakers = (changes: Partial<BreakerParameters> = {}): Command => ({
  type: 'ConfigureBreakers',
  parameters: { ...BREAKERS, ...changes },
});

/** Every guard is off. */
export const PRICE_GUARDS: PriceGuardParameters = {
  market: BTC_PERP,
  stableTimeConstantMs: null,
  deviationMax: null,
  markStepPerSecond: null,
  confidenceFactor: null,
  tradingStalenessMsMax: null,
};

export const priceGuards = (changes: Partial<PriceGuardParameters> = {}): Command => ({
  type: 'ConfigurePriceGuards',
  parameters: { ...PRICE_GUARDS, ...changes },
});

export const setGate = (changes: Partial<CommandOf<'SetGate'>> = {}): Command => ({
  type: 'SetGate',
  market: null,
  gate: 'liquidations',
  closed: true,
  untilMs: null,
  reason: 'a look at the prices',
  ...changes,
});

type Side = CommandOf<'ReportDepth'>['bids'];

/** Levels written as `price × size`. */
export const levels = (...written: readonly string[]): Side =>
  written.map((text) => {
    const [at, contracts] = text.split(' × ');
    return { price: price(at!), size: size(contracts!) };
  });

/** Five contracts on either side of 100. */
export const depth = (pool: Driver, changes: Partial<CommandOf<'ReportDepth'>> = {}): Command => ({
  type: 'ReportDepth',
  market: BTC_PERP,
  timeMs: engineTimeMs(pool.now()),
  bids: levels('99 × 5'),
  asks: levels('101 × 5'),
  ...changes,
});
