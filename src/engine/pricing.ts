/**
 * Reported prices → index prices → mark prices, for everything a report or the passing of time
 * can have changed.
 * @module
 */
import {
  type IndexSource,
  indexPrice,
  markPrice,
  medianOfThree,
  movingAverageNext,
  type SourceConfidence,
} from '../risk/index.ts';
import { type DurationMs, type EngineTimeMs, meanDown, type Price, sub } from '../units/index.ts';
import { guardedMark, steppedMark } from './guarded-marks.ts';
import { reckonedAmount } from './lending.ts';
import { isModerate, isReckonable, isReckonableAmount } from './limits.ts';
import type {
  AverageShape,
  BookReport,
  EventOf,
  IndexReport,
  IndexUpdate,
  MarkUpdate,
  OutsideReport,
} from './schema/index.ts';
import type { MarketView, PoolView } from './state.ts';
import { isStillMark, mayBeStillIndex, occasionOf } from './still-prices.ts';

/** Reports that are newer than what the state holds. */
export type FreshReports = {
  readonly indexes: readonly IndexReport[];
  readonly books: readonly BookReport[];
  readonly outside: readonly OutsideReport[];
};

export const NO_REPORTS: FreshReports = { indexes: [], books: [], outside: [] };

/** What follows from reports at a time: prices, and what guarded markets make of their marks. */
export type JudgedPrices = {
  readonly prices: EventOf<'PricesUpdated'>;
  /** At most one. */
  readonly guarded: readonly EventOf<'MarksGuarded'>[];
};

/**
 * The events that follow from fresh reports at a time. Staleness depends on the time alone, so that
 * every index and market is judged again unless it is known to stay as it is (`still-prices.ts`);
 * only what changed is part of them.
 */
export function judgedPrices(
  state: PoolView,
  reports: FreshReports,
  time: EngineTimeMs,
): JudgedPrices {
  const occasion = occasionOf(state, reports, time);
  const indexes: IndexUpdate[] = [];
  const moved = new Set<number>();
  const live: (Price | null)[] = state.indexes.map((index, number) => {
    const before = index.live ? index.price : null;
    const still =
      mayBeStillIndex(state, number, occasion) && valuesHoldings(state, number, before!);
    if (still) return before;
    const update = indexUpdate(state, number, { reports, time });
    if (update.indexPrice === before) return before;
    indexes.push(update);
    moved.add(number);
    return update.indexPrice;
  });
  const marks: MarkUpdate[] = [];
  const markets: EventOf<'MarksGuarded'>['markets'][number][] = [];
  for (const [number, market] of state.markets.entries()) {
    if (market.settlementPrice !== null) continue;
    if (!moved.has(market.index) && isStillMark(state, number, occasion)) continue;
    const { update, unbound } = judgedMark(market, live[market.index]!, { reports, time });
    if (differs(market, update)) marks.push(update);
    const guarded = guardedMark(market, update, { unbound, time });
    if (guarded !== null) markets.push(guarded);
  }
  const prices: EventOf<'PricesUpdated'> = {
    type: 'PricesUpdated',
    indexReports: reports.indexes,
    bookReports: reports.books,
    outsideReports: reports.outside,
    indexes,
    marks,
  };
  return { prices, guarded: markets.length === 0 ? [] : [{ type: 'MarksGuarded', markets }] };
}

/** Judged again at this time, no index and no mark would change: nothing has grown stale. */
export function pricesAreCurrent(state: PoolView, time: EngineTimeMs): boolean {
  const { indexes, marks } = judgedPrices(state, NO_REPORTS, time).prices;
  if (indexes.length > 0 || marks.length > 0) return false;
  return state.markets.every((market) => {
    if (!isFreshForTrading(state, market, state.timeMs)) return true;
    return isFreshForTrading(state, market, time);
  });
}

/**
 * Risk may be opened on what the mark rests on, as far as age goes: it would be live at this time
 * even if nothing older than the market's limit for trading counted.
 */
export function isFreshForTrading(
  state: PoolView,
  market: MarketView,
  time: EngineTimeMs,
): boolean {
  const ageMsMax = market.priceGuards?.tradingStalenessMsMax ?? null;
  if (ageMsMax === null || market.settlementPrice !== null) return true;
  const judgement = { reports: NO_REPORTS, time, ageMsMax };
  const { indexPrice: index } = indexUpdate(state, market.index, judgement);
  return judgedMark(market, index, judgement).update.mode === 'live';
}

/** On what prices are judged. */
type Judgement = {
  readonly reports: FreshReports;
  readonly time: EngineTimeMs;
  /** Where something older than this does not count, whatever its own limit is. */
  readonly ageMsMax?: DurationMs;
};

const atMost = (limit: DurationMs, ageMsMax: DurationMs = limit): DurationMs =>
  limit < ageMsMax ? limit : ageMsMax;

function indexUpdate(
  state: PoolView,
  number: number,
  { reports, time, ageMsMax }: Judgement,
): IndexUpdate {
  const { parameters } = state.indexes[number]!;
  const result = indexPrice({
    nowMs: time,
    sources: indexSources(state, number, reports.indexes),
    stalenessMsMax: atMost(parameters.stalenessMsMax, ageMsMax),
    confidenceMax: parameters.confidenceMax,
    band: parameters.sourceBand,
    sourcesMin: parameters.sourcesMin,
  });
  const { indexPrice: found } = result;
  const isValuable = found !== null && valuesHoldings(state, number, found);
  return {
    index: parameters.index,
    indexPrice: isValuable ? found : null,
    sourcesLive: result.live.length,
  };
}

/** What the sources of an index said last, with fresh reports in place of those that are held. */
function indexSources(
  state: PoolView,
  number: number,
  fresh: readonly IndexReport[],
): readonly IndexSource[] {
  const { parameters, reports } = state.indexes[number]!;
  const own = fresh.filter((report) => report.index === parameters.index);
  return parameters.sources.flatMap(({ source, weight }, at) => {
    const report = own.find((entry) => entry.source === source) ?? reports[at] ?? null;
    // A price beyond all reckoning counts as little as one that is not positive.
    if (report === null || !isModerate(report.price)) return [];
    return [{ id: source, weight, ...reportFacts(report) }];
  });
}

/**
 * Prices of the sources of an index that are good by themselves at a time: whatever the others
 * say, and however few they are.
 */
export function sourcePrices(
  state: PoolView,
  number: number,
  fresh: readonly IndexReport[],
  nowMs: EngineTimeMs,
): readonly Price[] {
  const { stalenessMsMax, confidenceMax } = state.indexes[number]!.parameters;
  const sources = indexSources(state, number, fresh);
  const { live } = indexPrice({ nowMs, sources, stalenessMsMax, confidenceMax, sourcesMin: 1 });
  return sources.filter(({ id }) => live.includes(id)).map(({ price }) => price);
}

/** What the sources say of their own prices that make the index's price at the pool's time. */
export function sourceConfidences(state: PoolView, number: number): readonly SourceConfidence[] {
  const { stalenessMsMax, confidenceMax, sourceBand } = state.indexes[number]!.parameters;
  const sources = indexSources(state, number, []);
  const { live } = indexPrice({
    nowMs: state.timeMs,
    sources,
    stalenessMsMax,
    confidenceMax,
    band: sourceBand,
    sourcesMin: 1,
  });
  return sources
    .filter(({ id }) => live.includes(id))
    .map(({ confidence = null, weight }) => ({ confidence, weight }));
}

/** At this price every asset that refers to the index is worth what the pool can reckon with. */
const valuesHoldings = (state: PoolView, index: number, price: Price): boolean =>
  state.assets.every(
    (asset, number) =>
      asset.index !== index || isReckonableAmount(reckonedAmount(state, number), price),
  );

const reportFacts = ({
  price,
  timeMs,
  confidence,
}: Pick<IndexReport, 'price' | 'timeMs' | 'confidence'>): Pick<
  IndexReport,
  'price' | 'timeMs' | 'confidence'
> => ({ price, timeMs, confidence });

type JudgedMark = {
  readonly update: MarkUpdate;
  /** The mark without a bound on its step. */
  readonly unbound: Price | null;
};

export function judgedMark(
  market: MarketView,
  index: Price | null,
  { reports: fresh, time, ageMsMax }: Judgement,
): JudgedMark {
  const { parameters } = market;
  const limit = atMost(parameters.bookStalenessMsMax, ageMsMax);
  const isFresh = (timeMs: number): boolean => time - timeMs <= limit;
  const reported = fresh.books.find((report) => report.market === parameters.market) ?? null;
  const latest = reported ?? market.book;
  const book = latest !== null && isFresh(latest.timeMs) ? latest : null;
  const { basisAverage, bookAverage } = averages(market, index, reported);
  const outside = parameters.outsideSources.flatMap(({ source, weight }, at) => {
    const report =
      fresh.outside.find((r) => r.market === parameters.market && r.source === source) ??
      market.outside[at] ??
      null;
    return report !== null && isFresh(report.timeMs) ? [{ price: report.price, weight }] : [];
  });
  const result = markPrice({
    indexPrice: index,
    basisAverage: book === null ? null : (basisAverage?.value ?? null),
    book,
    bookAverage: book === null ? null : (bookAverage?.value ?? null),
    outside,
    previousMark: market.mark,
    band: parameters.markBand,
  });
  const unbound = result.markPrice;
  const found = unbound === null ? null : steppedMark(market, unbound, time);
  const valued = found === null || isReckonable(parameters.kind, market.longSize, found);
  const update: MarkUpdate = {
    market: parameters.market,
    markPrice: valued ? found : market.mark,
    mode: valued ? result.mode : 'frozen',
    indexPrice: index,
    basisAverage,
    bookAverage,
  };
  return { update, unbound };
}

/** A new observation of the own book moves the two averages; otherwise they stay. */
function averages(
  market: MarketView,
  index: Price | null,
  book: BookReport | null,
): { readonly basisAverage: AverageShape | null; readonly bookAverage: AverageShape | null } {
  const { basisAverage, bookAverage, parameters } = market;
  if (book === null) return { basisAverage, bookAverage };
  const gapMsMax = parameters.averageGapMsMax;
  const mid = meanDown(book.bid, book.ask);
  const basis =
    index === null
      ? basisAverage
      : movingAverageNext(basisAverage, {
          value: sub(mid, index),
          timeMs: book.timeMs,
          timeConstantMs: parameters.basisTimeConstantMs,
          gapMsMax,
        });
  const median = movingAverageNext(bookAverage, {
    value: medianOfThree([book.bid, book.ask, book.last]),
    timeMs: book.timeMs,
    timeConstantMs: parameters.bookTimeConstantMs,
    gapMsMax,
  });
  return { basisAverage: basis, bookAverage: median };
}

function differs(market: MarketView, update: MarkUpdate): boolean {
  return (
    market.mark !== update.markPrice ||
    market.mode !== update.mode ||
    market.basisAverage !== update.basisAverage ||
    market.bookAverage !== update.bookAverage
  );
}
