/**
 * How far marks have moved lately. See docs/spec/close-outs.md, section "Depth and volatility".
 * @module
 */
import { nextAverage } from './average.ts';
import { ceilDiv, floorDiv, magnitude, ONE, smaller, sqrtUp } from './integers.ts';
import {
  type Average,
  findMarket,
  type Ledger,
  type MarketLedger,
  type ModelEvent,
  type ModelEventOf,
} from './ledger.ts';

export const DAY_MS = 86_400_000n;
const SAMPLE_MAX = 1_000_000n * ONE;

/** The event that follows new prices; `before` is the pool as it was. */
export function volatilityMeasured(
  ledger: Ledger,
  update: ModelEventOf<'PricesUpdated'>,
  { time, before }: { time: number; before: Ledger },
): ModelEvent[] {
  const markets = update.marks.flatMap(({ market: id }) => {
    const market = findMarket(ledger, id)!;
    const variance = nextVariance(market, findMarket(before, id)!, time);
    if (variance === null) return [];
    market.variance = variance;
    return [{ market: id, variance }];
  });
  return markets.length === 0 ? [] : [{ type: 'VolatilityMeasured', markets }];
}

/** The variance after a move of the mark; null where it stays as it is. */
function nextVariance(now: MarketLedger, before: MarketLedger, time: number): Average | null {
  const { liquidity, variance } = now;
  if (liquidity === null || now.mode !== 'live') return null;
  if (variance === null) {
    const { dailyVolatility } = liquidity;
    const value = ceilDiv(dailyVolatility * dailyVolatility, ONE);
    return { value, weightMs: ONE, timeMs: time };
  }
  const elapsed = time - variance.timeMs;
  if (before.mode !== 'live' || elapsed <= 0) return null;
  const move = magnitude(now.mark! - before.mark!);
  const square = move * move * DAY_MS * ONE;
  const sample = floorDiv(square, before.mark! * before.mark! * BigInt(elapsed));
  return nextAverage(variance, {
    value: smaller(sample, SAMPLE_MAX),
    timeMs: time,
    timeConstantMs: liquidity.volatilityTimeConstantMs,
    gapMsMax: liquidity.volatilityTimeConstantMs,
  });
}

/** σ per day; null where it was never measured. */
export const realizedVolatility = ({ variance }: MarketLedger): bigint | null =>
  variance === null ? null : sqrtUp(variance.value);
