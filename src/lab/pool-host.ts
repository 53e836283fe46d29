/**
 * A pool under replay: sends commands in the name of the simulated world, commits them, and hands
 * what was published to whoever listens. Acts on published records only, as a live venue would.
 * @module
 */
import type { Command, JournalRecord, PoolView } from '../engine/index.ts';
import { rejectionMessage } from '../engine/index.ts';
import type { Journal, Manifest, SnapshotStore } from '../ports/index.ts';
import { type PoolRuntime, type RunDescription, startPool } from '../runtime/index.ts';
import { engineTimeMs } from '../units/index.ts';
import { LabFault } from './fault.ts';
import type { CloseOutOrder } from './venue.ts';

/** Who speaks in a simulated world. */
export type Speaker = 'operator' | 'oracle' | 'clock' | 'venue';

export type PoolHost = {
  readonly state: PoolView;
  /** Commands from outside so far. */
  readonly outsideRecords: () => number;
  /** False when the pool refused the command. */
  readonly send: (speaker: Speaker, command: Command, timeMs: number) => boolean;
  /** The same, where a refusal means that the scenario makes no sense. @throws LabFault */
  readonly require: (speaker: Speaker, command: Command, timeMs: number) => void;
  readonly commit: () => Promise<void>;
  /** Commits when orders wait to be published, or when much is pending. */
  readonly commitIfDue: () => Promise<void>;
  /** Close-out orders published since the last call, in their order. */
  readonly takeOrders: () => readonly CloseOutOrder[];
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
  let orders: CloseOutOrder[] = [];
  const publish = async (records: readonly JournalRecord[]): Promise<void> => {
    for (const { outcome } of records) {
      if (outcome.type === 'Rejected') continue;
      for (const event of outcome.events) {
        if (event.type === 'CloseOutOrderPlaced') orders.push(event);
      }
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
  let ordersPending = false;
  const submit = (speaker: Speaker, command: Command, timeMs: number): JournalRecord => {
    sent[speaker] += 1;
    outside += 1;
    const records = runtime.submit({
      source: speaker,
      sourceSeq: sent[speaker],
      command,
      time: engineTimeMs(timeMs),
    });
    pending += records.length;
    ordersPending ||= records.some(placesOrder);
    onDecided(records, outside);
    return records[0]!;
  };
  const commit = async (): Promise<void> => {
    pending = 0;
    ordersPending = false;
    await runtime.commit();
  };
  return {
    state: runtime.engine.state,
    outsideRecords: () => outside,
    send: (...args) => submit(...args).outcome.type === 'Accepted',
    require: (...args) => requireAccepted(submit(...args)),
    commit,
    commitIfDue: async () => {
      if (ordersPending || pending >= PENDING_RECORDS_MAX) await commit();
    },
    takeOrders: () => {
      const taken = orders;
      orders = [];
      return taken;
    },
    seal: runtime.seal,
  };
}

const placesOrder = ({ outcome }: JournalRecord): boolean =>
  outcome.type === 'Accepted' && outcome.events.some(({ type }) => type === 'CloseOutOrderPlaced');

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
