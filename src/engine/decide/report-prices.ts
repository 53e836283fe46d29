/** Decisions on what was reported and on the passing of time. @module */
import { type EngineTimeMs, formatDecimal, gt, isPositive } from '../../units/index.ts';
import { breakerEvents } from '../breakers.ts';
import { isModerate, MONEY_MAX_TEXT } from '../limits.ts';
import { type FreshReports, judgedPrices, NO_REPORTS } from '../pricing.ts';
import type {
  BookReport,
  CommandOf,
  IndexReport,
  Outcome,
  OutsideReport,
} from '../schema/index.ts';
import type { PoolView } from '../state.ts';
import { volatilityMeasured } from '../volatility.ts';
import { accepted, rejected } from './outcome.ts';

export function reportPrices(
  state: PoolView,
  command: CommandOf<'ReportPrices'>,
  time: EngineTimeMs,
): Outcome {
  const problem =
    firstProblem(command.indexes, (report) => indexReportProblem(state, report, time)) ??
    firstProblem(command.books, (report) => bookReportProblem(state, report, time)) ??
    firstProblem(command.outside, (report) => outsideReportProblem(state, report, time)) ??
    repeatedReport(command);
  if (problem !== null) return problem;
  const { prices, guarded } = judgedPrices(state, freshReports(state, command), time);
  return accepted(
    prices,
    ...guarded,
    ...volatilityMeasured(state, prices, time),
    ...breakerEvents(state, { by: 'ReportPrices', time, prices, depth: null }),
  );
}

/**
 * Time alone can make a source stale, a mark freeze, an order or a contract expire, and a breaker
 * open.
 */
export function tick(state: PoolView, time: EngineTimeMs): Outcome {
  const { prices, guarded } = judgedPrices(state, NO_REPORTS, time);
  const changed = prices.indexes.length + prices.marks.length > 0;
  return accepted(
    { type: 'TimePassed' },
    ...(changed ? [prices] : []),
    ...guarded,
    ...volatilityMeasured(state, prices, time),
    ...breakerEvents(state, { by: 'Tick', time, prices, depth: null }),
  );
}

function firstProblem<T>(reports: readonly T[], problemOf: (report: T) => Outcome | null) {
  for (const report of reports) {
    const problem = problemOf(report);
    if (problem !== null) return problem;
  }
  return null;
}

const tooLarge = rejected('INVALID_PARAMETER', {
  parameter: 'price',
  expected: `at most ${MONEY_MAX_TEXT}`,
});

const fromTheFuture = (timeMs: EngineTimeMs, time: EngineTimeMs): Outcome | null =>
  timeMs > time ? rejected('REPORT_FROM_THE_FUTURE', { timeMs, recordTimeMs: time }) : null;

function indexReportProblem(state: PoolView, report: IndexReport, time: EngineTimeMs) {
  const number = state.numbers.indexes.get(report.index);
  if (number === undefined) return rejected('INDEX_UNKNOWN', { index: report.index });
  const { sources } = state.indexes[number]!.parameters;
  if (!sources.some(({ source }) => source === report.source)) {
    return rejected('SOURCE_UNKNOWN', { index: report.index, source: report.source });
  }
  return fromTheFuture(report.timeMs, time);
}

function bookReportProblem(state: PoolView, report: BookReport, time: EngineTimeMs) {
  const { market, bid, ask, last } = report;
  if (!state.numbers.markets.has(market)) return rejected('MARKET_UNKNOWN', { market });
  if (![bid, ask, last].every(isPositive)) return rejected('NOT_POSITIVE', { market });
  if (![bid, ask, last].every(isModerate)) return tooLarge;
  const future = fromTheFuture(report.timeMs, time);
  if (future !== null) return future;
  if (!gt(bid, ask)) return null;
  return rejected('BOOK_CROSSED', { market, bid: formatDecimal(bid), ask: formatDecimal(ask) });
}

function outsideReportProblem(state: PoolView, report: OutsideReport, time: EngineTimeMs) {
  const number = state.numbers.markets.get(report.market);
  if (number === undefined) return rejected('MARKET_UNKNOWN', { market: report.market });
  if (!isPositive(report.price)) return rejected('NOT_POSITIVE', { market: report.market });
  if (!isModerate(report.price)) return tooLarge;
  const { outsideSources } = state.markets[number]!.parameters;
  if (!outsideSources.some(({ source }) => source === report.source)) {
    return rejected('SOURCE_UNKNOWN', { market: report.market, source: report.source });
  }
  return fromTheFuture(report.timeMs, time);
}

function repeatedReport(command: CommandOf<'ReportPrices'>): Outcome | null {
  const names = [
    ...command.indexes.map(({ index, source }) => `index ${index} from ${source}`),
    ...command.books.map(({ market }) => `book of ${market}`),
    ...command.outside.map(({ market, source }) => `outside ${market} from ${source}`),
  ];
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return rejected('REPORT_REPEATED', { report: name });
    seen.add(name);
  }
  return null;
}

/** A late report of something already known better is dropped: the newest one stands. */
function freshReports(state: PoolView, command: CommandOf<'ReportPrices'>): FreshReports {
  const newer = (timeMs: number, held: { readonly timeMs: number } | null | undefined): boolean =>
    held === null || held === undefined || timeMs >= held.timeMs;
  return {
    indexes: command.indexes.filter(({ index: id, source, timeMs }) => {
      const index = state.indexes[state.numbers.indexes.get(id)!]!;
      const at = index.parameters.sources.findIndex((entry) => entry.source === source);
      return newer(timeMs, index.reports[at]);
    }),
    books: command.books.filter(({ market, timeMs }) =>
      newer(timeMs, state.markets[state.numbers.markets.get(market)!]!.book),
    ),
    outside: command.outside.filter(({ market: id, source, timeMs }) => {
      const market = state.markets[state.numbers.markets.get(id)!]!;
      const at = market.parameters.outsideSources.findIndex((entry) => entry.source === source);
      return newer(timeMs, market.outside[at]);
    }),
  };
}
