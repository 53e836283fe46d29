/** Durable records on their way to the publisher: kept until it has taken them. @module */
import type { JournalRecord } from '../engine/index.ts';
import { Fault, type Publisher } from '../ports/index.ts';

export type Publication = {
  /** Keeps a record until the commit that holds it is durable. */
  readonly await: (record: JournalRecord) => void;
  readonly withdraw: () => void;
  /** Publishes all records up to the durable one. @throws PUBLISHER_FAILED */
  readonly publish: (durableSeq: number) => Promise<void>;
};

export function createPublication(publisher: Publisher | null): Publication {
  if (publisher === null) {
    return { await: () => {}, withdraw: () => {}, publish: async () => {} };
  }
  let waiting: JournalRecord[] = [];
  return {
    await: (record) => {
      waiting.push(record);
    },
    withdraw: () => {
      waiting.pop();
    },
    publish: async (durableSeq) => {
      const records = waiting.filter(({ seq }) => seq <= durableSeq);
      if (records.length === 0) return;
      try {
        await publisher.publish(records);
      } catch (cause) {
        throw unpublished(records.length, cause);
      }
      // Others may have come while the publisher was at work.
      waiting = waiting.slice(records.length);
    },
  };
}

function unpublished(count: number, cause: unknown): Fault {
  const found = cause instanceof Error ? cause.message : String(cause);
  const message = `${count} durable records will be published again`;
  const expected = 'the publisher to take them';
  return new Fault('PUBLISHER_FAILED', { message, expected, found, cause });
}
