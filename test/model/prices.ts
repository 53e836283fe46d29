/**
 * From reports to index prices to marks. See docs/spec/engine.md, section "Prices".
 * @module
 */
import { nextAverage } from './average.ts';
import { judgedBreakers } from './breakers.ts';
import { judgedIndex } from './index-price.ts';
import { floorDiv } from './integers.ts';
import {
  type Answer,
  type Average,
  findIndex,
  findMarket,
  type Ledger,
  type MarketLedger,
  type ModelCommandOf,
  type ModelEvent,
  type ModelEventOf,
} from './ledger.ts';
import { isModerate, valuesHoldings, valuesPositions } from './limits.ts';
import { type JudgedMark, judgedMark, medianOfThree } from './mark.ts';
import { guardMark, stepped } from './price-guards.ts';
import { volatilityMeasured } from './volatility.ts';

type Reports = Omit<ModelCommandOf<'ReportPrices'>, 'type'>;

export function reportPrices(
  ledger: Ledger,
  command: ModelCommandOf<'ReportPrices'>,
  { time, before }: { time: number; before: Ledger },
): Answer {
  const { indexes, books, outside } = command;
  for (const { index, source, timeMs } of indexes) {
    const known = findIndex(ledger, index);
    if (known === undefined) return 'INDEX_UNKNOWN';
    if (!known.parameters.sources.some((entry) => entry.source === source)) return 'SOURCE_UNKNOWN';
    if (timeMs > time) return 'REPORT_FROM_THE_FUTURE';
  }
  for (const { market, bid, ask, last, timeMs } of books) {
    if (findMarket(ledger, market) === undefined) return 'MARKET_UNKNOWN';
    if (bid <= 0n || ask <= 0n || last <= 0n) return 'NOT_POSITIVE';
    if (![bid, ask, last].every(isModerate)) return 'INVALID_PARAMETER';
    if (timeMs > time) return 'REPORT_FROM_THE_FUTURE';
    if (bid > ask) return 'BOOK_CROSSED';
  }
  for (const { market, source, price, timeMs } of outside) {
    const known = findMarket(ledger, market);
    if (known === undefined) return 'MARKET_UNKNOWN';
    if (price <= 0n) return 'NOT_POSITIVE';
    if (!isModerate(price)) return 'INVALID_PARAMETER';
    const sources = known.parameters.outsideSources;
    if (!sources.some((entry) => entry.source === source)) return 'SOURCE_UNKNOWN';
    if (timeMs > time) return 'REPORT_FROM_THE_FUTURE';
  }
  if (repeats(command)) return 'REPORT_REPEATED';
  const { update, guarded } = pricesUpdated(ledger, newestReports(ledger, command), time);
  return [
    update,
    ...guarded,
    ...volatilityMeasured(ledger, update, { time, before }),
    ...judgedBreakers(ledger, { time, before, record: command }),
  ];
}

export function tick(ledger: Ledger, { time, before }: { time: number; before: Ledger }): Answer {
  const reports = { indexes: [], books: [], outside: [] };
  const { update, guarded } = pricesUpdated(ledger, reports, time);
  const changed = update.indexes.length + update.marks.length > 0;
  return [
    { type: 'TimePassed' },
    ...(changed ? [update] : []),
    ...guarded,
    ...(changed ? volatilityMeasured(ledger, update, { time, before }) : []),
    ...judgedBreakers(ledger, { time, before, record: { type: 'Tick' } }),
  ];
}

function repeats({ indexes, books, outside }: Reports): boolean {
  const twice = <T>(list: readonly T[], same: (a: T, b: T) => boolean): boolean =>
    list.some((a, at) => list.some((b, other) => other > at && same(a, b)));
  return (
    twice(indexes, (a, b) => a.index === b.index && a.source === b.source) ||
    twice(books, (a, b) => a.market === b.market) ||
    twice(outside, (a, b) => a.market === b.market && a.source === b.source)
  );
}

/** A report older than what is known of the same source is dropped. */
function newestReports(ledger: Ledger, { indexes, books, outside }: Reports): Reports {
  return {
    indexes: indexes.filter(({ index, source, timeMs }) => {
      const held = findIndex(ledger, index)!.reports.find((entry) => entry.source === source);
      return held === undefined || timeMs >= held.report.timeMs;
    }),
    books: books.filter(({ market, timeMs }) => {
      const held = findMarket(ledger, market)!.book;
      return held === null || timeMs >= held.timeMs;
    }),
    outside: outside.filter(({ market, source, timeMs }) => {
      const held = findMarket(ledger, market)!.outside.find((entry) => entry.source === source);
      return held === undefined || timeMs >= held.timeMs;
    }),
  };
}

/** Stores the reports, then judges every index and every market again. */
function pricesUpdated(
  ledger: Ledger,
  reports: Reports,
  time: number,
): { update: ModelEventOf<'PricesUpdated'>; guarded: ModelEvent[] } {
  store(ledger, reports);
  const indexes: ModelEventOf<'PricesUpdated'>['indexes'][number][] = [];
  for (const index of ledger.indexes) {
    const { price: found, sourcesLive } = judgedIndex(index, time);
    const { index: id } = index.parameters;
    const price = found !== null && valuesHoldings(ledger, id, found) ? found : null;
    const before = index.live ? index.price : null;
    if (price !== before) {
      indexes.push({ index: id, indexPrice: price, sourcesLive });
    }
    index.live = price !== null;
    index.price = price ?? index.price;
  }
  const marks: ModelEventOf<'PricesUpdated'>['marks'][number][] = [];
  const markets: ModelEventOf<'MarksGuarded'>['markets'][number][] = [];
  for (const market of ledger.markets) {
    if (market.settlementPrice !== null) continue;
    const index = findIndex(ledger, market.parameters.index)!;
    const indexPrice = index.live ? index.price : null;
    const was = { ...market };
    const averaged = observe(market, indexPrice, reports);
    const decided = judgedMark(market, indexPrice, time);
    const { mark, mode } = takenMark(ledger, market, { decided, time });
    const changed = averaged || mark !== market.mark || mode !== market.mode;
    market.mark = mark;
    market.mode = mode;
    const guarded = guardMark(market, { was, decided: decided.mark, time });
    if (guarded !== null) markets.push(guarded);
    if (!changed) continue;
    const { basisAverage, bookAverage, parameters } = market;
    marks.push({
      market: parameters.market,
      markPrice: mark,
      mode,
      indexPrice,
      basisAverage,
      bookAverage,
    });
  }
  const update = {
    type: 'PricesUpdated' as const,
    indexReports: reports.indexes,
    bookReports: reports.books,
    outsideReports: reports.outside,
    indexes,
    marks,
  };
  return { update, guarded: markets.length === 0 ? [] : [{ type: 'MarksGuarded', markets }] };
}

/** What becomes of a mark: no further than it may move, and only where all can be valued. */
function takenMark(
  ledger: Ledger,
  market: MarketLedger,
  { decided, time }: { decided: JudgedMark; time: number },
): JudgedMark {
  if (decided.mode === 'frozen' || decided.mark === null) return decided;
  const mark = stepped(market, decided.mark, time);
  if (valuesPositions(ledger, market.parameters, mark)) return { mark, mode: 'live' };
  return { mark: market.mark, mode: 'frozen' };
}

function store(ledger: Ledger, { indexes, books, outside }: Reports): void {
  for (const { index: id, source, price, timeMs, confidence } of indexes) {
    const index = findIndex(ledger, id)!;
    index.reports = index.reports.filter((entry) => entry.source !== source);
    index.reports.push({ source, report: { price, timeMs, confidence } });
  }
  for (const { market, bid, ask, last, timeMs } of books) {
    findMarket(ledger, market)!.book = { bid, ask, last, timeMs };
  }
  for (const { market: id, source, price, timeMs } of outside) {
    const market = findMarket(ledger, id)!;
    market.outside = market.outside.filter((entry) => entry.source !== source);
    market.outside.push({ source, price, timeMs });
  }
}

/** A new report of the own book moves both averages; true if one of them moved. */
function observe(market: MarketLedger, indexPrice: bigint | null, { books }: Reports): boolean {
  const book = books.find((report) => report.market === market.parameters.market);
  if (book === undefined) return false;
  const { basisAverage, bookAverage, parameters } = market;
  const { basisTimeConstantMs, bookTimeConstantMs, averageGapMsMax } = parameters;
  const sampled = (before: Average | null, value: bigint, timeConstantMs: number): Average =>
    nextAverage(before, { value, timeMs: book.timeMs, timeConstantMs, gapMsMax: averageGapMsMax });
  if (indexPrice !== null) {
    const basis = floorDiv(book.bid + book.ask, 2n) - indexPrice;
    market.basisAverage = sampled(basisAverage, basis, basisTimeConstantMs);
  }
  const middle = medianOfThree(book.bid, book.ask, book.last);
  market.bookAverage = sampled(bookAverage, middle, bookTimeConstantMs);
  return market.basisAverage !== basisAverage || market.bookAverage !== bookAverage;
}
