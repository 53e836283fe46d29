/**
 * The order of things: decide → append to the outbox → evolve, one record after the other, and
 * all due work before anything else from outside.
 * @module
 */
import {
  applyRecord,
  type Command,
  type CommandEnvelope,
  decide,
  dueWork,
  ENGINE_SOURCE,
  type Engine,
  type JournalRecord,
  pricesAreCurrent,
  RECORD_VERSION,
  RUNTIME_SOURCE,
} from '../engine/index.ts';
import { assert, type EngineTimeMs, type Seq, seq } from '../units/index.ts';
import { endsRun, RUN_RECORDS } from './chain-hash.ts';
import type { Outbox } from './outbox.ts';
import type { Head } from './record-replay.ts';
import { runsPerStateHash, type StateHasher } from './state-hash.ts';

/** Commands that judge every price themselves, at their own time. */
const JUDGES_PRICES: ReadonlySet<Command['type']> = new Set(['ReportPrices', 'Tick']);

/** Far above any real cascade: reaching it means that due work does not end (INV-12). */
const DUE_RECORDS_MAX = 50_000_000;

export type Sequencer = {
  readonly head: () => Head;
  /** Takes one command; the time must not lie before the head's. */
  readonly take: (envelope: CommandEnvelope, time: EngineTimeMs) => JournalRecord;
  /**
   * Whether time alone has made a price stale by which this command would be decided. So nothing
   * is decided on a price that is older than its limit, however rarely the host ticks.
   */
  readonly isLateFor: (command: Command, time: EngineTimeMs) => boolean;
  /** Takes a tick, and the work that it makes due. */
  readonly tellTime: (time: EngineTimeMs) => void;
  /** Takes the work that is due, at the head's time: all of it, or as many records at most. */
  readonly drain: (recordsMax?: number) => JournalRecord[];
  readonly stateHash: () => string;
};

export function createSequencer(options: {
  readonly engine: Engine;
  readonly head: Head;
  readonly outbox: Outbox;
  readonly hasher: StateHasher;
  /** Null for as often as suits the size of the pool. */
  readonly stateHashEveryRuns: number | null;
}): Sequencer {
  const { engine, hasher, outbox } = options;
  const isStateHashDue = (at: Seq): boolean => {
    const runs = options.stateHashEveryRuns ?? runsPerStateHash(engine.state);
    return at % (RUN_RECORDS * runs) === 0;
  };
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
    if (endsRun(next)) outbox.seal(isStateHashDue(next) ? hasher(engine.state) : null);
    return record;
  };

  const drain = (recordsMax = Number.POSITIVE_INFINITY): JournalRecord[] => {
    const records: JournalRecord[] = [];
    while (records.length < recordsMax) {
      const due = dueWork(engine);
      if (due === null) break;
      const record = take({ source: ENGINE_SOURCE, sourceSeq: 0, command: due }, head.time);
      assert(record.outcome.type === 'Accepted', 'DUE_WORK', `${due.type} was due and refused`);
      assert(records.length < DUE_RECORDS_MAX, 'INV-12', 'due work did not end');
      records.push(record);
    }
    return records;
  };

  const isLateFor = (command: Command, time: EngineTimeMs): boolean =>
    !JUDGES_PRICES.has(command.type) && time !== head.time && !pricesAreCurrent(engine.state, time);

  const tellTime = (time: EngineTimeMs): void => {
    const tick = {
      source: RUNTIME_SOURCE,
      sourceSeq: head.seq + 1,
      command: { type: 'Tick' },
    } as const;
    take(tick, time);
    drain();
  };

  return {
    head: () => head,
    take,
    isLateFor,
    tellTime,
    drain,
    stateHash: () => hasher(engine.state),
  };
}
