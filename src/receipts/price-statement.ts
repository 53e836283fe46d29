/** Prices as they stood: every mark and index, and what every source said last. @module */
import { heldBackFrom, isModerate, type Json, type PoolView } from '../engine/index.ts';
import { type IndexSource, indexPrice } from '../risk/index.ts';
import type { EngineTimeMs, Price, Ratio } from '../units/index.ts';
import { decimal } from './health-statement.ts';
import { timeFields } from './iso-time.ts';

export function priceStatement(state: PoolView): Json {
  return {
    indexes: state.indexes.map((index) => indexStatement(index, state.timeMs)),
    markets: state.markets.map((_, number) => marketStatement(state, number)),
  };
}

type IndexView = PoolView['indexes'][number];

type Report = {
  readonly price: Price;
  readonly timeMs: EngineTimeMs;
  readonly confidence: Ratio | null;
};

/** `medianPrice` is what the sources give by themselves at this time: null if too few are live. */
function indexStatement(
  { parameters, price, live, reports }: IndexView,
  nowMs: EngineTimeMs,
): Json {
  const told = parameters.sources.map(({ source, weight }, at) => {
    return { source, weight, report: (reports[at] ?? null) as Report | null };
  });
  const sources = told.flatMap(({ source: id, weight, report }): IndexSource[] =>
    report !== null && isModerate(report.price) ? [{ id, weight, ...report }] : [],
  );
  const { stalenessMsMax, confidenceMax, sourceBand: band, sourcesMin } = parameters;
  const found = indexPrice({ nowMs, sources, stalenessMsMax, confidenceMax, band, sourcesMin });
  const reasons = new Map(found.rejected.map(({ id, reason }) => [id, reason] as const));
  const statusOf = (id: string, report: Report | null): string => {
    if (report === null) return 'unreported';
    return isModerate(report.price) ? (reasons.get(id) ?? 'live') : 'beyond-reckoning';
  };
  return {
    index: parameters.index,
    price: decimal(price),
    live,
    medianPrice: decimal(found.indexPrice),
    sourcesMin,
    sources: told.map(({ source, weight, report }) => ({
      source,
      weight: decimal(weight),
      status: statusOf(source, report),
      ...reportFields(report, nowMs),
      confidence: decimal(report?.confidence ?? null),
    })),
  };
}

function marketStatement(state: PoolView, number: number): Json {
  const market = state.markets[number]!;
  const { parameters, mark, mode, book, outside } = market;
  const { timeMs } = state;
  const isFresh = (age: number): boolean => age <= parameters.bookStalenessMsMax;
  return {
    market: parameters.market,
    mark: decimal(mark),
    mode,
    unboundMark: decimal(heldBackFrom(state, number)),
    stablePrice: decimal(market.stablePrice?.value ?? null),
    index: parameters.index,
    indexPrice: decimal(state.indexes[market.index]!.price),
    book: book && {
      bid: decimal(book.bid),
      ask: decimal(book.ask),
      last: decimal(book.last),
      ...age(book.timeMs, timeMs),
      status: isFresh(timeMs - book.timeMs) ? 'live' : 'stale',
    },
    outside: parameters.outsideSources.map(({ source, weight }, at) => {
      const report = outside[at] ?? null;
      const status =
        report === null ? 'unreported' : isFresh(timeMs - report.timeMs) ? 'live' : 'stale';
      return { source, weight: decimal(weight), status, ...reportFields(report, timeMs) };
    }),
  };
}

const reportFields = (
  report: { readonly price: Price; readonly timeMs: EngineTimeMs } | null,
  nowMs: number,
): { readonly [key: string]: Json } =>
  report === null
    ? { price: null, timeMs: null, time: null, ageMs: null }
    : { price: decimal(report.price), ...age(report.timeMs, nowMs) };

/** A report may be no younger than the pool: ages are at least 0. */
const age = (timeMs: number, nowMs: number) => ({
  ...timeFields(timeMs),
  ageMs: Math.max(0, nowMs - timeMs),
});

/** Marks that a guard kept from what the reports made of them. */
export const heldBackStatement = (state: PoolView): Json =>
  state.markets.flatMap(({ parameters, mark }, number) => {
    const unbound = heldBackFrom(state, number);
    if (unbound === null) return [];
    return [{ market: parameters.market, mark: decimal(mark), unboundMark: decimal(unbound) }];
  });
