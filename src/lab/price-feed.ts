/**
 * Prices as a replay sees them: which coins, from which sources, and what each says at every
 * visited instant, whether read from files or bridged between a scenario's anchors.
 * @module
 */
import type { Price } from '../units/index.ts';
import type { IgnoredFile } from './bar-files.ts';

export type PriceFeed = {
  readonly coins: readonly FeedCoin[];
  /** The window: instants lie in [fromMs, toMs). */
  readonly fromMs: number;
  readonly toMs: number;
  /** Rest between two reports of the last prices after the window. */
  readonly settleStepMs: number;
  /** Estimated number of instants, for progress. */
  readonly instantsExpected: number;
  readonly ignored: readonly IgnoredFile[];
  /** The visited instants in the order of time; each call starts anew. */
  readonly instants: () => Iterable<Instant>;
};

export type FeedCoin = {
  readonly coin: string;
  /** Names of the sources of its index. */
  readonly sources: readonly string[];
  /** Step of its finest source. */
  readonly stepMs: number;
  /** What its sources last said before the window; else the first price inside it. */
  readonly start: readonly SourcePrice[];
};

export type SourcePrice = { readonly source: string; readonly price: Price };

/** All reports of one instant, in the order of coins and sources. */
export type Instant = { readonly timeMs: number; readonly reports: readonly Report[] };

export type Report = SourcePrice & {
  /** Position of the coin in the feed. */
  readonly coin: number;
};

/** A moment of one source. */
export type PricePoint = { readonly timeMs: number; readonly price: Price };

/**
 * Merges sources that are each ascending in time: every time at which any of them speaks is one
 * instant.
 */
export function* mergedInstants(
  sources: readonly {
    readonly coin: number;
    readonly source: string;
    readonly points: Iterator<PricePoint>;
  }[],
): Generator<Instant> {
  const heads = sources.map(({ points }) => points.next());
  for (;;) {
    let timeMs = Number.POSITIVE_INFINITY;
    for (const head of heads) {
      if (head.done !== true && head.value.timeMs < timeMs) timeMs = head.value.timeMs;
    }
    if (timeMs === Number.POSITIVE_INFINITY) return;
    const reports: Report[] = [];
    for (const [at, { coin, source, points }] of sources.entries()) {
      let head = heads[at]!;
      if (head.done === true || head.value.timeMs !== timeMs) continue;
      // A source that says two things at once is heard with the last of them.
      let price = head.value.price;
      for (; head.done !== true && head.value.timeMs === timeMs; head = points.next()) {
        price = head.value.price;
      }
      heads[at] = head;
      reports.push({ coin, source, price });
    }
    yield { timeMs, reports };
  }
}
