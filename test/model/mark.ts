/**
 * From an index, a book and outside mids to a mark. See docs/spec/engine.md, section "Prices".
 * @module
 */
import { weightedMedian } from './index-price.ts';
import { ceilDiv, floorDiv, larger, ONE, smaller } from './integers.ts';
import type { Average, Book, MarketLedger } from './ledger.ts';

export type JudgedMark = { readonly mark: bigint | null; readonly mode: 'live' | 'frozen' };

export const medianOfThree = (a: bigint, b: bigint, c: bigint): bigint =>
  larger(smaller(a, b), smaller(larger(a, b), c));

/** The median of three views of the market; frozen with fewer than two. */
export function judgedMark(
  market: MarketLedger,
  indexPrice: bigint | null,
  time: number,
): JudgedMark {
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
