/**
 * Recovery of a large pool: its newest snapshot read, checked and restored, the records after it
 * read, chained and applied, the derived structures built and the state hashed, as `startPool`
 * does before it takes anything. Then what the recovered pool holds in memory, all told.
 *
 * Method: a pool of `bench-pool.ts` is saved as a snapshot in a SQLite file, with a tail of the
 * traffic of `bench-traffic.ts` after it; both are made anew for each call and not timed. Each run
 * recovers from the file; memory is what is in use after a collection, with the pool and without.
 * The file is read by the system's cache: a disk that is cold adds its own time.
 *
 *     npm run bench -- recovery [--accounts N] [--tail N] [--markets N] [--legs N]
 *         [--runs N] [--json]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '@plimsoll/adapter-sqlite';
import type { PoolState } from 'plimsoll/engine';
import { createStateHasher, startPool } from 'plimsoll/runtime';
import {
  machineFacts,
  memoryInUse,
  millisecondsSince,
  option,
  spreadOf,
  spreadText,
  wantsJson,
} from './bench-figures.ts';
import { BENCH_TIME, type BenchPoolShape, configuration, populate } from './bench-pool.ts';
import { timeOfCommand, traffic } from './bench-traffic.ts';

const shape: BenchPoolShape = {
  accounts: option('accounts', 1_000_000),
  markets: option('markets', 50),
  legs: option('legs', 3),
  seed: option('seed', 20210519),
  startsPerRecordMax: 1_024,
};
const TAIL = option('tail', 1_000_000);
const RUNS = option('runs', 1);
const RECORDS_PER_COMMIT = 1_024;
/** Hashing a whole large pool now and then is no part of what is measured. */
const NEVER = 1 << 30;

const folder = mkdtempSync(join(process.env['BENCH_FOLDER'] ?? tmpdir(), 'plimsoll-bench-'));
const file = join(folder, 'pool.sqlite');

/** A pool configured, populated, saved, and run on for the length of the tail; its state hash. */
async function write(): Promise<{ readonly records: number; readonly stateHash: string }> {
  const { journal, snapshots } = openSqliteStore({ file, access: 'create' });
  const pool = await startPool({ journal, snapshots, stateHashEveryRuns: NEVER });
  configuration(shape).forEach((command, at) => {
    pool.submit({ source: 'setup', sourceSeq: at + 1, command, time: BENCH_TIME });
  });
  populate(pool.engine.state as PoolState, shape);
  const from = await pool.snapshot();
  const next = traffic(pool.engine.state, shape.seed + 1);
  for (let number = 1; pool.head().seq < from + TAIL; number += 1) {
    const command = next(number);
    pool.submit({ source: 'venue', sourceSeq: number, command, time: timeOfCommand(number) });
    if (number % RECORDS_PER_COMMIT === 0) await pool.commit();
  }
  await pool.commit();
  await journal.close();
  const records = pool.head().seq - from;
  return { records, stateHash: createStateHasher()(pool.engine.state) };
}

type Run = {
  /** Until the snapshot was restored and the first commit after it applied. */
  readonly snapshotMs: number;
  readonly tailMs: number;
  /** State hash, derived structures, and all accounts looked at. */
  readonly derivedMs: number;
  readonly totalMs: number;
  readonly bytesPerAccount: number;
};

async function recover(expected: string): Promise<Run> {
  const before = memoryInUse();
  const { journal, snapshots } = openSqliteStore({ file, access: 'write' });
  let [snapshotMs, tailMs] = [0, 0];
  const start = process.hrtime.bigint();
  const onRecovery = (): void => {
    tailMs = millisecondsSince(start);
    if (snapshotMs === 0) snapshotMs = tailMs;
  };
  const pool = await startPool({ journal, snapshots, stateHashEveryRuns: NEVER, onRecovery });
  const totalMs = millisecondsSince(start);
  await journal.close();
  const held = memoryInUse() - before;
  if (createStateHasher()(pool.engine.state) !== expected)
    throw new Error('recovered to another state');
  return {
    snapshotMs,
    tailMs: tailMs - snapshotMs,
    derivedMs: totalMs - tailMs,
    totalMs,
    bytesPerAccount: Math.round(held / shape.accounts),
  };
}

const runs: Run[] = [];
let records = 0;
let bytes = 0;
try {
  const written = await write();
  records = written.records;
  bytes = statSync(file).size;
  for (let at = 0; at < RUNS; at += 1) runs.push(await recover(written.stateHash));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const spread = (of: (run: Run) => number) => spreadOf(runs.map(of));
const result = {
  bench: 'recovery',
  ...machineFacts(),
  ...shape,
  tailRecords: records,
  fileBytes: bytes,
  totalMs: spread(({ totalMs }) => totalMs),
  snapshotMs: spread(({ snapshotMs }) => snapshotMs),
  tailMs: spread(({ tailMs }) => tailMs),
  derivedMs: spread(({ derivedMs }) => derivedMs),
  bytesPerAccount: spread(({ bytesPerAccount }) => bytesPerAccount),
};
if (wantsJson()) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
} else {
  process.stdout.write(
    `Recovery of ${shape.accounts} accounts of ${shape.legs} legs over ` +
      `${shape.markets} markets and ` +
      `${records} records after the snapshot (${Math.round(bytes / 1e6)} MB), ${RUNS} runs\n` +
      `${result.machine}, Node ${result.node}\n` +
      `  in all ${spreadText(result.totalMs, 'ms')}\n` +
      `  snapshot ${spreadText(result.snapshotMs, 'ms')}\n` +
      `  records ${spreadText(result.tailMs, 'ms')}\n` +
      `  derived ${spreadText(result.derivedMs, 'ms')}\n` +
      `  memory ${spreadText(result.bytesPerAccount, 'bytes')} per account\n`,
  );
}
