/** The snapshot port on SQLite: the head in one row, each chunk of accounts in its own. @module */
import type { Snapshot, SnapshotStore } from 'plimsoll/ports';
import { vendorCall } from './sqlite-fault.ts';
import { type SqliteFile, transaction } from './sqlite-file.ts';

type SnapshotRow = {
  readonly seq: number;
  readonly chain_hash: string;
  readonly state_hash: string;
  /** Null where pages are missing: the vendor says nothing then. */
  readonly head: Uint8Array | null;
};
/** Where many rows are read at once the vendor hands out blobs as bare buffers. */
type ChunkRow = { readonly bytes: ArrayBuffer | null };

const NOTHING = new ArrayBuffer(0);

export function sqliteSnapshotStore(store: SqliteFile): SnapshotStore {
  const { database, file } = store;
  const statements = vendorCall(file, () => ({
    forget: database.prepare('DELETE FROM snapshots WHERE seq = ?'),
    forgetChunks: database.prepare('DELETE FROM snapshot_chunks WHERE seq = ?'),
    add: database.prepare('INSERT INTO snapshots VALUES (?, ?, ?, ?)'),
    addChunk: database.prepare('INSERT INTO snapshot_chunks VALUES (?, ?, ?)'),
    latest: database.prepare('SELECT * FROM snapshots WHERE seq <= ? ORDER BY seq DESC LIMIT 1'),
    chunks: database.prepare('SELECT bytes FROM snapshot_chunks WHERE seq = ? ORDER BY chunk'),
    beyond: database.prepare('SELECT seq FROM snapshots ORDER BY seq DESC LIMIT -1 OFFSET ?'),
  }));
  const forget = (seq: number): void => {
    statements.forgetChunks.run(seq);
    statements.forget.run(seq);
  };
  return {
    save: async ({ seq, chainHash, stateHash, head, chunks }) =>
      transaction(store, () => {
        forget(seq);
        statements.add.run(seq, chainHash, stateHash, head);
        for (const [chunk, bytes] of chunks.entries()) statements.addChunk.run(seq, chunk, bytes);
      }),
    latest: async ({ seqMax }) =>
      vendorCall(file, () => {
        const row = statements.latest.get(seqMax) as SnapshotRow | undefined;
        if (row === undefined) return null;
        const chunks = statements.chunks.all(row.seq) as readonly ChunkRow[];
        return snapshotOf(row, chunks);
      }),
    prune: async ({ keep }) =>
      transaction(store, () => {
        for (const row of statements.beyond.all(keep)) forget((row as SnapshotRow).seq);
      }),
  };
}

const snapshotOf = (row: SnapshotRow, chunks: readonly ChunkRow[]): Snapshot => ({
  seq: row.seq,
  chainHash: row.chain_hash,
  stateHash: row.state_hash,
  // Lost bytes become none at all: whoever hashes the snapshot will not believe it.
  head: row.head ?? new Uint8Array(NOTHING),
  chunks: chunks.map(({ bytes }) => new Uint8Array(bytes ?? NOTHING)),
});
