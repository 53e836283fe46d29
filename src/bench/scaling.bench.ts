/**
 * The bench `triggers` for pools of different sizes, each in a process of its own, one after the
 * other, with a table and a plot of how the times grow.
 * `npm run bench -- scaling [--to ACCOUNTS] [--ticks T] [--out FOLDER]`; with `--from FILE` the
 * results of an earlier run are shown and drawn again instead.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { logPlot, people } from './log-plot.ts';
import { microseconds, option, type Spread } from './report.ts';

const SIZES = [10_000, 30_000, 100_000, 300_000, 1_000_000, 2_000_000, 5_000_000];
const HEAP_MB = 20_000;

type Phase = 'quiet' | 'crash' | 'everything' | 'gap';
type Scan = 'fullScan' | 'marketScan' | 'incremental';
type Result = {
  readonly machine: string;
  readonly node: string;
  readonly accounts: number;
  readonly hottestMarketHolders: number;
  readonly memory: Readonly<Record<string, number>>;
  readonly microseconds: Readonly<Record<Phase, Spread>>;
  readonly scans: Readonly<Record<Scan, Spread>>;
  readonly scansAtGap: Readonly<Record<Scan, Spread>>;
};

function measure(accounts: number, ticks: number): Result {
  const bench = fileURLToPath(new URL('triggers.bench.js', import.meta.url));
  const flags = ['--expose-gc', `--max-old-space-size=${HEAP_MB}`, bench, '--json'];
  const sizes = ['--accounts', String(accounts), '--ticks', String(ticks)];
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
  return JSON.parse(
    execFileSync(process.execPath, [...flags, ...sizes], { encoding: 'utf8', stdio }),
  ) as Result;
}

function row({ accounts, memory, microseconds: times, scans, scansAtGap }: Result): string {
  const cells = [
    accounts.toLocaleString('en-US'),
    ...[times.quiet.mean, times.quiet.p99].map(microseconds),
    ...[times.crash.mean, times.crash.p99].map(microseconds),
    ...[scans.fullScan.median, scans.marketScan.median, scans.incremental.median].map(microseconds),
    ...[times.gap.max, scansAtGap.fullScan.median].map(microseconds),
    `${memory.stateBytesPerAccount} + ${memory.indexBytesPerAccount} B`,
    `${memory.rebuiltMs} ms`,
  ];
  return `| ${cells.join(' | ')} |`;
}

const HEADS = [
  'accounts',
  'quiet mean',
  'quiet p99',
  'crash mean',
  'crash p99',
  'full scan',
  'market scan',
  'incremental',
  'gap',
  'scan at the gap',
  'state + index',
  'built in',
];

/** Powers of ten of a microsecond. */
function durationText(value: number): string {
  if (value >= 1e6) return `${people(value / 1e6)} s`;
  return value >= 1_000 ? `${people(value / 1_000)} ms` : `${value} µs`;
}

function plotOf(results: readonly Result[]): string {
  const series = (name: string, color: string, of: (result: Result) => number) => ({
    name,
    color,
    points: results.map((result) => [result.accounts, of(result)] as const),
  });
  return logPlot({
    title: 'From a price to the exact list, by the size of the pool',
    x: 'accounts, 3 legs each over 50 markets',
    y: 'time per price',
    tick: durationText,
    series: [
      series('full scan', '#9a3412', ({ scans }) => scans.fullScan.median),
      series('scan of the market', '#d97706', ({ scans }) => scans.marketScan.median),
      series('incremental', '#a3a380', ({ scans }) => scans.incremental.median),
      series('index, −10 % crash, p99', '#1d4ed8', (each) => each.microseconds.crash.p99),
      series('index, −10 % crash, mean', '#60a5fa', (each) => each.microseconds.crash.mean),
      series('index, quiet, p99', '#0f766e', (each) => each.microseconds.quiet.p99),
      series('index, quiet, median', '#5eead4', (each) => each.microseconds.quiet.median),
    ],
  });
}

/** The text after `--name`; null where it is not there. */
function textAfter(name: string): string | null {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? null : (process.argv[at + 1] ?? null);
}

const [from, out] = [textAfter('from'), textAfter('out')];
const most = option('to', SIZES.at(-1)!);
const results =
  from === null
    ? SIZES.filter((size) => size <= most).map((size) => measure(size, option('ticks', 100_000)))
    : (JSON.parse(readFileSync(from, 'utf8')) as Result[]);
const lines = [`| ${HEADS.join(' | ')} |`, `|${'---:|'.repeat(HEADS.length)}`, ...results.map(row)];
process.stdout.write(`${results[0]!.machine}, Node ${results[0]!.node}\n${lines.join('\n')}\n`);
if (out !== null) {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'scaling.json'), `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(join(out, 'scaling.svg'), plotOf(results));
}
