/**
 * How other venues make a mark price, for comparison and for markets configured to follow them.
 * @module
 */
import {
  add,
  clamp,
  type DurationMs,
  divideDown,
  EXACT_PER_RAW,
  fromRaw,
  type Price,
  type Ratio,
  rawOf,
} from '../units/index.ts';
import { clampToIndex } from './mark-price.ts';
import { medianOfThree } from './weighted-median.ts';

export type FundingMarkPriceInput = {
  readonly indexPrice: Price;
  /** Per interval, signed; + means longs pay shorts. */
  readonly fundingRate: Ratio;
  readonly timeToFundingMs: DurationMs;
  readonly fundingIntervalMs: DurationMs;
};

/**
 * Mark price by the funding still due: what the perpetual should be worth against spot.
 *
 *     mark = index · (1 + fundingRate · timeToFunding / interval)
 *
 * Units     Price × Ratio → Price
 * Rounding  Down, once, on the exact product.
 * Asserts   interval > 0 (by the division)
 * Source    BitMEX, fair price marking
 */
export function fundingMarkPrice({
  indexPrice,
  fundingRate,
  timeToFundingMs,
  fundingIntervalMs,
}: FundingMarkPriceInput): Price {
  const interval = BigInt(fundingIntervalMs) * EXACT_PER_RAW;
  const factor = interval + rawOf(fundingRate) * BigInt(timeToFundingMs);
  return fromRaw<Price>(divideDown(rawOf(indexPrice) * factor, interval));
}

/**
 * Median of the funding mark, the index plus its average basis, and the last price.
 *
 *     mark = median(index · (1 + fundingRate · timeToFunding / interval), index + basis, last)
 *
 * Units     Price, Ratio → Price
 * Rounding  Down, once, in the first of the three; the median is one of them.
 * Asserts   interval > 0 (by the division)
 * Source    Binance USD-margined futures, mark price
 */
export function basisMedianMarkPrice({
  basisAverage,
  lastPrice,
  ...funding
}: FundingMarkPriceInput & {
  /** Moving average of (own mid − index), signed. */
  readonly basisAverage: Price;
  readonly lastPrice: Price;
}): Price {
  return medianOfThree([
    fundingMarkPrice(funding),
    add(funding.indexPrice, basisAverage),
    lastPrice,
  ]);
}

/**
 * The last price moved into [bid, ask], then into index ± band.
 *
 * Units     Price, Ratio → Price
 * Rounding  The band inward; otherwise none.
 * Asserts   bid ≤ ask is the caller's duty; the band wins over the book.
 * Source    Deribit, legacy mark price rule
 */
export function clampedLastMarkPrice({
  lastPrice,
  bid,
  ask,
  indexPrice,
  band,
}: {
  readonly lastPrice: Price;
  readonly bid: Price;
  readonly ask: Price;
  readonly indexPrice: Price;
  readonly band: Ratio;
}): Price {
  return clampToIndex(clamp(lastPrice, bid, ask), indexPrice, band);
}
