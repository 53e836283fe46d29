/**
 * From reports to index prices to marks. See docs/spec/engine.md, section "Prices".
 * @module
 */
import { ceilDiv, expMinusDown, floorDiv, larger, magnitude, ONE, smaller } from './integers.ts';
import {
  type Answer,
  type Average,
  type Book,
  findIndex,
  findMarket,
  type IndexLedger,
  type Ledger,
  type MarketLedger,
  type ModelCommandOf,
  type ModelEventOf,
} from './ledger.ts';
import { isModerate, valuesHoldings, valuesPositions } from './limits.ts';

type Reports = Omit<ModelCommandOf<'ReportPrices'>, 'type'>;

export function reportPrices(
  ledger: Ledger,
  command: ModelCommandOf<'ReportPrices'>,
  time: number,
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
  return [pricesUpdated(ledger, newestReports(ledger, command), time)];
}

export function tick(ledger: Ledger, time: number): Answer {
  const update = pricesUpdated(ledger, { indexes: [], books: [], outside: [] }, time);
  const changed = update.indexes.length + update.marks.length > 0;
  return changed ? [{ type: 'TimePassed' }, update] : [{ type: 'TimePassed' }];
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
): ModelEventOf<'PricesUpdated'> {
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
  for (const market of ledger.markets) {
    if (market.settlementPrice !== null) continue;
    const index = findIndex(ledger, market.parameters.index)!;
    const indexPrice = index.live ? index.price : null;
    const averaged = observe(market, indexPrice, reports);
    const judged = judgedMark(market, indexPrice, time);
    const valued = judged.mark === null || valuesPositions(ledger, market.parameters, judged.mark);
    const { mark, mode } = valued ? judged : { mark: market.mark, mode: 'frozen' as const };
    const changed = averaged || mark !== market.mark || mode !== market.mode;
    market.mark = mark;
    market.mode = mode;
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
  return {
    type: 'PricesUpdated',
    indexReports: reports.indexes,
    bookReports: reports.books,
    outsideReports: reports.outside,
    indexes,
    marks,
  };
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

type Weighted = { readonly price: bigint; readonly weight: bigint };

function judgedIndex(
  { parameters, reports }: IndexLedger,
  time: number,
): { readonly price: bigint | null; readonly sourcesLive: number } {
  const { stalenessMsMax, confidenceMax, sourceBand, sourcesMin } = parameters;
  const sound: (Weighted & { readonly source: string })[] = [];
  for (const { source, weight } of parameters.sources) {
    const report = reports.find((entry) => entry.source === source)?.report;
    if (report === undefined || report.price <= 0n || !isModerate(report.price)) continue;
    if (report.timeMs > time || time - report.timeMs > stalenessMsMax) continue;
    const { confidence, price } = report;
    if (confidence !== null && confidenceMax !== null && confidence > confidenceMax) continue;
    sound.push({ source, price, weight });
  }
  const live = sound.filter((candidate) => {
    if (sourceBand === null) return true;
    const middle = middlePrices(sound.filter((other) => other !== candidate));
    if (middle === null) return true;
    // |price − m| ≤ band · m with m = (lower + upper) / 2, multiplied out.
    const twice = middle.lower + middle.upper;
    return magnitude(2n * candidate.price - twice) * ONE <= twice * sourceBand;
  });
  const price = live.length < sourcesMin ? null : weightedMedian(live);
  return { price, sourcesLive: live.length };
}

/** The prices at which the cumulative weight first reaches, and first exceeds, half. */
function middlePrices(
  values: readonly Weighted[],
): { readonly lower: bigint; readonly upper: bigint } | null {
  const whole = values.reduce((sum, { weight }) => sum + weight, 0n);
  const upTo = (price: bigint): bigint =>
    values.reduce((sum, entry) => (entry.price <= price ? sum + entry.weight : sum), 0n);
  const reaching = values.filter(({ price }) => 2n * upTo(price) >= whole);
  const exceeding = values.filter(({ price }) => 2n * upTo(price) > whole);
  if (exceeding.length === 0) return null;
  const least = (list: readonly Weighted[]): bigint =>
    list.map(({ price }) => price).reduce(smaller);
  return { lower: least(reaching), upper: least(exceeding) };
}

function weightedMedian(values: readonly Weighted[]): bigint | null {
  const middle = middlePrices(values);
  return middle === null ? null : floorDiv(middle.lower + middle.upper, 2n);
}

const medianOfThree = (a: bigint, b: bigint, c: bigint): bigint =>
  larger(smaller(a, b), smaller(larger(a, b), c));

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

function nextAverage(
  before: Average | null,
  sample: { value: bigint; timeMs: number; timeConstantMs: number; gapMsMax: number },
): Average {
  const { value, timeMs, timeConstantMs, gapMsMax } = sample;
  if (before === null) return { value, weightMs: ONE, timeMs };
  const elapsed = timeMs - before.timeMs;
  if (elapsed === 0) return before;
  const added = BigInt(Math.min(elapsed, gapMsMax)) * ONE;
  const age = ceilDiv(BigInt(elapsed) * ONE, BigInt(timeConstantMs));
  const weightMs = floorDiv(before.weightMs * expMinusDown(age), ONE) + added;
  const step = floorDiv((value - before.value) * added, weightMs);
  return { value: before.value + step, weightMs, timeMs };
}

/** The median of three views of the market; frozen with fewer than two. */
function judgedMark(
  market: MarketLedger,
  indexPrice: bigint | null,
  time: number,
): { readonly mark: bigint | null; readonly mode: 'live' | 'frozen' } {
  const { parameters } = market;
  const fresh = (timeMs: number): boolean => time - timeMs <= parameters.bookStalenessMsMax;
  const book = market.book !== null && fresh(market.book.timeMs) ? market.book : null;
  const views: bigint[] = [];
  if (indexPrice !== null) views.push(withBasis(indexPrice, book, market.basisAverage));
  if (book !== null) views.push(medianOfThree(book.bid, book.ask, book.last));
  const mids = parameters.outsideSources.flatMap(({ source, weight }) => {
    const report = market.outside.find((entry) => entry.source === source);
    if (report === undefined || !fresh(report.timeMs)) return [];
    return [{ price: report.price, weight }];
  });
  const outside = weightedMedian(mids);
  if (outside !== null) views.push(outside);
  const [first, second, third] = views.filter((view) => view > 0n);
  if (first === undefined || second === undefined) return { mark: market.mark, mode: 'frozen' };
  const average = book === null ? null : (market.bookAverage?.value ?? null);
  const vote = third ?? (average !== null && average > 0n ? average : null);
  const median = medianOfThree(first, second, vote ?? floorDiv(first + second, 2n));
  const { markBand } = parameters;
  if (indexPrice === null || markBand === null) return { mark: median, mode: 'live' };
  const lowest = ceilDiv(indexPrice * (ONE - markBand), ONE);
  const highest = floorDiv(indexPrice * (ONE + markBand), ONE);
  return { mark: smaller(larger(median, lowest), highest), mode: 'live' };
}

/** The index moved by the average basis, which counts only while the own book is fresh. */
function withBasis(indexPrice: bigint, book: Book | null, basisAverage: Average | null): bigint {
  return book === null || basisAverage === null ? indexPrice : indexPrice + basisAverage.value;
}
