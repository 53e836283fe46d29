/**
 * Which files of a folder hold price bars, of what coin, from which venue. A file is one by its
 * name, `<venue>_<SYMBOL>_<step>[_<anything>].csv`, and by its header; others are listed with the
 * reason why they are not.
 * @module
 */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join, relative } from 'node:path';
import { LabFault, quoted } from './fault.ts';

export type BarFile = {
  readonly path: string;
  /** Relative to the folder that was asked for, with forward slashes. */
  readonly name: string;
  readonly coin: string;
  readonly stepMs: number;
  /** Name of the price source, unique in the folder. */
  readonly source: string;
};

export type IgnoredFile = { readonly file: string; readonly reason: string };

/** Columns every bar file begins with; more may follow. */
export const BAR_COLUMNS = 'ts_ms,open,high,low,close,volume';

const STEPS_MS: ReadonlyMap<string, number> = new Map([
  ['1s', 1_000],
  ['1m', 60_000],
  ['5m', 300_000],
  ['10m', 600_000],
  ['15m', 900_000],
  ['1h', 3_600_000],
]);

const NAME = new RegExp(
  '^([A-Za-z0-9][A-Za-z0-9.-]*)' + // venue
    '_([A-Z0-9][A-Z0-9.-]*(?:_PERP)?)' + // symbol
    '_(1s|1m|5m|10m|15m|1h)(?:_.*)?\\.csv$',
);
const QUOTED_IN_DOLLARS = /^([A-Z0-9.]+?)-?(?:USDT|USDC|BUSD|FDUSD|TUSD|USD)(?:[-_]PERP)?$/;

/** The coin of a symbol quoted in dollars, or a bare coin; null for other pairs. */
export function coinOfSymbol(symbol: string): string | null {
  const pair = QUOTED_IN_DOLLARS.exec(symbol);
  if (pair !== null) return pair[1]!;
  return /^[A-Z0-9.]+$/.test(symbol) ? symbol : null;
}

/**
 * The bar files of a folder and its subfolders, in the order of their names.
 * @throws LabFault when the folder cannot be read.
 */
export function barFilesIn(directory: string): {
  readonly files: readonly BarFile[];
  readonly ignored: readonly IgnoredFile[];
} {
  const files: BarFile[] = [];
  const ignored: IgnoredFile[] = [];
  for (const path of filesBelow(directory)) {
    const name = relative(directory, path).replaceAll('\\', '/');
    const parsed = NAME.exec(name.slice(name.lastIndexOf('/') + 1));
    const reason = parsed === null ? unusualName() : headerProblem(path);
    const coin = parsed === null ? null : coinOfSymbol(parsed[2]!);
    if (parsed === null || reason !== null) {
      ignored.push({ file: name, reason: reason ?? unusualName() });
    } else if (coin === null) {
      ignored.push({ file: name, reason: `${parsed[2]} is not quoted in dollars` });
    } else {
      const stepMs = STEPS_MS.get(parsed[3]!)!;
      files.push({ path, name, coin, stepMs, source: sourceName(files, parsed) });
    }
  }
  return { files, ignored };
}

const unusualName = (): string =>
  'not named <venue>_<SYMBOL>_<step>[_<anything>].csv with a step of 1s, 1m, 5m, 10m, 15m or 1h';

/** `venue:SYMBOL:step`, with a number where several files share it. */
function sourceName(files: readonly BarFile[], parsed: RegExpExecArray): string {
  const stem = `${parsed[1]}:${parsed[2]}:${parsed[3]}`.slice(0, 56);
  const same = files.filter(({ source }) => source === stem || source.startsWith(`${stem}:`));
  return same.length === 0 ? stem : `${stem}:${same.length + 1}`;
}

function filesBelow(directory: string): string[] {
  let entries: { readonly name: string; readonly isDirectory: () => boolean }[];
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new LabFault('NO_PRICES', {
      message: 'the folder of prices cannot be read',
      expected: 'a folder of bar files',
      found,
      file: directory,
      cause,
    });
  }
  const sorted = entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return sorted.flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/** Why a file's first line is not the header of bars; null when it is. */
function headerProblem(path: string): string | null {
  const descriptor = openSync(path, 'r');
  const bytes = Buffer.alloc(256);
  const length = readSync(descriptor, bytes, 0, bytes.length, 0);
  closeSync(descriptor);
  const header = bytes.toString('latin1', 0, length).split(/\r?\n/, 1)[0]!;
  if (header === BAR_COLUMNS || header.startsWith(`${BAR_COLUMNS},`)) return null;
  return `line 1: expected the columns ${BAR_COLUMNS}, found ${quoted(header)}`;
}
