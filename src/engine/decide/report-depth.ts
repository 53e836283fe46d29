/** Decision on the market's own order book, as reported. @module */
import type { ContractKind } from '../../risk/index.ts';
import { type EngineTimeMs, formatDecimal, gt, isPositive } from '../../units/index.ts';
import { breakerEvents } from '../breakers.ts';
import { DEPTH_LEVELS_MAX, depthAverageNext } from '../depth.ts';
import { isReckonable, MONEY_MAX_TEXT } from '../limits.ts';
import type { CommandOf, DepthLevel, EventOf, Outcome } from '../schema/index.ts';
import type { MarketView, PoolView } from '../state.ts';
import { accepted, rejected } from './outcome.ts';

type ReportDepth = CommandOf<'ReportDepth'>;

export function reportDepth(state: PoolView, command: ReportDepth, time: EngineTimeMs): Outcome {
  const { market: id, timeMs, bids, asks } = command;
  const number = state.numbers.markets.get(id);
  if (number === undefined) return rejected('MARKET_UNKNOWN', { market: id });
  const market = state.markets[number]!;
  if (market.settlementPrice !== null) return rejected('MARKET_EXPIRED', { market: id });
  const problem =
    levelsProblem(command, market.parameters.kind) ?? timeProblem(market, command, time);
  if (problem !== null) return problem;
  const average = depthAverageNext(market, { bids, asks, timeMs });
  const depth: EventOf<'DepthReported'> = {
    type: 'DepthReported',
    market: id,
    timeMs,
    bids,
    asks,
    average,
  };
  return accepted(depth, ...breakerEvents(state, { by: 'ReportDepth', time, prices: null, depth }));
}

const badDepth = (expected: string): Outcome =>
  rejected('INVALID_PARAMETER', { parameter: 'depth', expected });

function levelsProblem({ market, bids, asks }: ReportDepth, kind: ContractKind): Outcome | null {
  const levels = [...bids, ...asks];
  if (bids.length > DEPTH_LEVELS_MAX || asks.length > DEPTH_LEVELS_MAX) {
    return badDepth(`at most ${DEPTH_LEVELS_MAX} levels of a side`);
  }
  if (!levels.every(({ price, size }) => isPositive(price) && isPositive(size))) {
    return rejected('NOT_POSITIVE', { market });
  }
  if (!levels.every(({ price, size }) => isReckonable(kind, size, price))) {
    return badDepth(`levels of at most ${MONEY_MAX_TEXT}, in contracts and in money`);
  }
  const falls = (side: readonly DepthLevel[]): boolean =>
    side.every(({ price }, at) => at === 0 || gt(side[at - 1]!.price, price));
  if (!falls(bids) || !falls(asks.toReversed())) {
    return badDepth('the best level first: bids falling, asks rising');
  }
  const [bid, ask] = [bids[0]?.price, asks[0]?.price];
  if (bid === undefined || ask === undefined || !gt(bid, ask)) return null;
  return rejected('BOOK_CROSSED', { market, bid: formatDecimal(bid), ask: formatDecimal(ask) });
}

function timeProblem(
  { depth }: MarketView,
  { timeMs }: ReportDepth,
  time: EngineTimeMs,
): Outcome | null {
  if (timeMs > time) return rejected('REPORT_FROM_THE_FUTURE', { timeMs, recordTimeMs: time });
  if (depth === null || timeMs >= depth.timeMs) return null;
  const expected = `not before the depth that is held, at ${depth.timeMs}`;
  return rejected('INVALID_PARAMETER', { parameter: 'timeMs', expected });
}
