/**
 * A pool at work: one synchronous writer. `submit` decides a command, applies it and drains all
 * work that it made due; `commit` makes what was submitted durable and publishes it. Nothing is
 * visible outside before that. Starting is recovery: there is no other way in.
 * @module
 */
import {
  audit,
  ENGINE_SOURCE,
  type JournalRecord,
  type PoolView,
  RUNTIME_SOURCE,
} from '../engine/index.ts';
import type { Manifest, RunStatus } from '../ports/index.ts';
import { assert, InvariantViolation, type Seq, seq } from '../units/index.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import {
  batchFull,
  isTime,
  malformedCommand,
  malformedTime,
  manifestUnavailable,
  noSnapshots,
  quarantined,
  reservedSource,
  sealedAlready,
  snapshotsUnavailable,
} from './pool-faults.ts';
import { type PoolOptions, refuseSenselessLimits } from './pool-options.ts';
import { poolSnapshot } from './pool-snapshot.ts';
import type { Head } from './record-replay.ts';
import { type RecoveredPool, recoverPool } from './recovery.ts';
import { runManifest } from './run-manifest.ts';
import { createSequencer, type Sequencer } from './sequencer.ts';
import type { Submission } from './submission.ts';

export type PoolRuntime = {
  /** The pool's state, to read; it moves with every `submit`. */
  readonly engine: { readonly state: PoolView };
  /** How the pool was found at its start; the manifest is null for a new journal. */
  readonly recovered: Pick<RecoveredPool, 'head' | 'snapshotSeq' | 'replayed' | 'manifest'>;
  /** Last record decided, durable or not. */
  readonly head: () => Head;
  /** Last record known to be durable. */
  readonly durableSeq: () => Seq;
  /**
   * Decides and applies a command and all work that it makes due; the first record is the
   * command's own. (Where time alone has made a price stale, a `Tick` is journaled before it and
   * published with the rest.) A time before the head's is taken as the head's: clocks may step
   * back, engine time does not (INV-11).
   * @throws Fault, with nothing decided about the command: COMMAND_MALFORMED, SOURCE_RESERVED,
   * BATCH_FULL, JOURNAL_UNAVAILABLE, JOURNAL_CONFLICT, POOL_SEALED, POOL_QUARANTINED. Where the
   * shape of the command itself is at fault, work that was due before it, and the `Tick`, may have
   * been taken by then: they are in the next commit like any other.
   * @throws InvariantViolation for a defect of our own, in the command or in work before it. The
   * pool is then quarantined: `commit` still saves what was decided before, and says so in the
   * manifest; nothing more is taken.
   */
  readonly submit: (submission: Submission) => readonly JournalRecord[];
  /**
   * Takes more of the work that is due; none when nothing is. Only where `dueRecordsMax` left any.
   * @throws as `submit`
   */
  readonly work: () => readonly JournalRecord[];
  /**
   * Makes all that was submitted durable, then publishes it; answers the last durable seq.
   * @throws JOURNAL_UNAVAILABLE: the records are kept and come first in the next commit.
   * @throws JOURNAL_CONFLICT: another writer took over; only a new start helps.
   * @throws PUBLISHER_FAILED: the records are durable and will be published again.
   */
  readonly commit: () => Promise<Seq>;
  /**
   * Audits the pool in full, commits, and saves a snapshot. Answers its seq.
   * @throws SNAPSHOT_UNAVAILABLE: there is no store, or it failed; the pool goes on.
   */
  readonly snapshot: () => Promise<Seq>;
  /** Ends the run: commits, audits in full, writes the final hashes. Nothing is taken after it. */
  readonly seal: () => Promise<Manifest>;
};

const BATCH_RECORDS_MAX = 1 << 20;
const SNAPSHOTS_KEPT = 2;

/** What the functions of one pool have in common. */
type Pool = {
  readonly options: PoolOptions;
  readonly recovered: RecoveredPool;
  readonly outbox: Outbox;
  readonly sequencer: Sequencer;
  status: RunStatus;
  problem: string | null;
  manifest: Manifest | null;
  /** Work may be left that was due before. */
  isBehind: boolean;
};

/**
 * Recovers the pool from its journal and takes up work.
 * @throws Fault where the journal cannot be read, contradicts itself or was quarantined.
 * @throws RangeError where a limit among the options is no whole number from 1 on.
 */
export async function startPool(options: PoolOptions): Promise<PoolRuntime> {
  refuseSenselessLimits(options);
  const { journal, snapshots, publisher = null, onRecovery } = options;
  const recovered = await recoverPool({ journal, snapshots, onProgress: onRecovery });
  const { chain, engine, hasher, head, manifest } = recovered;
  if (manifest?.status === 'quarantined') throw quarantined(manifest.problem);
  const outbox = createOutbox({ journal, publisher, chain, headSeq: head.seq });
  const { stateHashEveryRuns = null } = options;
  const sequencer = createSequencer({ engine, hasher, head, outbox, stateHashEveryRuns });
  const unsealed = manifest !== null && manifest.status !== 'sealed';
  const status = unsealed ? 'recovered' : 'running';
  const pool: Pool = {
    ...{ options, recovered, outbox, sequencer, status, manifest },
    problem: null,
    isBehind: false,
  };
  await saveManifest(pool, recovered.stateHash);
  // A journal may end between a price and the liquidations that the price made due.
  await guarded(pool, async () => sequencer.drain());
  return {
    engine,
    recovered,
    head: sequencer.head,
    durableSeq: () => seq(outbox.durableSeq()),
    submit: (submission) => submit(pool, submission),
    work: () => work(pool),
    commit: () => commit(pool),
    snapshot: () => guarded(pool, () => snapshot(pool)),
    seal: () => guarded(pool, () => seal(pool)),
  };
}

function submit(pool: Pool, submission: Submission): readonly JournalRecord[] {
  const { outbox, sequencer } = pool;
  const { source, sourceSeq, command, time } = submission;
  refuseUnlessRunning(pool);
  if (source === ENGINE_SOURCE || source === RUNTIME_SOURCE) throw reservedSource(source);
  // Before anything is decided: a time that cannot be written down would fail our own records.
  if (!isTime(time)) throw malformedTime(submission);
  const limit = pool.options.batchRecordsMax ?? BATCH_RECORDS_MAX;
  if (outbox.pending() >= limit) throw batchFull(limit, outbox.pending());
  ownWork(pool, () => catchUp(pool));
  const head = sequencer.head();
  const at = time < head.time ? head.time : time;
  const isLate = sentWork(pool, submission, () => sequencer.isLateFor(command, at));
  if (isLate) ownWork(pool, () => sequencer.tellTime(at));
  const envelope = { source, sourceSeq, command };
  const first = sentWork(pool, submission, () => sequencer.take(envelope, at));
  return [first, ...ownWork(pool, () => drainSome(pool))];
}

/** What follows from the pool alone: where it fails the defect is ours, whatever was sent. */
function ownWork<T>(pool: Pool, work: () => T): T {
  try {
    return work();
  } catch (error) {
    quarantine(pool, error);
    throw error;
  }
}

/**
 * What a command leads to that may not even have its shape. Nothing without an encoding is ever
 * applied, so that such a one has changed nothing: its sender is told, and the pool goes on.
 */
function sentWork<T>(pool: Pool, submission: Submission, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const malformed = malformedCommand(submission, error);
    if (malformed !== null) throw malformed;
    quarantine(pool, error);
    throw error;
  }
}

function work(pool: Pool): readonly JournalRecord[] {
  refuseUnlessRunning(pool);
  return ownWork(pool, () => (pool.isBehind ? drainSome(pool) : []));
}

function drainSome(pool: Pool): readonly JournalRecord[] {
  const { dueRecordsMax = Number.POSITIVE_INFINITY } = pool.options;
  const records = pool.sequencer.drain(dueRecordsMax);
  pool.isBehind = records.length >= dueRecordsMax;
  return records;
}

/** Work that was due before comes before anything else. */
function catchUp(pool: Pool): void {
  if (pool.isBehind) pool.sequencer.drain();
  pool.isBehind = false;
}

function refuseUnlessRunning(pool: Pool): void {
  if (pool.status === 'quarantined') throw quarantined(pool.problem);
  if (pool.status === 'sealed') throw sealedAlready();
  pool.outbox.refuseWhileUnavailable();
}

async function commit(pool: Pool): Promise<Seq> {
  await pool.outbox.flush();
  const { manifest, status } = pool;
  if (status === 'quarantined' && manifest?.status !== status) await saveManifest(pool, null);
  return seq(pool.outbox.durableSeq());
}

async function snapshot(pool: Pool): Promise<Seq> {
  const { options, outbox, recovered, sequencer } = pool;
  const { snapshots, snapshotsKept = SNAPSHOTS_KEPT } = options;
  if (snapshots === undefined) throw noSnapshots();
  auditPool(recovered.engine.state);
  const { seq: at } = sequencer.head();
  const taken = poolSnapshot(recovered.engine.state, { seq: at, chainHash: outbox.chainHash() });
  await commit(pool);
  // Nothing has happened yet: the empty pool needs no snapshot.
  if (at === 0) return at;
  try {
    await snapshots.save(taken);
    await snapshots.prune({ keep: snapshotsKept });
  } catch (cause) {
    throw snapshotsUnavailable(cause);
  }
  return at;
}

async function seal(pool: Pool): Promise<Manifest> {
  const { outbox, recovered, sequencer } = pool;
  if (pool.status === 'quarantined') throw quarantined(pool.problem);
  if (pool.manifest?.status === 'sealed') return pool.manifest;
  catchUp(pool);
  const { status } = pool;
  pool.status = 'sealed';
  try {
    await outbox.flush();
  } catch (error) {
    pool.status = status;
    throw error;
  }
  const { state } = recovered.engine;
  auditPool(state);
  const { seq: at } = sequencer.head();
  const { stateHash } = poolSnapshot(state, { seq: at, chainHash: outbox.chainHash() });
  assert(stateHash === sequencer.stateHash(), 'INV-10', 'the cached state hash was wrong');
  return saveManifest(pool, stateHash);
}

/** Only called while every record that was added is durable. */
async function saveManifest(pool: Pool, stateHash: string | null): Promise<Manifest> {
  const { options, outbox, recovered, status, problem } = pool;
  const headSeq = outbox.durableSeq();
  const progress = { status, headSeq, chainHash: outbox.chainHash(), stateHash, problem };
  const { state } = recovered.engine;
  const before = pool.manifest;
  const manifest = runManifest({ before, run: options.run ?? {}, state, progress });
  try {
    await options.journal.saveManifest(manifest);
  } catch (cause) {
    throw manifestUnavailable(cause);
  }
  pool.manifest = manifest;
  return manifest;
}

/** Quarantines the pool, durably where possible, when the work finds a defect. */
async function guarded<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InvariantViolation)) throw error;
    quarantine(pool, error);
    // A journal that fails now must not hide the defect.
    await commit(pool).catch(() => {});
    throw error;
  }
}

function quarantine(pool: Pool, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  pool.status = 'quarantined';
  pool.problem = `after record ${pool.sequencer.head().seq}: ${reason}`;
}

function auditPool(state: PoolView): void {
  const { problems } = audit(state);
  assert(problems.length === 0, 'AUDIT', problems.join('; '));
}
