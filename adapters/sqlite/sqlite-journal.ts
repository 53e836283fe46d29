/** The journal port on SQLite: one row per commit, in one transaction with its seals. @module */
import {
  Fault,
  type Journal,
  type JournalCommit,
  type Manifest,
  refuseConflict,
  type Seal,
} from 'plimsoll/ports';
import { commitChecksum, textChecksum } from './checksum.ts';
import { manifestOf, manifestText } from './manifest-text.ts';
import { missingBytes, vendorCall } from './sqlite-fault.ts';
import { type SqliteFile, transaction } from './sqlite-file.ts';

type CommitRow = {
  readonly first_seq: number;
  readonly last_seq: number;
  readonly bytes: Uint8Array;
  readonly checksum: Uint8Array;
};
type SealRow = {
  readonly seq: number;
  readonly chain_hash: string;
  readonly state_hash: string | null;
};
type ManifestRow = { readonly content: string; readonly checksum: Uint8Array };
type HeadRow = { readonly last_seq: number } | undefined;

export function sqliteJournal(store: SqliteFile): Journal {
  const { database, file } = store;
  const statements = vendorCall(file, () => preparedStatements(store));
  let closed = false;

  const call = async <T>(work: () => T): Promise<T> => {
    if (closed) throw closedFault(file);
    return vendorCall(file, work);
  };
  const headSeq = (): number => (statements.head.get() as HeadRow)?.last_seq ?? 0;

  return {
    append: (commit) =>
      call(() =>
        transaction(store, () => {
          refuseConflict('commit', { expected: headSeq() + 1, found: commit.firstSeq });
          const { firstSeq, lastSeq, bytes, seals } = commit;
          statements.addCommit.run(firstSeq, lastSeq, bytes, commitChecksum(commit));
          for (const { seq, chainHash, stateHash } of seals) {
            statements.addSeal.run(seq, chainHash, stateHash);
          }
        }),
      ),
    read: async function* ({ fromSeq }) {
      const next = (statement: typeof statements.commitHolding, seq: number) =>
        call(() => {
          const row = statement.get(seq) as CommitRow | undefined;
          return row && commitOf(file, row, statements.seals.all(row.first_seq, row.last_seq));
        });
      let commit = await next(statements.commitHolding, Math.max(fromSeq, 1));
      while (commit !== undefined) {
        yield commit;
        commit = await next(statements.commitAfter, commit.firstSeq);
      }
      await call(() =>
        expectNoSealBeyond(file, headSeq(), statements.lastSeal.get() as SealRow | undefined),
      );
    },
    manifest: () =>
      call(() => {
        const row = statements.manifest.get() as ManifestRow | undefined;
        return row === undefined ? null : checkedManifest(file, row);
      }),
    saveManifest: (manifest) =>
      call(() =>
        transaction(store, () => {
          refuseConflict('manifest', { expected: headSeq(), found: manifest.headSeq });
          const content = manifestText(manifest);
          statements.setManifest.run(content, textChecksum(content));
        }),
      ),
    close: async () => {
      if (closed) return;
      closed = true;
      vendorCall(file, () => {
        // Afterwards the file alone is the whole journal and can be copied.
        if (store.access !== 'read') database.pragma('wal_checkpoint(TRUNCATE)');
        database.close();
      });
    },
  };
}

function preparedStatements({ database }: SqliteFile) {
  const columns = 'SELECT first_seq, last_seq, bytes, checksum FROM commits';
  return {
    head: database.prepare('SELECT last_seq FROM commits ORDER BY first_seq DESC LIMIT 1'),
    addCommit: database.prepare('INSERT INTO commits VALUES (?, ?, ?, ?)'),
    addSeal: database.prepare('INSERT INTO seals VALUES (?, ?, ?)'),
    commitHolding: database.prepare(`${columns} WHERE last_seq >= ? AND first_seq >= coalesce(
      (SELECT max(first_seq) FROM commits WHERE first_seq <= ?1), 0) ORDER BY first_seq LIMIT 1`),
    commitAfter: database.prepare(`${columns} WHERE first_seq > ? ORDER BY first_seq LIMIT 1`),
    seals: database.prepare('SELECT * FROM seals WHERE seq BETWEEN ? AND ? ORDER BY seq'),
    lastSeal: database.prepare('SELECT * FROM seals ORDER BY seq DESC LIMIT 1'),
    manifest: database.prepare('SELECT content, checksum FROM manifest'),
    setManifest: database.prepare('INSERT OR REPLACE INTO manifest VALUES (1, ?, ?)'),
  };
}

function commitOf(file: string, row: CommitRow, sealRows: readonly unknown[]): JournalCommit {
  const seals = (sealRows as readonly SealRow[]).map(
    ({ seq, chain_hash, state_hash }): Seal => ({
      seq,
      chainHash: chain_hash,
      stateHash: state_hash,
    }),
  );
  const { first_seq: firstSeq, last_seq: lastSeq, bytes, checksum } = row;
  expectWholeRow(file, row);
  const commit = { firstSeq, lastSeq, bytes, seals };
  if (commitChecksum(commit).equals(checksum)) return commit;
  const message = `${file}, commit of records ${firstSeq} to ${lastSeq}`;
  throw damaged(message, checksum, commitChecksum(commit));
}

/** Seals come in the same transaction as their records: one that stands alone has lost them. */
function expectNoSealBeyond(file: string, headSeq: number, last: SealRow | undefined): void {
  if (last === undefined || last.seq <= headSeq) return;
  const expected = `records up to ${last.seq}, which was sealed`;
  throw new Fault('JOURNAL_TRUNCATED', { message: file, expected, found: `up to ${headSeq}` });
}

/** Where pages are missing the vendor may hand out nulls for columns that cannot be null. */
function expectWholeRow(file: string, row: CommitRow | ManifestRow): void {
  const lost = Object.entries(row).find(([, value]) => value === null);
  if (lost === undefined) return;
  const found = missingBytes(file) ?? `no ${lost[0]}`;
  throw new Fault('JOURNAL_CORRUPT', { message: file, expected: 'whole rows', found });
}

function checkedManifest(file: string, row: ManifestRow): Manifest {
  expectWholeRow(file, row);
  const { content, checksum } = row;
  const found = textChecksum(content);
  if (!found.equals(checksum)) throw damaged(`${file}, manifest`, checksum, found);
  const manifest = manifestOf(content);
  if (manifest !== null) return manifest;
  const expected = 'the fields of a manifest';
  throw new Fault('JOURNAL_CORRUPT', { message: `${file}, manifest`, expected, found: content });
}

function damaged(message: string, expected: Uint8Array, found: Uint8Array): Fault {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const expectedText = `the checksum ${hex(expected)}`;
  return new Fault('JOURNAL_CORRUPT', { message, expected: expectedText, found: hex(found) });
}

function closedFault(file: string): Fault {
  const expected = 'an open journal';
  return new Fault('JOURNAL_CLOSED', { message: file, expected, found: 'a closed one' });
}
