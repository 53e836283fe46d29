/** A run of the small pool into a journal, and what is needed to compare it with others. @module */
import type { JournalRecord } from '../../src/engine/index.ts';
import {
  emptyJournalContent,
  type InMemoryJournalContent,
  inMemoryJournal,
  type Manifest,
} from '../../src/ports/index.ts';
import {
  type PoolOptions,
  type PoolRuntime,
  type Submission,
  startPool,
} from '../../src/runtime/index.ts';
import { type CrashOptions, crashSmallPool } from './small-pool.ts';

export type RecordedRun = {
  readonly pool: PoolRuntime;
  readonly records: readonly JournalRecord[];
  /** Every command from outside, with the number of its record. */
  readonly submissions: readonly (Submission & { readonly seq: number })[];
};

export type RunOptions = CrashOptions & {
  readonly pool: PoolOptions;
  /** Submissions per commit. Default 1. */
  readonly commitEvery?: number;
  /** Called after each submission. */
  readonly afterEach?: (pool: PoolRuntime) => Promise<void>;
};

/** Drives a pool through its crash; leaves it committed and unsealed. */
export async function recordRun(options: RunOptions): Promise<RecordedRun> {
  const { commitEvery = 1, afterEach } = options;
  const pool = await startPool(options.pool);
  const records: JournalRecord[] = [];
  const submissions: (Submission & { readonly seq: number })[] = [];
  await crashSmallPool(async (command, time) => {
    const submission = { source: 'test', sourceSeq: submissions.length + 1, command, time };
    const made = pool.submit(submission);
    submissions.push({ ...submission, seq: made[0]!.seq });
    records.push(...made);
    if (submissions.length % commitEvery === 0) await pool.commit();
    await afterEach?.(pool);
    return made;
  }, options);
  await pool.commit();
  return { pool, records, submissions };
}

export type SealedRun = RecordedRun & {
  readonly content: InMemoryJournalContent;
  readonly manifest: Manifest;
};

/** The same into memory, sealed. */
export async function sealedRun(
  options: Omit<RunOptions, 'pool'> & { readonly pool?: Omit<PoolOptions, 'journal'> } = {},
): Promise<SealedRun> {
  const content = emptyJournalContent();
  const journal = inMemoryJournal(content);
  const run = await recordRun({ ...options, pool: { ...options.pool, journal } });
  return { ...run, content, manifest: await run.pool.seal() };
}

/** A copy that a test may damage. */
export const copyOf = ({ commits, manifest }: InMemoryJournalContent): InMemoryJournalContent => ({
  commits: commits.map((commit) => ({ ...commit, bytes: commit.bytes.slice() })),
  manifest,
});
