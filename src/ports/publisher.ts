/** The port through which the outside learns what happened. @module */
import type { JournalRecord } from '../engine/schema/index.ts';

export type Publisher = {
  /**
   * Called with durable records only, in order. After a rejection the same records come again
   * with the next call, and after a crash those since the last one may never come: who must not
   * miss any compares seqs and reads the journal.
   */
  readonly publish: (records: readonly JournalRecord[]) => Promise<void>;
};
