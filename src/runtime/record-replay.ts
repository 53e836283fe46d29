/**
 * A journal record by record: each is read, checked to continue the one before, taken into the
 * chain hash and applied. Recovery and everything else that follows a journal go this way.
 * @module
 */
import { applyRecord, decodeRecord, type FoldedPool, type JournalRecord } from '../engine/index.ts';
import { Fault } from '../ports/index.ts';
import { assert, type EngineTimeMs, type Seq } from '../units/index.ts';
import { type Chain, createChain, endsRun } from './chain-hash.ts';
import type { Frame } from './record-frames.ts';

export type Head = { readonly seq: Seq; readonly time: EngineTimeMs };

/** A pool on its way through a journal. */
export type Replay = {
  pool: FoldedPool;
  chain: Chain | null;
  head: Head;
  replayed: number;
};

/** Takes a record into the chain hash, and compares at the end of a run. */
export function takeIntoChain(at: Replay, frame: Frame, sealed: string | null): void {
  if (at.chain === null) {
    // The seal of the run before: taken on trust here, held against the snapshot's own chain
    // hash a few records later.
    if (sealed === null) throw corrupt(frame.seq, 'a seal at the end of the run', 'none');
    at.chain = createChain(sealed);
    return;
  }
  at.chain.take(frame.framed);
  if (!endsRun(frame.seq)) return;
  const chainHash = at.chain.endRun();
  if (sealed !== chainHash)
    throw corrupt(frame.seq, `chain hash ${chainHash}`, sealed ?? 'no seal');
}

/** Reads a record and checks its place in the journal (INV-11). */
export function recordOf(frame: Frame, head: Head): JournalRecord {
  if (frame.seq !== head.seq + 1) {
    throw corrupt(frame.seq, `seq ${head.seq + 1} next`, `seq ${frame.seq}`);
  }
  const decoded = decodeRecord(frame.body);
  if (!decoded.ok) throw corrupt(frame.seq, 'a whole record', decoded.problem);
  const { value: record, length } = decoded;
  if (length !== frame.body.length) {
    throw corrupt(frame.seq, `${length} bytes`, `${frame.body.length} bytes`);
  }
  if (record.seq !== frame.seq) throw corrupt(frame.seq, `seq ${frame.seq}`, `seq ${record.seq}`);
  if (record.time < head.time) {
    throw corrupt(frame.seq, `a time from ${head.time} on`, `${record.time}`);
  }
  return record;
}

/** Applies a record to the pool that the records before it left. */
export function applyTo(at: Replay, record: JournalRecord): void {
  try {
    applyRecord(at.pool, record);
  } catch (cause) {
    // The events were ours and balanced when they were written, so the bytes have changed since.
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw corrupt(record.seq, 'events that fit the records before', reason, cause);
  }
  at.replayed += 1;
}

/** The journal contradicts itself at a record. */
export function corrupt(at: number, expected: string, found: string, cause?: unknown): Fault {
  assert(at > 0, 'SEQ', 'records are counted from 1');
  return new Fault('JOURNAL_CORRUPT', { message: `record ${at}`, expected, found, cause });
}
