/**
 * Settings of close-outs, liquidity, breakers and gates, and reports of depth, that should be
 * refused: each is lawful but for one thing.
 * @module
 */
import { randomBreakers, randomCloseOuts, randomLiquidity } from './close-out-setups.ts';
import { depthCommand } from './guard-commands.ts';
import { ONE } from './integers.ts';
import type { Breakers, CloseOuts, Ledger, Level, Liquidity, ModelCommand } from './ledger.ts';
import { GUARD_FAULTS, randomGuards } from './price-guard-setups.ts';
import type { Stage } from './stage.ts';
import { percent } from './world.ts';

export function faultySetting(stage: Stage, ledger: Ledger): ModelCommand | null {
  const { random } = stage;
  const { pool, markets } = ledger;
  if (pool === null || markets.length === 0) return null;
  const { market } = random.pick(markets).parameters;
  switch (random.below(6)) {
    case 0: {
      const lawful = randomCloseOuts(random, pool, []);
      const parameters = { ...lawful, ...random.pick(CLOSE_OUT_FAULTS) };
      return { type: 'ConfigureCloseOuts', parameters };
    }
    case 1: {
      const lawful = randomLiquidity(random, market);
      const parameters = { ...lawful, ...random.pick(LIQUIDITY_FAULTS) };
      return { type: 'ConfigureLiquidity', parameters };
    }
    case 2: {
      const lawful = randomBreakers(random, { market, measured: true });
      const parameters = { ...lawful, ...random.pick(BREAKER_FAULTS) };
      return { type: 'ConfigureBreakers', parameters };
    }
    case 3:
      return faultyGate(stage, market);
    case 4: {
      const lawful = randomGuards(random, { market, oldestMs: 1 });
      const parameters = { ...lawful, ...random.pick(GUARD_FAULTS) };
      return { type: 'ConfigurePriceGuards', parameters };
    }
    default:
      return faultyDepth(stage, ledger);
  }
}

function faultyGate({ random, time }: Stage, market: string): ModelCommand {
  const lawful = {
    type: 'SetGate',
    market,
    gate: 'takes',
    closed: true,
    untilMs: time + 50,
    reason: 'a test',
  } as const;
  return {
    ...lawful,
    ...random.pick([
      { market: 'NONE' },
      { gate: 'withdrawals' as const },
      { untilMs: time },
      { closed: false },
    ]),
  };
}

/** Levels that rise in price. */
const levels = (count: number): Level[] =>
  Array.from({ length: count }, (_, at) => ({ price: BigInt(at + 1) * ONE, size: ONE }));

function faultyDepth(stage: Stage, ledger: Ledger): ModelCommand | null {
  const { random, time } = stage;
  const lawful = depthCommand(stage, ledger);
  if (lawful?.type !== 'ReportDepth') return null;
  const { bids, asks } = lawful;
  const [low, high] = [levels(1)[0]!, { price: 10n ** 15n * ONE, size: ONE }];
  return {
    ...lawful,
    ...random.pick([
      { market: 'NONE' },
      { bids: levels(17).reverse() },
      { asks: levels(17) },
      { bids: [{ price: 0n, size: ONE }] },
      { asks: [{ price: ONE, size: 0n }] },
      { asks: [{ price: 10n ** 17n * ONE + 1n, size: 1n }] },
      { bids: [{ price: 10n ** 9n * ONE, size: 10n ** 17n * ONE }], asks: [] },
      { bids: [{ price: 1n, size: 10n ** 17n * ONE }], asks: [] },
      { bids: levels(2) },
      { asks: levels(3).reverse() },
      { asks: [low, low] },
      { bids: [high], asks: [low] },
      { bids: [...asks].reverse(), asks: [...bids].reverse() },
      { timeMs: time + 1 },
      { timeMs: 0 },
    ]),
  };
}

const CLOSE_OUT_FAULTS: readonly Partial<CloseOuts>[] = [
  { fixedShare: 0n },
  { fixedShare: ONE + 1n },
  { repriceStep: -1n },
  { repriceStep: ONE + 1n },
  { providerShare: ONE + 1n },
  { providerShare: -1n },
  { providerShare: ONE },
  { penaltyPerShortfall: -1n },
  { penaltyPerVolatility: ONE + 1n },
  { penaltyPerThinness: -1n },
  { penaltyFractionMax: 0n },
  { penaltyFractionMax: percent(2) },
  { penaltyFractionMax: ONE + 1n },
  { reportGraceMs: -1 },
  { reportGraceMs: 10 ** 15 + 1 },
  { deferralMs: 0 },
  { provider: 'nobody' },
];

const LIQUIDITY_FAULTS: readonly Partial<Liquidity>[] = [
  { market: 'NONE' },
  { impactCoefficient: -1n },
  { impactCoefficient: 1_000n * ONE + 1n },
  { dailyVolatility: ONE / 1_000_000n - 1n },
  { dailyVolatility: 1_000n * ONE + 1n },
  { dailyVolume: ONE - 1n },
  { dailyVolume: 10n ** 17n * ONE + 1n },
  { volatilityTimeConstantMs: 0 },
  { depthTimeConstantMs: 0 },
  { depthStalenessMsMax: 0 },
  { depthShare: 0n },
  { depthShare: ONE + 1n },
  { windowMs: 0 },
  { windowNotionalMax: 0n },
  { windowDepthMultiple: 0n },
  { windowDepthMultiple: 1_000_000n * ONE + 1n },
  { openOrdersNotionalMax: 0n },
  { rampMs: -1 },
  { rampMs: 5, rampInitialFraction: 0n },
  { rampInitialFraction: ONE + 1n },
  { smallNotional: -1n },
  { openInterestMax: -1n },
];

const BREAKER_FAULTS: readonly Partial<Breakers>[] = [
  { market: 'NONE' },
  { jumpDeviations: 0n },
  { jumpDeviations: 1_000_000n * ONE + 1n },
  // Refused only where the liquidity of the market is not configured.
  { jumpDeviations: ONE },
  { depthFloor: ONE / 2n },
  { sourceSpreadMax: 0n },
  { depthFloor: 0n },
  { depthFloor: ONE },
  { gates: ['takes', 'takes'] },
  { gates: ['withdrawals'] },
  { holdMs: 0 },
  { holdMs: 5, limitMs: 4 },
  { limitMs: 10 ** 15 + 1 },
  { releaseShare: -1n },
  { releaseShare: ONE + 1n },
];
