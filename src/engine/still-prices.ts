/**
 * Which prices need not be judged again. Judging everything at every report costs as much as there
 * are markets, although a report is about one of them: what nothing was reported of, and whose
 * reports are as fresh as when everything was judged last, would come to what it came to then.
 * @module
 */
import type { DurationMs, EngineTimeMs } from '../units/index.ts';
import { isReckonable } from './limits.ts';
import type { CommandOf } from './schema/index.ts';
import type { PoolView } from './state.ts';

/** What a judgement goes by, with the indexes and markets that it has reports of. */
export type Occasion = {
  readonly time: EngineTimeMs;
  readonly indexes: ReadonlySet<number>;
  readonly markets: ReadonlySet<number>;
};

/** As `FreshReports` of the judgement, which asks this module. */
type Reports = Pick<CommandOf<'ReportPrices'>, 'indexes' | 'books' | 'outside'>;

export function occasionOf(state: PoolView, reports: Reports, time: EngineTimeMs): Occasion {
  const { indexes, markets } = state.numbers;
  return {
    time,
    indexes: new Set(reports.indexes.map(({ index }) => indexes.get(index)!)),
    markets: new Set(
      [...reports.books, ...reports.outside].map(({ market }) => markets.get(market)!),
    ),
  };
}

/** A live index would come to the price that it has, if its holdings can still be valued at it. */
export function mayBeStillIndex(state: PoolView, number: number, occasion: Occasion): boolean {
  const { live, parameters, reports } = state.indexes[number]!;
  if (!live || occasion.indexes.has(number)) return false;
  return agedAlike(state, reports, parameters.stalenessMsMax, occasion.time);
}

/**
 * A live mark would stay as it is while its index does. One with guards may move by time alone,
 * and a position may have grown beyond what can be reckoned with.
 */
export function isStillMark(state: PoolView, number: number, occasion: Occasion): boolean {
  const { book, longSize, mark, mode, outside, parameters, priceGuards } = state.markets[number]!;
  if (mode !== 'live' || mark === null || priceGuards !== null) return false;
  if (occasion.markets.has(number)) return false;
  const { bookStalenessMsMax, kind } = parameters;
  return (
    isReckonable(kind, longSize, mark) &&
    agedAlike(state, [book], bookStalenessMsMax, occasion.time) &&
    agedAlike(state, outside, bookStalenessMsMax, occasion.time)
  );
}

/** No report has grown older than the limit since everything was judged, nor is it earlier now. */
function agedAlike(
  { pricesJudgedMs }: PoolView,
  reports: readonly ({ readonly timeMs: EngineTimeMs } | null)[],
  limit: DurationMs,
  time: EngineTimeMs,
): boolean {
  if (pricesJudgedMs === null || time < pricesJudgedMs) return false;
  for (const report of reports) {
    if (report === null) continue;
    const isOld = time - report.timeMs > limit;
    if (isOld && pricesJudgedMs - report.timeMs <= limit) return false;
  }
  return true;
}
