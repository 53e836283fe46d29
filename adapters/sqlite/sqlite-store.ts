/** Journal and snapshots of one pool in one SQLite file. @module */
import type { Journal, SnapshotStore } from 'plimsoll/ports';
import { openSqliteFile, type SqliteAccess } from './sqlite-file.ts';
import { sqliteJournal } from './sqlite-journal.ts';
import { sqliteSnapshotStore } from './sqlite-snapshot-store.ts';

export type SqliteStore = {
  /** Closing the journal closes the file, for the snapshots too. */
  readonly journal: Journal;
  readonly snapshots: SnapshotStore;
};

/**
 * @throws Fault JOURNAL_MISSING, JOURNAL_NOT_A_JOURNAL, JOURNAL_CORRUPT, JOURNAL_LOCKED or
 * JOURNAL_UNAVAILABLE, each naming the file, what was expected and what was found.
 */
export function openSqliteStore(options: {
  readonly file: string;
  readonly access: SqliteAccess;
}): SqliteStore {
  const store = openSqliteFile(options);
  return { journal: sqliteJournal(store), snapshots: sqliteSnapshotStore(store) };
}
