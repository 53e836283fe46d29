/**
 * What the simulated venue takes for the price of a coin: the median of what its sources said
 * lately, in floating point. Before anything fresh arrives the last reference stands.
 * @module
 */
import { approximate } from '../units/index.ts';
import type { PriceFeed, Report } from './price-feed.ts';

export type IndexReferences = {
  readonly hear: (timeMs: number, reports: readonly Report[]) => void;
  /** Per coin; null before its first report. */
  readonly at: (timeMs: number) => readonly (number | null)[];
};

export function indexReferences(feed: PriceFeed, stalenessSteps: number): IndexReferences {
  const heard = feed.coins.map(() => new Map<string, { price: number; timeMs: number }>());
  const references: (number | null)[] = feed.coins.map(() => null);
  return {
    hear: (timeMs, reports) => {
      for (const { coin, source, price } of reports) {
        heard[coin]!.set(source, { price: approximate(price), timeMs });
      }
    },
    at: (timeMs) => {
      for (const [coin, { stepMs }] of feed.coins.entries()) {
        const oldest = timeMs - stalenessSteps * stepMs;
        const fresh: number[] = [];
        for (const said of heard[coin]!.values()) if (said.timeMs >= oldest) fresh.push(said.price);
        if (fresh.length > 0) references[coin] = median(fresh);
      }
      return references;
    },
  };
}

function median(values: number[]): number {
  if (values.length === 1) return values[0]!;
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}
