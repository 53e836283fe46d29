/**
 * Random ways to guard the prices of a market, lawful ones and others.
 * @module
 */
import { ONE } from './integers.ts';
import type { Guards, MarketLedger } from './ledger.ts';
import type { Random } from './random.ts';

/** `oldestMs`: age up to which something that the mark rests on may count. */
export function randomGuards(
  random: Random,
  { market, oldestMs }: { market: string; oldestMs: number },
): Guards {
  const stable = random.chance(75);
  return {
    market,
    stableTimeConstantMs: stable ? random.pick([1, 2_000, 30_000, 3_600_000]) : null,
    deviationMax:
      stable && random.chance(50) ? random.quantity(0.005, random.pick([0.1, 1])) : null,
    markStepPerSecond: random.chance(50) ? random.quantity(0.0001, random.pick([0.01, 5])) : null,
    confidenceFactor: random.chance(60) ? random.quantity(0.1, random.pick([5, 80])) : null,
    tradingStalenessMsMax: random.chance(50) ? random.between(1, oldestMs) : null,
  };
}

/** That age in a pool whose indexes and markets are as given. */
export const oldestMsOf = (
  { parameters: { index, bookStalenessMsMax } }: Pick<MarketLedger, 'parameters'>,
  indexes: readonly { readonly index: string; readonly stalenessMsMax: number }[],
): number => {
  const { stalenessMsMax } = indexes.find((entry) => entry.index === index)!;
  return Math.max(stalenessMsMax, bookStalenessMsMax);
};

/** Each makes lawful guards unlawful, most of them whatever the rest says. */
export const GUARD_FAULTS: readonly Partial<Guards>[] = [
  { market: 'NONE' },
  { stableTimeConstantMs: 0 },
  { stableTimeConstantMs: 10 ** 15 + 1 },
  { deviationMax: 0n },
  { deviationMax: 1_000_000n * ONE + 1n },
  { stableTimeConstantMs: null, deviationMax: ONE },
  { markStepPerSecond: 0n },
  { markStepPerSecond: 1_000_000n * ONE + 1n },
  { confidenceFactor: -1n },
  { confidenceFactor: 1_000_000n * ONE + 1n },
  { tradingStalenessMsMax: 0 },
  { tradingStalenessMsMax: 60_001 },
];
