/**
 * Records on their way to the journal: encoded and hashed as they are decided, appended as one
 * commit when asked, published after that. A failed commit keeps its bytes and is retried before
 * anything else; until it succeeds nothing new is taken.
 * @module
 */
import { type ByteWriter, byteWriter, type JournalRecord } from '../engine/index.ts';
import { Fault, isFault, type Journal, type Publisher, type Seal } from '../ports/index.ts';
import type { Chain } from './chain-hash.ts';
import { writeFrame } from './record-frames.ts';

type Batch = {
  readonly writer: ByteWriter;
  firstSeq: number;
  lastSeq: number;
  seals: Seal[];
  records: JournalRecord[];
  /** Bytes already taken by the chain. */
  hashed: number;
  /** Where the newest record begins. */
  newestAt: number;
};

export type Outbox = {
  /** Records that are not durable yet. */
  readonly pending: () => number;
  readonly durableSeq: () => number;
  /** @throws the fault of the last append, while that stands. */
  readonly refuseWhileUnavailable: () => void;
  readonly add: (record: JournalRecord) => void;
  /** Takes back the newest record, which is not part of any seal yet. */
  readonly withdraw: () => void;
  /** Ends a run of the chain after the newest record. */
  readonly seal: (stateHash: string | null) => void;
  /** Over everything added. */
  readonly chainHash: () => string;
  /** Makes everything added so far durable, then publishes it. Calls queue up. */
  readonly flush: () => Promise<void>;
};

const CAPACITY = 1 << 16;

const emptyBatch = (nextSeq: number, writer: ByteWriter = byteWriter(CAPACITY)): Batch => {
  writer.length = 0;
  const lastSeq = nextSeq - 1;
  return { writer, firstSeq: nextSeq, lastSeq, seals: [], records: [], hashed: 0, newestAt: 0 };
};

export function createOutbox(options: {
  readonly journal: Journal;
  readonly publisher: Publisher | null;
  readonly chain: Chain;
  readonly headSeq: number;
}): Outbox {
  const { journal, publisher, chain } = options;
  let durable = options.headSeq;
  let open = emptyBatch(durable + 1);
  let sending: Batch | null = null;
  let spare: ByteWriter | undefined;
  let refusal: Fault | null = null;
  let unpublished: JournalRecord[] = [];
  let turn: Promise<void> = Promise.resolve();

  const hashOpen = (): void => {
    if (open.hashed < open.writer.length) {
      chain.take(open.writer.bytes.subarray(open.hashed, open.writer.length));
    }
    open.hashed = open.writer.length;
  };

  const append = async (batch: Batch): Promise<void> => {
    const { firstSeq, lastSeq, seals, writer } = batch;
    const bytes = writer.bytes.subarray(0, writer.length);
    try {
      await journal.append({ firstSeq, lastSeq, bytes, seals });
    } catch (cause) {
      refusal = isFault(cause, 'JOURNAL_CONFLICT') ? cause : unavailable(batch, cause);
      throw refusal;
    }
    refusal = null;
    sending = null;
    spare = writer;
    durable = lastSeq;
    if (publisher !== null) unpublished = unpublished.concat(batch.records);
  };

  const publish = async (): Promise<void> => {
    if (publisher === null || unpublished.length === 0) return;
    const records = unpublished;
    try {
      await publisher.publish(records);
    } catch (cause) {
      throw unpublishable(records, cause);
    }
    unpublished = [];
  };

  const flush = async (): Promise<void> => {
    // A writer that was deposed stays deposed: only recovery from the journal helps.
    if (isFault(refusal, 'JOURNAL_CONFLICT')) throw refusal;
    if (sending !== null) await append(sending);
    if (open.lastSeq >= open.firstSeq) {
      hashOpen();
      sending = open;
      open = emptyBatch(open.lastSeq + 1, spare);
      spare = undefined;
      await append(sending);
    }
    await publish();
  };

  return {
    pending: () => open.lastSeq - durable,
    durableSeq: () => durable,
    refuseWhileUnavailable: () => {
      if (refusal !== null) throw refusal;
    },
    add: (record) => {
      const at = open.writer.length;
      writeFrame(open.writer, record);
      open.newestAt = at;
      open.lastSeq = record.seq;
      if (publisher !== null) open.records.push(record);
    },
    withdraw: () => {
      open.writer.length = open.newestAt;
      open.lastSeq -= 1;
      if (publisher !== null) open.records.pop();
    },
    seal: (stateHash) => {
      hashOpen();
      open.seals.push({ seq: open.lastSeq, chainHash: chain.endRun(), stateHash });
    },
    chainHash: () => {
      hashOpen();
      return chain.current();
    },
    flush: () => {
      const mine = turn.then(flush);
      turn = mine.catch(() => {});
      return mine;
    },
  };
}

function unavailable({ firstSeq, lastSeq }: Batch, cause: unknown): Fault {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Fault('JOURNAL_UNAVAILABLE', {
    message: `records ${firstSeq} to ${lastSeq} are kept and will be retried`,
    expected: 'the journal to append them',
    found: reason,
    cause,
  });
}

function unpublishable(records: readonly JournalRecord[], cause: unknown): Fault {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Fault('PUBLISHER_FAILED', {
    message: `${records.length} durable records will be published again`,
    expected: 'the publisher to take them',
    found: reason,
    cause,
  });
}
