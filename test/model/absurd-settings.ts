/**
 * Settings and depth with numbers that no market has. See absurd-commands.ts.
 * @module
 */
import { randomBreakers, randomCloseOuts, randomLiquidity } from './close-out-setups.ts';
import { ONE } from './integers.ts';
import type { Ledger, ModelCommand } from './ledger.ts';
import { randomGuards } from './price-guard-setups.ts';
import type { Random } from './random.ts';
import type { Stage } from './stage.ts';

/** Such a command with that number in it somewhere. */
export function absurdSetting(
  { random, time }: Stage,
  ledger: Ledger,
  number: bigint,
): ModelCommand | null {
  const { pool, markets } = ledger;
  if (pool === null || markets.length === 0) return null;
  const { parameters, mark } = random.pick(markets);
  const { market } = parameters;
  const longMs = random.pick([1, 10 ** 15, 10 ** 15 + 1, Number.MAX_SAFE_INTEGER]);
  switch (random.below(5)) {
    case 0: {
      const closeOuts = randomCloseOuts(random, pool, []);
      const changes = random.pick([
        { deferralMs: longMs },
        { reportGraceMs: longMs },
        { fixedShare: number },
        { penaltyPerVolatility: ONE, penaltyPerThinness: ONE, penaltyPerShortfall: ONE },
      ]);
      return { type: 'ConfigureCloseOuts', parameters: { ...closeOuts, ...changes } };
    }
    case 1: {
      const liquidity = randomLiquidity(random, market);
      const changes = random.pick([
        { dailyVolume: number },
        { impactCoefficient: 1_000n * ONE, dailyVolatility: 1_000n * ONE, dailyVolume: ONE },
        { dailyVolatility: ONE / 1_000_000n },
        { windowNotionalMax: number, openOrdersNotionalMax: number },
        { windowDepthMultiple: 1_000_000n * ONE, openInterestMax: number },
        { smallNotional: number },
        { windowMs: longMs, rampMs: longMs },
        { volatilityTimeConstantMs: longMs, depthTimeConstantMs: longMs },
        { depthStalenessMsMax: longMs },
      ]);
      return { type: 'ConfigureLiquidity', parameters: { ...liquidity, ...changes } };
    }
    case 2: {
      const breakers = randomBreakers(random, { market, measured: true });
      const changes = random.pick([
        { jumpDeviations: 1_000_000n * ONE },
        { jumpDeviations: 1n },
        { sourceSpreadMax: 1n },
        { limitMs: longMs },
      ]);
      return { type: 'ConfigureBreakers', parameters: { ...breakers, ...changes } };
    }
    case 3:
      return absurdGuards(random, market, { number, longMs });
    default: {
      const price = random.pick([number, mark ?? ONE, 1n]);
      const level = { price, size: number };
      const [bids, asks] = random.pick([
        [[level], [level]],
        [[level], []],
        [[], [level]],
      ]);
      return { type: 'ReportDepth', market, timeMs: time, bids: bids!, asks: asks! };
    }
  }
}

function absurdGuards(
  random: Random,
  market: string,
  { number, longMs }: { number: bigint; longMs: number },
): ModelCommand {
  const guards = randomGuards(random, { market, oldestMs: 1 });
  const changes = random.pick([
    { stableTimeConstantMs: longMs },
    { stableTimeConstantMs: 1, deviationMax: 1_000_000n * ONE },
    { stableTimeConstantMs: 1, deviationMax: 1n },
    { markStepPerSecond: 1_000_000n * ONE },
    { markStepPerSecond: 1n },
    { confidenceFactor: number },
    { tradingStalenessMsMax: longMs },
  ]);
  return { type: 'ConfigurePriceGuards', parameters: { ...guards, ...changes } };
}
