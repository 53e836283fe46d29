/**
 * A price feed from the bar files of a folder. Every file is read once in full before anything
 * happens, so that a malformed last line is found before the first command.
 * @module
 */
import type { Price } from '../units/index.ts';
import { type BarFile, barFilesIn, type IgnoredFile } from './bar-files.ts';
import { LabFault } from './fault.ts';
import { barsOf } from './price-bars.ts';
import { type FeedCoin, mergedInstants, type PriceFeed } from './price-feed.ts';
import { pointsOfFile } from './price-points.ts';

export type BarFeedOptions = {
  readonly directory: string;
  readonly seed: number;
  /** The scenario's window: it counts where it overlaps the data. */
  readonly scenarioFromMs: number;
  readonly scenarioToMs: number;
  /** Coins with fewer sources in the window are left out: nothing could confirm their prices. */
  readonly sourcesMin: number;
  /** Stated by the caller: these count whatever the data. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
};

type Span = { readonly firstMs: number; readonly endMs: number; readonly bars: number };
type Surveyed = { readonly file: BarFile; readonly span: Span };
type Window = { readonly fromMs: number; readonly toMs: number };

/** @throws LabFault when a file is malformed or nothing usable remains. */
export function barFeed(options: BarFeedOptions): PriceFeed {
  const { directory, seed } = options;
  const listed = barFilesIn(directory);
  const ignored: IgnoredFile[] = [...listed.ignored];
  const surveyed: Surveyed[] = [];
  for (const file of listed.files) {
    const span = spanOf(file);
    if (span === null) ignored.push({ file: file.name, reason: 'no bars' });
    else surveyed.push({ file, span });
  }
  if (surveyed.length === 0) throw noPrices(directory, ignored);
  const window = windowOf(surveyed, options);
  const used: (Surveyed & Opening)[] = [];
  for (const { file, span } of surveyed) {
    const opening = openingOf(file, window);
    if (opening.inside) used.push({ file, span, ...opening });
    else ignored.push({ file: file.name, reason: 'no bar in the window' });
  }
  const { sourcesMin } = options;
  for (const coin of new Set(used.map(({ file }) => file.coin))) {
    const own = used.filter(({ file }) => file.coin === coin);
    if (own.length >= sourcesMin) continue;
    const reason = `${own.length} of the ${sourcesMin} sources that the scenario asks for`;
    for (const { file } of own) {
      used.splice(
        used.findIndex((entry) => entry.file === file),
        1,
      );
      ignored.push({ file: file.name, reason });
    }
  }
  if (used.length === 0) throw noPrices(directory, ignored);

  const names = [...new Set(used.map(({ file }) => file.coin))].sort();
  const coins = names.map((coin) => feedCoin(coin, used, sourcesMin));
  const sources = coins.flatMap(({ coin, stepMs }, number) =>
    used
      .filter(({ file }) => file.coin === coin)
      .map(({ file }) => ({ file, number, endsOnly: file.stepMs > stepMs })),
  );
  const stepMs = Math.min(...coins.map((coin) => coin.stepMs));
  return {
    coins,
    ...window,
    settleStepMs: Math.floor(stepMs / 3),
    instantsExpected: (4 * (window.toMs - window.fromMs)) / stepMs,
    ignored,
    instants: () =>
      mergedInstants(
        sources.map(({ file, number, endsOnly }) => ({
          coin: number,
          source: file.source,
          points: pointsOfFile(file, window, { seed, endsOnly }),
        })),
      ),
  };
}

function noPrices(directory: string, ignored: readonly IgnoredFile[]): LabFault {
  const reasons = ignored.map(({ file, reason }) => `${file} (${reason})`).join('; ');
  return new LabFault('NO_PRICES', {
    message: 'no usable price file',
    expected: 'at least one file <venue>_<SYMBOL>_<step>[_<anything>].csv with price bars',
    found: ignored.length === 0 ? 'an empty folder' : reasons,
    file: directory,
  });
}

/** Reads and checks a whole file; null when it holds no bar. */
function spanOf(file: BarFile): Span | null {
  let firstMs = -1;
  let lastMs = -1;
  let bars = 0;
  for (const { timeMs } of barsOf(file)) {
    if (firstMs < 0) firstMs = timeMs;
    lastMs = timeMs;
    bars += 1;
  }
  return bars === 0 ? null : { firstMs, endMs: lastMs + file.stepMs, bars };
}

/**
 * The scenario's window where it overlaps the data, else what all files have in common; either
 * end may be stated outright.
 */
function windowOf(surveyed: readonly Surveyed[], options: BarFeedOptions): Window {
  const firsts = surveyed.map(({ span }) => span.firstMs);
  const ends = surveyed.map(({ span }) => span.endMs);
  const overlapFrom = Math.max(options.scenarioFromMs, Math.min(...firsts));
  const overlapTo = Math.min(options.scenarioToMs, Math.max(...ends));
  const overlaps = overlapFrom < overlapTo;
  const fromMs = options.fromMs ?? (overlaps ? overlapFrom : Math.max(...firsts));
  const toMs = options.toMs ?? (overlaps ? overlapTo : Math.min(...ends));
  if (fromMs < toMs) return { fromMs, toMs };
  const utc = (timeMs: number): string => new Date(timeMs).toISOString();
  const spans = `${utc(Math.min(...firsts))} to ${utc(Math.max(...ends))}`;
  throw new LabFault('WINDOW_EMPTY', {
    message: 'nothing to replay',
    expected: `a window from an earlier to a later time within ${spans}`,
    found: `${utc(fromMs)} to ${utc(toMs)}`,
    file: options.directory,
  });
}

type Opening = {
  /** The last price before the window, else the first one inside it. */
  readonly start: Price;
  /** Null when there was no price before the window. */
  readonly before: Price | null;
  /** Whether any bar lies in the window. */
  readonly inside: boolean;
};

function openingOf(file: BarFile, { fromMs, toMs }: Window): Opening {
  let before: Price | null = null;
  for (const bar of barsOf(file)) {
    const endMs = bar.timeMs + file.stepMs;
    if (endMs <= fromMs) {
      before = bar.close;
      continue;
    }
    const inside = bar.timeMs < toMs;
    return { start: before ?? bar.open, before, inside };
  }
  return { start: before!, before, inside: false };
}

function feedCoin(
  coin: string,
  used: readonly (Surveyed & Opening)[],
  sourcesMin: number,
): FeedCoin {
  const own = used.filter(({ file }) => file.coin === coin);
  // Sources that had not spoken before the window stay silent; where too few had, those that speak
  // first are heard a moment early.
  const spoken = own.filter(({ before }) => before !== null);
  const silent = own.filter(({ before }) => before === null);
  const firsts = silent.map(({ span }) => span.firstMs).sort((a, b) => a - b);
  const untilMs = firsts[sourcesMin - spoken.length - 1] ?? Number.NEGATIVE_INFINITY;
  const early = silent.filter(({ span }) => span.firstMs <= untilMs);
  const starting = [...spoken, ...early];
  return {
    coin,
    sources: own.map(({ file }) => file.source),
    stepMs: Math.min(...own.map(({ file }) => file.stepMs)),
    start: starting.map(({ file, start }) => ({ source: file.source, price: start })),
  };
}
