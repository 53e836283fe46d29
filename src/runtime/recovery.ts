/**
 * From a journal to a pool: the newest snapshot that holds up, then the records after it. The
 * same path starts an empty pool, a sealed one and one that crashed.
 * @module
 */
import {
  createEngine,
  type Engine,
  type FoldedPool,
  foldedPool,
  forgetChanges,
  restorePool,
} from '../engine/index.ts';
import type { SnapshotStore } from '../ports/index.ts';
import { Fault, type Journal, type Manifest, type Snapshot } from '../ports/index.ts';
import { engineTimeMs, type Seq, seq } from '../units/index.ts';
import { type Chain, createChain, runEndBefore } from './chain-hash.ts';
import { framesOf } from './record-frames.ts';
import {
  applyTo,
  corrupt,
  type Head,
  type Replay,
  recordOf,
  takeIntoChain,
} from './record-replay.ts';
import { createStateHasher, hashesOfBytes, type StateHasher } from './state-hash.ts';

export type RecoveredPool = {
  readonly engine: Engine;
  readonly head: Head;
  /** Continues after the head. */
  readonly chain: Chain;
  readonly chainHash: string;
  readonly stateHash: string;
  /** Has hashed the state as it was found. */
  readonly hasher: StateHasher;
  /** The snapshot that recovery began with, or null for the whole journal. */
  readonly snapshotSeq: Seq | null;
  /** Records applied after the snapshot. */
  readonly replayed: number;
  readonly manifest: Manifest | null;
};

export type RecoveryOptions = {
  readonly journal: Journal;
  readonly snapshots?: SnapshotStore | undefined;
  /** Called after each commit that was read. */
  readonly onProgress?: ((progress: { readonly seq: number }) => void) | undefined;
};

/**
 * Reads only: neither the journal nor the snapshots are changed.
 * @throws JOURNAL_CORRUPT or JOURNAL_TRUNCATED where the journal contradicts itself.
 */
export async function recoverPool(options: RecoveryOptions): Promise<RecoveredPool> {
  const manifest = await options.journal.manifest();
  let seqMax = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const snapshot = (await options.snapshots?.latest({ seqMax })) ?? null;
    const replayed = await replay(options, snapshot);
    if (replayed !== null) return checked(replayed, manifest);
    // A snapshot is a cache: one that does not fit is passed over for an older one.
    seqMax = snapshot!.seq - 1;
  }
}

type Replayed = Omit<RecoveredPool, 'chainHash' | 'stateHash' | 'manifest'>;

/** Null when the snapshot does not belong to this journal or does not hold up. */
async function replay(
  { journal, onProgress }: RecoveryOptions,
  snapshot: Snapshot | null,
): Promise<Replayed | null> {
  const base = snapshot === null ? fresh() : restored(snapshot);
  if (base === null) return null;
  const snapshotSeq = snapshot?.seq ?? 0;
  const runStart = runEndBefore(snapshotSeq);
  const at: Replay = {
    pool: base.pool,
    chain: runStart === 0 ? createChain() : null,
    head: { seq: seq(runStart === 0 ? 0 : runStart - 1), time: engineTimeMs(0) },
    replayed: 0,
  };
  // The last record before the run comes along: its commit carries the seal that the run needs.
  for await (const commit of journal.read({ fromSeq: Math.max(runStart, 1) })) {
    const seals = new Map(commit.seals.map((seal) => [seal.seq, seal] as const));
    for (const frame of framesOf(commit)) {
      if (frame.seq < runStart) continue;
      const record = recordOf(frame, at.head);
      at.head = { seq: seq(frame.seq), time: record.time };
      const sealed = seals.get(frame.seq)?.chainHash ?? null;
      takeIntoChain(at, frame, sealed);
      if (frame.seq > snapshotSeq) applyTo(at, record);
      if (frame.seq === snapshotSeq && at.chain!.current() !== snapshot!.chainHash) return null;
    }
    forgetChanges(at.pool.state);
    onProgress?.({ seq: at.head.seq });
  }
  // A snapshot ahead of its journal holds records that never became durable.
  if (at.head.seq < snapshotSeq || at.chain === null) return null;
  const { head, chain, replayed } = at;
  const engine = createEngine(at.pool.state);
  return {
    engine,
    head,
    chain,
    replayed,
    snapshotSeq: snapshot === null ? null : seq(snapshotSeq),
    hasher: base.hasher,
  };
}

type Base = { readonly pool: FoldedPool; readonly hasher: StateHasher };

const fresh = (): Base => ({ pool: foldedPool(), hasher: createStateHasher() });

function restored({ head, chunks, stateHash }: Snapshot): Base | null {
  const hashes = hashesOfBytes(head, chunks);
  if (hashes.stateHash !== stateHash) return null;
  const pool = restorePool(head, chunks);
  if (!pool.ok) return null;
  const { state } = pool;
  const hasher = createStateHasher({ state, hashes: hashes.chunkHashes });
  return { pool: foldedPool(state), hasher };
}

function checked(replayed: Replayed, manifest: Manifest | null): RecoveredPool {
  const { head, chain, engine } = replayed;
  const chainHash = chain.current();
  const stateHash = replayed.hasher(engine.state);
  if (manifest === null) {
    if (head.seq > 0) throw corrupt(head.seq, 'a manifest beside the records', 'none');
  } else if (manifest.headSeq > head.seq) {
    throw new Fault('JOURNAL_TRUNCATED', {
      message: `records ${head.seq + 1} to ${manifest.headSeq} are missing`,
      expected: `the last record to be at least ${manifest.headSeq}, as its manifest says`,
      found: `${head.seq}`,
    });
  } else if (manifest.status === 'sealed') {
    expectSealed(manifest, { seq: `${head.seq}`, chainHash, stateHash });
  }
  return { ...replayed, chainHash, stateHash, manifest };
}

function expectSealed(
  manifest: Manifest,
  found: { readonly seq: string; readonly chainHash: string; readonly stateHash: string },
): void {
  const pairs = [
    ['last record', `${manifest.headSeq}`, found.seq],
    ['chain hash', manifest.chainHash, found.chainHash],
    ['state hash', manifest.stateHash ?? 'none', found.stateHash],
  ] as const;
  for (const [what, expected, actual] of pairs) {
    if (expected === actual) continue;
    const message = `${what} of the sealed journal`;
    throw new Fault('JOURNAL_CORRUPT', { message, expected, found: actual });
  }
}
