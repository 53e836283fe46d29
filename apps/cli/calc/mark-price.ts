/**
 * Mark price: the median of classes, and how other venues make theirs.
 * @module
 */
import {
  basisMedianMarkPrice,
  clampedLastMarkPrice,
  fundingMarkPrice,
  type MarkPriceClasses,
  markPrice,
} from 'plimsoll/risk';
import { gt, isPositive, type Price } from 'plimsoll/units';
import { answer, type CalcOutcome, calc, shown } from './calc-definition.ts';
import { duration, price, ratio } from './quantity.ts';
import { list, nullable, optional, record, refused, variants } from './shape.ts';

const OUTSIDE_MAX = 100;

const book = record('Own book', {
  bid: price('Best bid'),
  ask: price('Best ask'),
  last: price('Latest trade'),
});

const outsidePrice = record('Another venue', {
  price: price('Mid price of the same perpetual'),
  weight: ratio('How much it counts in the median', { atLeast: '0' }),
});

const aPrice = (meaning: string) => price(meaning, { above: '0' });
const band = ratio('Largest relative distance from the index', { atLeast: '0', atMost: '1' });

const funding = {
  indexPrice: aPrice('Index price'),
  fundingRate: ratio('Per interval; + means longs pay shorts', { above: '-1', below: '1' }),
  timeToFundingMs: duration('Until the next funding; at most the interval'),
  fundingIntervalMs: duration('Between two fundings', { atLeast: 1 }),
};

const input = variants('How the mark is made', {
  standard: 'median',
  cases: {
    median: {
      indexPrice: nullable(aPrice('Index price; null when it is stale')),
      basisEma: optional(price('Moving average of own mid − index, signed')),
      book: optional(book),
      bookEma: optional(price("Moving average of the book's median, the third vote of two")),
      outside: optional(list('Other venues', outsidePrice, { atMost: OUTSIDE_MAX })),
      previousMark: optional(aPrice('Mark that a frozen market keeps')),
      band: optional(band),
    },
    funding,
    'basis-median': {
      ...funding,
      basisEma: price('Moving average of own mid − index, signed'),
      lastPrice: aPrice('Latest trade'),
    },
    'clamped-last': {
      indexPrice: aPrice('Index price'),
      bid: aPrice('Best bid, at most the ask'),
      ask: aPrice('Best ask'),
      lastPrice: aPrice('Latest trade'),
      band,
    },
  },
});

const shownClasses = ({ indexBasis, book: own, outside }: MarkPriceClasses) => ({
  indexBasis: shown(indexBasis),
  book: shown(own),
  outside: shown(outside),
});

/** A variant knows no classes; a price that is not positive is no mark. */
const variantMark = (mark: Price): CalcOutcome =>
  isPositive(mark)
    ? answer({ markPrice: shown(mark), mode: 'live', classes: null })
    : answer({ markPrice: null, mode: 'frozen', classes: null });

const TOO_LATE = 'expected at most fundingIntervalMs';

export const markPriceCalc = calc({
  name: 'mark-price',
  summary: 'Median of index plus basis, own book and outside venues; frozen below two of them.',
  source:
    'Hyperliquid (classes), Plimsoll (votes, freeze, band); variants: BitMEX (funding), ' +
    'Binance (basis-median), Deribit legacy rule (clamped-last)',
  input,
  outputs: {
    markPrice: 'price | null',
    mode: '"live" | "frozen"',
    'classes.indexBasis': 'price | null',
    'classes.book': 'price | null',
    'classes.outside': 'price | null',
  },
  compute: (given) => {
    if (given.variant === 'median') {
      const { basisEma, bookEma, outside, ...rest } = given.input;
      const result = markPrice({
        ...rest,
        basisAverage: basisEma,
        bookAverage: bookEma,
        outside: outside ?? [],
      });
      return answer({
        markPrice: shown(result.markPrice),
        mode: result.mode,
        classes: shownClasses(result.classes),
      });
    }
    if (given.variant === 'clamped-last') {
      const { bid, ask } = given.input;
      if (gt(bid, ask)) return refused('bid', 'expected at most the ask');
      return variantMark(clampedLastMarkPrice(given.input));
    }
    const { timeToFundingMs, fundingIntervalMs } = given.input;
    if (timeToFundingMs > fundingIntervalMs) return refused('timeToFundingMs', TOO_LATE);
    if (given.variant === 'funding') return variantMark(fundingMarkPrice(given.input));
    const { basisEma, ...rest } = given.input;
    return variantMark(basisMedianMarkPrice({ ...rest, basisAverage: basisEma }));
  },
});
