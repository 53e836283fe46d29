/**
 * Records on their way to the journal: encoded and hashed as they are decided, appended as one
 * commit when asked, published after that. A failed commit keeps its bytes and is retried before
 * anything else; until it succeeds nothing new is taken.
 * @module
 */
import type { ByteWriter, JournalRecord } from '../engine/index.ts';
import { Fault, isFault, type Journal, type Publisher } from '../ports/index.ts';
import {
  addTo,
  type Batch,
  commitOf,
  createBatch,
  hashInto,
  isEmpty,
  withdrawFrom,
} from './batch.ts';
import type { Chain } from './chain-hash.ts';
import { createPublication } from './publication.ts';

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

export function createOutbox(options: {
  readonly journal: Journal;
  readonly publisher: Publisher | null;
  readonly chain: Chain;
  readonly headSeq: number;
}): Outbox {
  const { chain, headSeq, journal } = options;
  const publication = createPublication(options.publisher);
  const sender = createSender(journal, headSeq);
  let open = createBatch(headSeq + 1);
  let turn: Promise<void> = Promise.resolve();

  const flush = async (): Promise<void> => {
    await sender.sendAgain();
    if (!isEmpty(open)) {
      hashInto(chain, open);
      const full = open;
      open = createBatch(full.lastSeq + 1, sender.spareWriter());
      await sender.send(full);
    }
    await publication.publish(sender.durableSeq());
  };

  return {
    pending: () => open.lastSeq - sender.durableSeq(),
    durableSeq: sender.durableSeq,
    refuseWhileUnavailable: sender.refuseWhileUnavailable,
    add: (record) => {
      addTo(open, record);
      publication.await(record);
    },
    withdraw: () => {
      withdrawFrom(open);
      publication.withdraw();
    },
    seal: (stateHash) => {
      hashInto(chain, open);
      open.seals.push({ seq: open.lastSeq, chainHash: chain.endRun(), stateHash });
    },
    chainHash: () => {
      hashInto(chain, open);
      return chain.current();
    },
    flush: () => {
      const mine = turn.then(flush);
      turn = mine.catch(() => {});
      return mine;
    },
  };
}

/** Appends one batch at a time, and the same one until it succeeds. */
function createSender(journal: Journal, headSeq: number) {
  let durable = headSeq;
  let sending: Batch | null = null;
  let spare: ByteWriter | undefined;
  let refusal: Fault | null = null;

  const send = async (batch: Batch): Promise<void> => {
    // A writer that was deposed stays deposed: only recovery from the journal helps.
    if (isFault(refusal, 'JOURNAL_CONFLICT')) throw refusal;
    sending = batch;
    try {
      await journal.append(commitOf(batch));
    } catch (cause) {
      refusal = isFault(cause, 'JOURNAL_CONFLICT') ? cause : unavailable(batch, cause);
      throw refusal;
    }
    refusal = null;
    sending = null;
    spare = batch.writer;
    durable = batch.lastSeq;
  };

  return {
    send,
    sendAgain: async (): Promise<void> => {
      if (sending !== null) await send(sending);
    },
    durableSeq: () => durable,
    refuseWhileUnavailable: (): void => {
      if (refusal !== null) throw refusal;
    },
    /** The writer of the last batch that was appended, once. */
    spareWriter: (): ByteWriter | undefined => {
      const writer = spare;
      spare = undefined;
      return writer;
    },
  };
}

function unavailable({ firstSeq, lastSeq }: Batch, cause: unknown): Fault {
  const message = `records ${firstSeq} to ${lastSeq} are kept and will be retried`;
  const found = cause instanceof Error ? cause.message : String(cause);
  const expected = 'the journal to append them';
  return new Fault('JOURNAL_UNAVAILABLE', { message, expected, found, cause });
}
