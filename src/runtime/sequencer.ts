/**
 * The order of things: decide → append to the outbox → evolve, one record after the other, and
 * all due work before anything else from outside.
 * @module
 */
import {
  applyRecord,
  type CommandEnvelope,
  decide,
  dueWork,
  ENGINE_SOURCE,
  type Engine,
  type JournalRecord,
  RECORD_VERSION,
} from '../engine/index.ts';
import { assert, type EngineTimeMs, seq } from '../units/index.ts';
import { endsRun, RUN_RECORDS } from './chain-hash.ts';
import type { Outbox } from './outbox.ts';
import type { Head } from './recovery.ts';
import { createStateHasher } from './state-hash.ts';

/** Far above any real cascade: reaching it means that due work does not end (INV-12). */
const DUE_RECORDS_MAX = 50_000_000;

export type Sequencer = {
  readonly head: () => Head;
  /** Takes one command; the time must not lie before the head's. */
  readonly take: (envelope: CommandEnvelope, time: EngineTimeMs) => JournalRecord;
  /** Takes all work that is due, at the head's time. */
  readonly drain: () => JournalRecord[];
  readonly stateHash: () => string;
};

export function createSequencer(options: {
  readonly engine: Engine;
  readonly head: Head;
  readonly outbox: Outbox;
  readonly stateHashEveryRuns: number;
}): Sequencer {
  const { engine, outbox } = options;
  const stateHashEvery = RUN_RECORDS * options.stateHashEveryRuns;
  const hasher = createStateHasher();
  let head = options.head;

  const take = (envelope: CommandEnvelope, time: EngineTimeMs): JournalRecord => {
    const outcome = decide(engine.state, envelope, time);
    const next = seq(head.seq + 1);
    const record = { version: RECORD_VERSION, seq: next, time, envelope, outcome };
    outbox.add(record);
    try {
      applyRecord(engine, record);
    } catch (error) {
      outbox.withdraw();
      throw error;
    }
    head = { seq: next, time };
    if (endsRun(next)) outbox.seal(next % stateHashEvery === 0 ? hasher(engine.state) : null);
    return record;
  };

  const drain = (): JournalRecord[] => {
    const records: JournalRecord[] = [];
    for (let due = dueWork(engine); due !== null; due = dueWork(engine)) {
      const record = take({ source: ENGINE_SOURCE, sourceSeq: 0, command: due }, head.time);
      assert(record.outcome.type === 'Accepted', 'DUE_WORK', `${due.type} was due and refused`);
      assert(records.length < DUE_RECORDS_MAX, 'INV-12', 'due work did not end');
      records.push(record);
    }
    return records;
  };

  return { head: () => head, take, drain, stateHash: () => hasher(engine.state) };
}
