/**
 * Commands made durable: decided, encoded, chained, applied with all invariants asserted, and
 * committed in groups to the SQLite journal by one writer, over a large pool; then the same into
 * memory, which leaves the disk out.
 *
 * Method: the traffic of `bench-traffic.ts` over the pool of `bench-pool.ts`; for each group size
 * the pool is started anew, warmed up by a tenth of the commands, then timed from the first
 * command to the last durable commit, several runs in turn. Beside it, in the same run and on the
 * same disk, what appending and flushing the mean bytes of a commit takes.
 *
 * Then a price that makes many accounts liquidatable at once, from its submission to the commit
 * that holds every `LiquidationStarted`; the time to decide, encode, chain and apply and the time
 * to commit apart. One record starts them all, and the work of closing them is left for later, as
 * an operator would set a pool for whom this matters.
 *
 *     npm run bench -- engine [--accounts N] [--markets N] [--legs N] [--commands N] [--runs N]
 *                             [--burst N] [--burst-accounts N] [--json]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '@plimsoll/adapter-sqlite';
import type { PoolState } from 'plimsoll/engine';
import { emptyJournalContent, inMemoryJournal, type Journal } from 'plimsoll/ports';
import { type PoolRuntime, startPool } from 'plimsoll/runtime';
import {
  machineFacts,
  millisecondsSince,
  option,
  type Spread,
  spreadOf,
  spreadText,
  wantsJson,
} from './bench-figures.ts';
import { BENCH_TIME, type BenchPoolShape, configuration, populate } from './bench-pool.ts';
import { timeOfCommand, traffic } from './bench-traffic.ts';
import { type BurstRun, burst } from './burst.ts';
import { diskFlushes } from './disk.ts';

const shape: BenchPoolShape = {
  accounts: option('accounts', 100_000),
  markets: option('markets', 50),
  legs: option('legs', 3),
  seed: option('seed', 20210519),
  startsPerRecordMax: 1_000_000,
};
const BURST = option('burst', 10_000);
const BURST_ACCOUNTS = option('burst-accounts', 300_000);
const COMMANDS = option('commands', 100_000);
const RUNS = option('runs', 3);
const GROUPS = [64, 256, 1_024, 4_096] as const;
const folder = mkdtempSync(join(process.env['BENCH_FOLDER'] ?? tmpdir(), 'plimsoll-bench-'));

async function poolOn(journal: Journal, accounts = shape.accounts): Promise<PoolRuntime> {
  const pool = await startPool({ journal, dueRecordsMax: 1 });
  configuration(shape).forEach((command, at) => {
    pool.submit({ source: 'setup', sourceSeq: at + 1, command, time: BENCH_TIME });
  });
  // The accounts are put in place by hand; see there why that is a lawful pool.
  populate(pool.engine.state as PoolState, { ...shape, accounts });
  await pool.commit();
  return pool;
}

type Run = {
  readonly perSecond: number;
  readonly commits: readonly number[];
  readonly bytes: number;
  readonly rejected: number;
};

async function run(pool: PoolRuntime, group: number, sizeOf: () => number): Promise<Run> {
  const next = traffic(pool.engine.state, shape.seed + 1);
  const commits: number[] = [];
  let rejected = 0;
  let start = process.hrtime.bigint();
  let before = sizeOf();
  const warmUp = Math.floor(COMMANDS / 10);
  for (let number = 1; number <= warmUp + COMMANDS; number += 1) {
    const [record] = pool.submit({
      source: 'venue',
      sourceSeq: number,
      command: next(number),
      time: timeOfCommand(number),
    });
    if (record!.outcome.type === 'Rejected') rejected += 1;
    if (number % group !== 0 && number !== warmUp && number !== warmUp + COMMANDS) continue;
    const begun = process.hrtime.bigint();
    await pool.commit();
    commits.push(millisecondsSince(begun));
    if (number !== warmUp) continue;
    commits.length = 0;
    before = sizeOf();
    rejected = 0;
    start = process.hrtime.bigint();
  }
  const perSecond = Math.round((COMMANDS * 1000) / millisecondsSince(start));
  return { perSecond, commits, bytes: sizeOf() - before, rejected };
}

/** Counts the bytes that go to a journal. */
function counting(journal: Journal): { readonly journal: Journal; readonly bytes: () => number } {
  let bytes = 0;
  const append: Journal['append'] = (commit) => {
    bytes += commit.bytes.length;
    return journal.append(commit);
  };
  return { journal: { ...journal, append }, bytes: () => bytes };
}

type Result = {
  readonly journal: 'sqlite' | 'memory';
  readonly commandsPerCommit: number;
  readonly perSecond: Spread;
  readonly commitMs: Spread;
  readonly diskMs: Spread | null;
  readonly bytesPerCommand: number;
  readonly rejected: number;
};

let files = 0;

async function measure(name: 'sqlite' | 'memory', group: number): Promise<Result> {
  const runs: Run[] = [];
  for (let at = 0; at < RUNS; at += 1) {
    files += 1;
    const file = join(folder, `${files}.sqlite`);
    const journal =
      name === 'sqlite'
        ? openSqliteStore({ file, access: 'create' }).journal
        : inMemoryJournal(emptyJournalContent());
    const counted = counting(journal);
    const pool = await poolOn(counted.journal);
    runs.push(await run(pool, group, counted.bytes));
    await journal.close();
    if (name === 'sqlite') rmSync(file);
  }
  const bytes = runs[0]!.bytes;
  const commits = runs.flatMap((each) => each.commits);
  const perCommit = Math.round(bytes / runs[0]!.commits.length);
  const flushes = Math.min(300, runs[0]!.commits.length);
  const flushed = name === 'sqlite' ? diskFlushes(join(folder, 'raw'), perCommit, flushes) : null;
  return {
    journal: name,
    commandsPerCommit: group,
    perSecond: spreadOf(runs.map(({ perSecond }) => perSecond)),
    commitMs: spreadOf(commits),
    diskMs: flushed === null ? null : spreadOf(flushed),
    bytesPerCommand: Math.round(bytes / COMMANDS),
    rejected: runs[0]!.rejected,
  };
}

async function measureBursts(): Promise<BurstRun[]> {
  const bursts: BurstRun[] = [];
  // The first run warms up the compiler and is not counted.
  for (let at = 0; at <= RUNS; at += 1) {
    const file = join(folder, `burst-${at}.sqlite`);
    const { journal } = openSqliteStore({ file, access: 'create' });
    const pool = await poolOn(journal, BURST_ACCOUNTS);
    // Once, so that every account has been looked at before.
    pool.submit({ source: 'venue', sourceSeq: 1, command: { type: 'Tick' }, time: BENCH_TIME });
    await pool.commit();
    const measured = await burst(pool, BURST);
    if (at > 0) bursts.push(measured);
    await journal.close();
    rmSync(file);
  }
  return bursts;
}

const results: Result[] = [];
let bursts: BurstRun[] = [];
try {
  bursts = await measureBursts();
  for (const group of GROUPS) results.push(await measure('sqlite', group));
  results.push(await measure('memory', 1_024));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const burstSpread = (of: (run: BurstRun) => number): Spread => spreadOf(bursts.map(of));
const burstResult = {
  started: burstSpread(({ started }) => started),
  decideMs: burstSpread(({ decideMs }) => decideMs),
  commitMs: burstSpread(({ commitMs }) => commitMs),
  totalMs: burstSpread(({ totalMs }) => totalMs),
};
const facts = {
  bench: 'engine',
  ...machineFacts(),
  ...shape,
  commands: COMMANDS,
  runs: RUNS,
};
if (wantsJson()) {
  process.stdout.write(`${JSON.stringify({ ...facts, results, burst: burstResult })}\n`);
} else {
  process.stdout.write(
    `Durable commands per second, ${COMMANDS} commands, ${RUNS} runs, ` +
      `${shape.accounts} accounts of ` +
      `${shape.legs} legs over ${shape.markets} markets\n${facts.machine}, Node ${facts.node}\n`,
  );
  for (const each of results) {
    const { journal, commandsPerCommit, perSecond, commitMs, diskMs } = each;
    process.stdout.write(
      `  ${journal}, ${commandsPerCommit} per commit: ${perSecond.median} per second ` +
        `(${perSecond.min} to ${perSecond.max}), ${each.bytesPerCommand} bytes each, ` +
        `${each.rejected} rejected\n    commit ${spreadText(commitMs, 'ms')}\n`,
    );
    if (diskMs !== null) process.stdout.write(`    the disk alone ${spreadText(diskMs, 'ms')}\n`);
  }
  const { started, decideMs, commitMs, totalMs } = burstResult;
  process.stdout.write(
    `  one price that starts ${started.median} liquidations (${started.min} to ${started.max})\n` +
      `    until all are durable ${spreadText(totalMs, 'ms')}\n` +
      `    decided and applied ${spreadText(decideMs, 'ms')}\n` +
      `    committed ${spreadText(commitMs, 'ms')}\n`,
  );
}
