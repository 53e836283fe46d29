/**
 * Follows a journal from its first record, for whoever wants to see the pool that each record
 * found and left. Reads only; what was decided is taken as recorded, what is chained is checked.
 * @module
 */
import { foldedPool, forgetChanges, type JournalRecord, type PoolView } from '../engine/index.ts';
import type { Journal } from '../ports/index.ts';
import { engineTimeMs, seq } from '../units/index.ts';
import { createChain, endsRun } from './chain-hash.ts';
import { framesOf } from './record-frames.ts';
import { applyTo, type Replay, recordOf, takeIntoChain } from './record-replay.ts';

export type JournalVisitor = {
  /** The pool is as the record finds it. The record's bytes are the reader's. */
  readonly before: (state: PoolView, record: JournalRecord, body: Uint8Array) => void;
  /** The pool is as the record leaves it; a chain hash at the end of a run, else null. */
  readonly after: (state: PoolView, record: JournalRecord, chainHash: string | null) => void;
};

export type FollowOptions = {
  readonly journal: Journal;
  readonly visitor: JournalVisitor;
  /** Last record to look at; without it, all there are. */
  readonly untilSeq?: number | undefined;
};

/** How far a journal was followed. */
export type Followed = {
  readonly seq: number;
  /** Over all records up to there, whether that ends a run or not. */
  readonly chainHash: string;
};

/**
 * Yields after every commit; stop asking to stop reading.
 * @throws JOURNAL_CORRUPT where the journal contradicts itself.
 */
export async function* followJournal(options: FollowOptions): AsyncGenerator<Followed, void> {
  const { journal, visitor, untilSeq = Number.MAX_SAFE_INTEGER } = options;
  const chain = createChain();
  const head = { seq: seq(0), time: engineTimeMs(0) };
  const at: Replay = { pool: foldedPool(), chain, head, replayed: 0 };
  const { state } = at.pool;
  for await (const commit of journal.read({ fromSeq: 1 })) {
    const seals = new Map(commit.seals.map((seal) => [seal.seq, seal.chainHash] as const));
    for (const frame of framesOf(commit)) {
      if (frame.seq > untilSeq) break;
      const record = recordOf(frame, at.head);
      at.head = { seq: seq(frame.seq), time: record.time };
      takeIntoChain(at, frame, seals.get(frame.seq) ?? null);
      visitor.before(state, record, frame.body);
      applyTo(at, record);
      const chainHash = endsRun(frame.seq) ? chain.current() : null;
      visitor.after(state, record, chainHash);
    }
    forgetChanges(state);
    yield { seq: at.head.seq, chainHash: chain.current() };
    if (at.head.seq >= untilSeq) return;
  }
}
