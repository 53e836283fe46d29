/** How far marks have moved lately, of every market whose liquidity is configured. @module */
import { movingAverageNext, varianceSample, volatilityUp } from '../risk/index.ts';
import {
  durationMs,
  type EngineTimeMs,
  mulUp,
  ONE_RATIO,
  type Price,
  type Ratio,
} from '../units/index.ts';
import type { EventOf, LiquidityParameters, VarianceAverage } from './schema/index.ts';
import { type MarketView, marketNumber, type PoolView } from './state.ts';

/** Volatility of the market's mark per day, as a fraction of it; null before it was measured. */
export const realizedVolatility = ({ variance }: MarketView): Ratio | null =>
  variance === null ? null : volatilityUp(variance.value);

/**
 * What follows from prices at a time: the moved variances, of the markets whose mark is live
 * before and after. A market's first one is the ordinary variance that it was configured with.
 * Cost: one step of a moving average per listed mark.
 */
export function volatilityMeasured(
  state: PoolView,
  prices: EventOf<'PricesUpdated'>,
  time: EngineTimeMs,
): readonly EventOf<'VolatilityMeasured'>[] {
  const markets = prices.marks.flatMap(({ market: id, markPrice, mode }) => {
    const market = state.markets[marketNumber(state, id)]!;
    const { liquidity } = market;
    if (liquidity === null || markPrice === null || mode !== 'live') return [];
    const variance = varianceNext(market, { liquidity, markPrice, time });
    return variance === null ? [] : [{ market: id, variance }];
  });
  return markets.length === 0 ? [] : [{ type: 'VolatilityMeasured', markets }];
}

/** The variance after a live mark; null if it stays as it is. */
function varianceNext(
  { variance, mark, mode }: MarketView,
  now: {
    readonly liquidity: LiquidityParameters;
    readonly markPrice: Price;
    readonly time: EngineTimeMs;
  },
): VarianceAverage | null {
  const { dailyVolatility, volatilityTimeConstantMs } = now.liquidity;
  if (variance === null) {
    const value = mulUp(dailyVolatility, dailyVolatility);
    return { value, weightMs: ONE_RATIO, timeMs: now.time };
  }
  const elapsedMs = durationMs(now.time - variance.timeMs);
  if (mark === null || mode !== 'live' || elapsedMs === 0) return null;
  const value = varianceSample({ before: mark, after: now.markPrice, elapsedMs });
  return movingAverageNext<Ratio>(variance, {
    value,
    timeMs: now.time,
    timeConstantMs: volatilityTimeConstantMs,
    gapMsMax: volatilityTimeConstantMs,
  });
}
