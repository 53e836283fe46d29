/**
 * Reports of depth. See docs/spec/close-outs.md, section "Depth and volatility".
 * @module
 */
import { nextAverage } from './average.ts';
import { judgedBreakers } from './breakers.ts';
import { DEFAULT_DEPTH_MS, thinnerSide } from './depth.ts';
import { type Answer, findMarket, type Ledger, type Level, type ModelCommandOf } from './ledger.ts';
import { isReckonable } from './limits.ts';

const LEVELS_MAX = 16;

type ReportDepth = ModelCommandOf<'ReportDepth'>;

export function reportDepth(
  ledger: Ledger,
  command: ReportDepth,
  { time, before }: { time: number; before: Ledger },
): Answer {
  const { bids, asks, timeMs } = command;
  const market = findMarket(ledger, command.market);
  if (market === undefined) return 'MARKET_UNKNOWN';
  if (market.settlementPrice !== null) return 'MARKET_EXPIRED';
  const { kind } = market.parameters;
  const levels = [...bids, ...asks];
  if (bids.length > LEVELS_MAX || asks.length > LEVELS_MAX) return 'INVALID_PARAMETER';
  if (levels.some(({ price, size }) => price <= 0n || size <= 0n)) return 'NOT_POSITIVE';
  if (!levels.every(({ price, size }) => isReckonable(kind, size, price))) {
    return 'INVALID_PARAMETER';
  }
  const prices = (side: readonly Level[]): bigint[] => side.map(({ price }) => price);
  if (!isRising(prices(bids).reverse()) || !isRising(prices(asks))) return 'INVALID_PARAMETER';
  const crossed = bids.length > 0 && asks.length > 0 && bids[0]!.price > asks[0]!.price;
  if (crossed) return 'BOOK_CROSSED';
  if (timeMs > time) return 'REPORT_FROM_THE_FUTURE';
  if (market.depth !== null && timeMs < market.depth.timeMs) return 'INVALID_PARAMETER';

  market.depth = { bids, asks, timeMs };
  const constantMs = market.liquidity?.depthTimeConstantMs ?? DEFAULT_DEPTH_MS;
  const average = nextAverage(market.depthAverage, {
    value: thinnerSide(kind, market.depth),
    timeMs,
    timeConstantMs: constantMs,
    gapMsMax: constantMs,
  });
  market.depthAverage = average;
  const reported = { ...command, type: 'DepthReported', average } as const;
  return [reported, ...judgedBreakers(ledger, { time, before, record: command })];
}

const isRising = (prices: readonly bigint[]): boolean =>
  prices.every((price, at) => at === 0 || price > prices[at - 1]!);
