/**
 * The reference spot price of a market, from several outside sources. Too few good sources give
 * no price at all: this module never guesses.
 * @module
 */
import {
  type DurationMs,
  type EngineTimeMs,
  EXACT_PER_RAW,
  gt,
  isPositive,
  type Price,
  type Ratio,
  rawOf,
} from '../units/index.ts';
import { medianNeighbors, weightedMedian } from './weighted-median.ts';

export type IndexSource = {
  readonly id: string;
  readonly price: Price;
  /** ≥ 0; how much the source counts in the median. */
  readonly weight: Ratio;
  /** When the source observed the price. */
  readonly timeMs: EngineTimeMs;
  /** Half-width of the source's own confidence interval per unit of price; null if unstated. */
  readonly confidence?: Ratio | null;
};

export type IndexPriceInput = {
  readonly nowMs: EngineTimeMs;
  readonly sources: readonly IndexSource[];
  readonly stalenessMsMax: DurationMs;
  /** Largest confidence interval accepted; null accepts any. */
  readonly confidenceMax?: Ratio | null;
  /** Largest relative distance from the median of the other sources; null accepts any. */
  readonly band?: Ratio | null;
  /** Fewest live sources that make a price. */
  readonly sourcesMin: number;
};

/** Why a source was left out, in the order in which the reasons are tested. */
export type IndexRejectionReason =
  | 'from-the-future'
  | 'stale'
  | 'non-positive'
  | 'too-uncertain'
  | 'outside-band';

export type IndexPrice = {
  /** Null when fewer than `sourcesMin` sources are live. */
  readonly indexPrice: Price | null;
  /** Ids of the sources that counted, in input order. */
  readonly live: readonly string[];
  /** In input order. */
  readonly rejected: readonly { readonly id: string; readonly reason: IndexRejectionReason }[];
};

/**
 * Index price: the weighted median of the live sources.
 *
 * Live means not from the future, at most `stalenessMsMax` old, positive, within the confidence
 * cap where the source states a confidence, and within the band around the median of the other
 * sources that passed these tests. All bands are tested at once, on the same candidates, so the
 * order of the sources decides nothing; two sources that disagree reject each other. A source
 * without others to compare with passes the band.
 *
 * Units     Price, Ratio, ms → Price
 * Rounding  Down, where the median is a mean of two prices. The decisions are exact.
 * Asserts   weights ≥ 0
 * Cost      O(sources² · log sources) with a band
 * Source    Plimsoll
 */
export function indexPrice(input: IndexPriceInput): IndexPrice {
  const { sources, sourcesMin, band = null } = input;
  const reasons = sources.map((source) => ownRejection(source, input));
  const candidates = sources.filter((_, index) => reasons[index] === null);
  const live: IndexSource[] = [];
  const rejected: { id: string; reason: IndexRejectionReason }[] = [];
  for (const [index, source] of sources.entries()) {
    const outside = band !== null && !isWithinBand(source, candidates, band);
    const reason = reasons[index] ?? (outside ? 'outside-band' : null);
    if (reason === null) live.push(source);
    else rejected.push({ id: source.id, reason });
  }
  return {
    indexPrice:
      live.length < sourcesMin
        ? null
        : weightedMedian(live.map(({ price, weight }) => ({ value: price, weight }))),
    live: live.map(({ id }) => id),
    rejected,
  };
}

/** What disqualifies a source by itself, without a look at the others. */
function ownRejection(
  { price, timeMs, confidence = null }: IndexSource,
  { nowMs, stalenessMsMax, confidenceMax = null }: IndexPriceInput,
): IndexRejectionReason | null {
  if (timeMs > nowMs) return 'from-the-future';
  if (nowMs - timeMs > stalenessMsMax) return 'stale';
  if (!isPositive(price)) return 'non-positive';
  if (confidence !== null && confidenceMax !== null && gt(confidence, confidenceMax)) {
    return 'too-uncertain';
  }
  return null;
}

/** |price − m| ≤ band · m for m the unrounded median of the others: (lower + upper) / 2. */
function isWithinBand(
  source: IndexSource,
  candidates: readonly IndexSource[],
  band: Ratio,
): boolean {
  const others = candidates.filter((candidate) => candidate !== source);
  const neighbors = medianNeighbors(others.map(({ price, weight }) => ({ value: price, weight })));
  if (neighbors === null) return true;
  const twiceMedian = rawOf(neighbors.lower) + rawOf(neighbors.upper);
  const offset = rawOf(source.price) + rawOf(source.price) - twiceMedian;
  const distance = offset < 0n ? -offset : offset;
  return distance * EXACT_PER_RAW <= twiceMedian * rawOf(band);
}
