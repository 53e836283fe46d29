/**
 * The price that values positions: a median of three independent views of the market, so that
 * no single one of them decides a liquidation. Without at least two, the mark is frozen.
 * @module
 */
import {
  add,
  clamp,
  isPositive,
  meanDown,
  mulDown,
  mulUp,
  ONE_RATIO,
  type Price,
  type Ratio,
  sub,
} from '../units/index.ts';
import { medianOfThree, weightedMedian } from './weighted-median.ts';

export type BookPrices = { readonly bid: Price; readonly ask: Price; readonly last: Price };

export type OutsidePrice = {
  readonly price: Price;
  /** ≥ 0 */
  readonly weight: Ratio;
};

export type MarkPriceInput = {
  /** Null when the index is stale. */
  readonly indexPrice: Price | null;
  /** Moving average of (own mid − index), signed; null: the index stands alone. */
  readonly basisAverage?: Price | null;
  /** The market's own book; null when it is empty or stale. */
  readonly book?: BookPrices | null;
  /** Fresh moving average of the book's median: the third vote when only two classes live. */
  readonly bookAverage?: Price | null;
  /** Mid prices of the same perpetual on other venues. */
  readonly outside?: readonly OutsidePrice[];
  readonly previousMark?: Price | null;
  /** Largest relative distance from the index; null: none. In [0, 1]. */
  readonly band?: Ratio | null;
};

/** The three views; null where a view has no positive price. */
export type MarkPriceClasses = {
  readonly indexBasis: Price | null;
  readonly book: Price | null;
  readonly outside: Price | null;
};

export type MarkPrice = {
  /** Frozen: the previous mark, or null when there is none. */
  readonly markPrice: Price | null;
  readonly mode: 'live' | 'frozen';
  readonly classes: MarkPriceClasses;
};

/**
 * Mark price.
 *
 *     indexBasis = index + average basis
 *     book       = median(bid, ask, last)
 *     outside    = weighted median of the mids of other venues
 *     three live   the median of the three
 *     two live     the median of the two and the book's average, or their mean without it
 *     fewer        frozen at the previous mark
 *
 * A live mark is then moved into index ± band. The index basis, the book and both averages all
 * come from the own book and can be pushed together, so the band wins even where it excludes
 * every class. The mark always lies between the lowest and the highest of the live inputs,
 * the live classes and (where a band is given) the index.
 *
 * Units     Price → Price, > 0 when the inputs are
 * Rounding  Down for the mean of two; medians are one of their inputs. The band is rounded
 *           inward (lower end up, upper end down), so that it is never exceeded.
 * Source    Hyperliquid, mark price (the three classes); votes, freeze and band are Plimsoll
 */
export function markPrice(input: MarkPriceInput): MarkPrice {
  const { indexPrice, bookAverage = null, previousMark = null, band = null } = input;
  const classes = markPriceClasses(input);
  const live: Price[] = [];
  for (const value of [classes.indexBasis, classes.book, classes.outside]) {
    if (value !== null) live.push(value);
  }
  const [first, second, third] = live;
  if (first === undefined || second === undefined) {
    return { markPrice: previousMark, mode: 'frozen', classes };
  }
  const vote = third ?? positive(bookAverage) ?? meanDown(first, second);
  const median = medianOfThree([first, second, vote]);
  const index = positive(indexPrice);
  const mark = index === null || band === null ? median : clampToIndex(median, index, band);
  return { markPrice: mark, mode: 'live', classes };
}

/**
 * A price moved into index · (1 ± band).
 *
 * Units     Price × Ratio → Price
 * Rounding  Inward: the lower end up, the upper end down. The index itself is always inside.
 * Asserts   band ≥ 0 (by the order of the ends)
 * Source    Plimsoll
 */
export function clampToIndex(price: Price, index: Price, band: Ratio): Price {
  const low = mulUp(index, sub(ONE_RATIO, band));
  const high = mulDown(index, add(ONE_RATIO, band));
  return clamp(price, low, high);
}

function markPriceClasses({
  indexPrice,
  basisAverage = null,
  book = null,
  outside = [],
}: MarkPriceInput): MarkPriceClasses {
  const index = positive(indexPrice);
  const mids = outside.filter(({ price }) => isPositive(price));
  return {
    indexBasis:
      index === null || basisAverage === null ? index : positive(add(index, basisAverage)),
    book: book === null ? null : positive(medianOfThree([book.bid, book.ask, book.last])),
    outside: weightedMedian(mids.map(({ price, weight }) => ({ value: price, weight }))),
  };
}

/** The price itself if it can be one: nothing tolerates a price of zero or less. */
function positive(price: Price | null): Price | null {
  return price !== null && isPositive(price) ? price : null;
}
