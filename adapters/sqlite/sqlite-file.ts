/**
 * One SQLite file that holds a journal and its snapshots. Write-ahead log, synchronous = FULL: a
 * transaction that returned is on the disk.
 * @module
 */
import { existsSync } from 'node:fs';
import Database from 'libsql';
import { Fault } from 'plimsoll/ports';
import { vendorCall } from './sqlite-fault.ts';

/**
 * `create` makes the file where it is missing, `write` expects it, `read` changes nothing and
 * works beside a writer.
 */
export type SqliteAccess = 'create' | 'write' | 'read';

export type SqliteFile = {
  readonly file: string;
  readonly access: SqliteAccess;
  readonly database: Database.Database;
};

/** "PLIM": tells our files from other SQLite databases. */
const APPLICATION_ID = 0x504c494d;
/** Layout of the tables; permanent once written. */
const LAYOUT = 1;
const LOCK_TIMEOUT_MS = 2000;
/**
 * Of a new file. A commit of many records is one long row: the larger its pages, the fewer of them
 * have to be written, checksummed and copied back. Beyond this size a commit of one record suffers.
 */
const PAGE_BYTES = 16_384;

const TABLES = `
  CREATE TABLE commits (
    first_seq INTEGER PRIMARY KEY,
    last_seq INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    checksum BLOB NOT NULL
  ) STRICT;
  CREATE TABLE seals (
    seq INTEGER PRIMARY KEY,
    chain_hash TEXT NOT NULL,
    state_hash TEXT
  ) STRICT;
  CREATE TABLE manifest (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    content TEXT NOT NULL,
    checksum BLOB NOT NULL
  ) STRICT;
  CREATE TABLE snapshots (
    seq INTEGER PRIMARY KEY,
    chain_hash TEXT NOT NULL,
    state_hash TEXT NOT NULL,
    head BLOB NOT NULL
  ) STRICT;
  CREATE TABLE snapshot_chunks (
    seq INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (seq, chunk)
  ) STRICT, WITHOUT ROWID;
`;

export function openSqliteFile(options: {
  readonly file: string;
  readonly access: SqliteAccess;
}): SqliteFile {
  const { file, access } = options;
  if (access !== 'create' && !existsSync(file)) {
    const expected = 'the file of a journal';
    throw new Fault('JOURNAL_MISSING', { message: file, expected, found: 'no such file' });
  }
  return vendorCall(file, () => {
    const path = access === 'read' ? readOnlyUri(file) : file;
    const database = new Database(path, { timeout: LOCK_TIMEOUT_MS });
    if (access === 'create') database.exec(`PRAGMA page_size = ${PAGE_BYTES}`);
    if (access !== 'read') {
      database.pragma('journal_mode = WAL');
      database.exec('PRAGMA synchronous = FULL');
    }
    if (access === 'create') createTables(database);
    expectJournal(file, database);
    return { file, access, database };
  });
}

const readOnlyUri = (file: string): string =>
  `file:${encodeURI(file).replaceAll('?', '%3f').replaceAll('#', '%23')}?mode=ro`;

/** A transaction of its own: rolled back as a whole when anything in it throws. */
export function transaction<T>({ access, file, database }: SqliteFile, work: () => T): T {
  if (access === 'read') {
    const expected = 'a journal opened for writing';
    throw new Fault('JOURNAL_READ_ONLY', { message: file, expected, found: 'one for reading' });
  }
  return vendorCall(file, () => {
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  });
}

function createTables(database: Database.Database): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    if (database.prepare('SELECT name FROM sqlite_master LIMIT 1').get() === undefined) {
      database.exec(TABLES);
      database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
      database.exec(`PRAGMA user_version = ${LAYOUT}`);
    }
    database.exec('COMMIT');
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function expectJournal(file: string, database: Database.Database): void {
  const numberOf = (name: string): number => {
    const rows = database.pragma(name) as readonly { readonly [name: string]: number }[];
    return rows[0]![name]!;
  };
  const applicationId = numberOf('application_id');
  const layout = numberOf('user_version');
  if (applicationId === APPLICATION_ID && layout === LAYOUT) return;
  const found =
    applicationId === APPLICATION_ID
      ? `a journal of layout ${layout}`
      : 'a database of something else';
  const expected = `a Plimsoll journal of layout ${LAYOUT}`;
  throw new Fault('JOURNAL_NOT_A_JOURNAL', { message: file, expected, found });
}
