/**
 * A pool under replay: sends commands in the name of the simulated world, commits them, and hands
 * what was published to whoever listens. Acts on published records only, as a live venue would.
 * @module
 */
import type { Command, JournalRecord, PoolView } from '../engine/index.ts';
import { rejectionMessage } from '../engine/index.ts';
import type { Journal, Manifest, SnapshotStore } from '../ports/index.ts';
import {
  concernsVenue,
  isForDesk,
  type PoolRuntime,
  type RunDescription,
  type Submission,
  startPool,
} from '../runtime/index.ts';
import { engineTimeMs } from '../units/index.ts';
import { LabFault } from './fault.ts';

/** Who speaks in a simulated world; the order desk speaks under a name of its own. */
export type Speaker = 'operator' | 'oracle' | 'clock' | 'venue';

export type PoolHost = {
  readonly state: PoolView;
  /** Commands from outside so far. */
  readonly outsideRecords: () => number;
  /** False when the pool refused the command. */
  readonly send: (speaker: Speaker, command: Command, timeMs: number) => boolean;
  /** The same, where a refusal means that the scenario makes no sense. @throws LabFault */
  readonly require: (speaker: Speaker, command: Command, timeMs: number) => void;
  /** Takes a command under its sender's own number, as from an order desk. */
  readonly submit: (submission: Submission) => readonly JournalRecord[];
  readonly commit: () => Promise<void>;
  /** Commits when the venue is to hear of something, or when much is pending. */
  readonly commitIfDue: () => Promise<void>;
  /** Records published since the last call that an order desk acts upon, in their order. */
  readonly takePublished: () => readonly JournalRecord[];
  readonly seal: () => Promise<Manifest>;
};

export type PoolHostOptions = {
  readonly journal: Journal;
  readonly snapshots?: SnapshotStore | undefined;
  readonly run: RunDescription;
  readonly onPublished: (records: readonly JournalRecord[]) => void;
  /** Every record right after it was decided, before it is durable: for checks only. */
  readonly onDecided: (records: readonly JournalRecord[], outsideRecords: number) => void;
};

/** Records that may wait for a commit while nobody outside waits for them. */
const PENDING_RECORDS_MAX = 256;

/** @throws LabFault when the journal already holds a history. */
export async function hostPool(options: PoolHostOptions): Promise<PoolHost> {
  const { journal, snapshots, run, onPublished, onDecided } = options;
  let published: JournalRecord[] = [];
  const publish = async (records: readonly JournalRecord[]): Promise<void> => {
    for (const record of records) {
      if (isForDesk(record)) published.push(record);
    }
    onPublished(records);
  };
  const runtime = await startPool({
    journal,
    ...(snapshots === undefined ? {} : { snapshots }),
    publisher: { publish },
    run,
  });
  refuseHistory(runtime);

  const sent: Record<Speaker, number> = { operator: 0, oracle: 0, clock: 0, venue: 0 };
  let outside = 0;
  let pending = 0;
  let urgent = false;
  const submit = (submission: Submission): readonly JournalRecord[] => {
    outside += 1;
    const records = runtime.submit(submission);
    pending += records.length;
    urgent ||= records.some(concernsVenue);
    onDecided(records, outside);
    return records;
  };
  const say = (speaker: Speaker, command: Command, timeMs: number): JournalRecord => {
    sent[speaker] += 1;
    const time = engineTimeMs(timeMs);
    return submit({ source: speaker, sourceSeq: sent[speaker], command, time })[0]!;
  };
  const commit = async (): Promise<void> => {
    pending = 0;
    urgent = false;
    await runtime.commit();
  };
  return {
    state: runtime.engine.state,
    outsideRecords: () => outside,
    send: (...args) => say(...args).outcome.type === 'Accepted',
    require: (...args) => requireAccepted(say(...args)),
    submit,
    commit,
    commitIfDue: async () => {
      if (urgent || pending >= PENDING_RECORDS_MAX) await commit();
    },
    takePublished: () => {
      const taken = published;
      published = [];
      return taken;
    },
    seal: runtime.seal,
  };
}

function requireAccepted({ envelope, outcome }: JournalRecord): void {
  if (outcome.type === 'Accepted') return;
  throw new LabFault('COMMAND_REFUSED', {
    message: `the pool refused ${envelope.command.type}`,
    expected: 'a scenario whose pool and population satisfy the rules of the engine',
    found: rejectionMessage(outcome.rejection),
  });
}

function refuseHistory(runtime: PoolRuntime): void {
  const { seq } = runtime.head();
  if (seq === 0) return;
  throw new LabFault('JOURNAL_NOT_EMPTY', {
    message: 'a replay starts a history of its own',
    expected: 'an empty journal',
    found: `one of ${seq} records`,
  });
}
