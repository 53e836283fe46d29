/**
 * The points of a bar: open at t, first extreme at t + step/3, second at t + 2·step/3, close at
 * t + step − 1 ms. Which extreme came first is not in the data: the seed decides, for each bar by
 * itself, so that the answer does not depend on what else is replayed.
 * @module
 */
import type { BarFile } from './bar-files.ts';
import { type Bar, barsOf } from './price-bars.ts';
import type { PricePoint } from './price-feed.ts';
import { coin } from './random.ts';

export type PointOptions = {
  readonly seed: number;
  /** Without extremes: a coarse bar beside a finer source of the same coin. */
  readonly endsOnly: boolean;
};

export function pointsOfBar(bar: Bar, file: BarFile, options: PointOptions): PricePoint[] {
  const { timeMs } = bar;
  const { stepMs } = file;
  const open = { timeMs, price: bar.open };
  const close = { timeMs: timeMs + stepMs - 1, price: bar.close };
  if (options.endsOnly) return [open, close];
  const highFirst = coin(options.seed, file.source, timeMs);
  return [
    open,
    { timeMs: timeMs + Math.floor(stepMs / 3), price: highFirst ? bar.high : bar.low },
    { timeMs: timeMs + Math.floor((2 * stepMs) / 3), price: highFirst ? bar.low : bar.high },
    close,
  ];
}

/** The points of a file inside [fromMs, toMs), read as they are asked for. */
export function* pointsOfFile(
  file: BarFile,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  options: PointOptions,
): Generator<PricePoint> {
  for (const bar of barsOf(file)) {
    if (bar.timeMs + file.stepMs <= fromMs) continue;
    if (bar.timeMs >= toMs) return;
    for (const point of pointsOfBar(bar, file, options)) {
      if (point.timeMs >= fromMs && point.timeMs < toMs) yield point;
    }
  }
}
