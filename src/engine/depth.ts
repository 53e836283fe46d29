/**
 * The market's own book, as it was reported: how much it offers, how long that says something,
 * and what it usually offers.
 * @module
 */
import { type ContractKind, contractNotionalDown, movingAverageNext } from '../risk/index.ts';
import {
  type DurationMs,
  durationMs,
  type EngineTimeMs,
  type Money,
  min,
  sum,
} from '../units/index.ts';
import type { DepthAverage, DepthLevel } from './schema/index.ts';
import type { MarketView, PoolView } from './state.ts';

export type DepthView = NonNullable<MarketView['depth']>;

type Sides = Pick<DepthView, 'bids' | 'asks'>;

/** Most levels of a side that are reported. */
export const DEPTH_LEVELS_MAX = 16;

/** How long depth is fresh, and how fast its average moves, where liquidity is not configured. */
const DEPTH_MS_DEFAULT: DurationMs = durationMs(60_000);

/** Depth that was reported recently enough, by the pool's time; null if there is none. */
export const freshDepth = (state: PoolView, market: MarketView): DepthView | null =>
  market.depth !== null && isFreshDepth(market, market.depth, state.timeMs) ? market.depth : null;

/** Whether depth of a market still says something at a time. */
export const isFreshDepth = (
  { liquidity }: MarketView,
  { timeMs }: Pick<DepthView, 'timeMs'>,
  nowMs: EngineTimeMs,
): boolean => nowMs - timeMs <= (liquidity?.depthStalenessMsMax ?? DEPTH_MS_DEFAULT);

/** Notional that the levels of one side offer, each rounded down. */
export const sideNotional = (kind: ContractKind, levels: readonly DepthLevel[]): Money =>
  sum(levels.map(({ price, size }) => contractNotionalDown({ kind, size, price })));

/** Notional of the side that offers less. */
export const thinnerSide = (kind: ContractKind, { bids, asks }: Sides): Money =>
  min(sideNotional(kind, bids), sideNotional(kind, asks));

/** The average of the thinner side after one more report of depth. */
export function depthAverageNext(market: MarketView, depth: DepthView): DepthAverage {
  const { depthAverage, liquidity, parameters } = market;
  const timeConstantMs = liquidity?.depthTimeConstantMs ?? DEPTH_MS_DEFAULT;
  return movingAverageNext<Money>(depthAverage, {
    value: thinnerSide(parameters.kind, depth),
    timeMs: depth.timeMs,
    timeConstantMs,
    gapMsMax: timeConstantMs,
  });
}
