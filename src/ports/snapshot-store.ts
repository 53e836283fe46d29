/**
 * The port behind which snapshots are kept. They are caches: all may be deleted at any time, and
 * none is believed before its bytes were hashed again.
 * @module
 */

export type Snapshot = {
  /** Last record that the snapshot contains. */
  readonly seq: number;
  /** Over all records up to `seq`: binds the snapshot to its journal. */
  readonly chainHash: string;
  readonly stateHash: string;
  /** The pool without its accounts. */
  readonly head: Uint8Array;
  /** The accounts, in chunks of fixed size. */
  readonly chunks: readonly Uint8Array[];
};

export type SnapshotStore = {
  /** Replaces a snapshot of the same seq. */
  readonly save: (snapshot: Snapshot) => Promise<void>;
  /** The newest snapshot that contains no record beyond `seqMax`; null when there is none. */
  readonly latest: (limit: { readonly seqMax: number }) => Promise<Snapshot | null>;
  /** Deletes all but the newest `keep`. */
  readonly prune: (rule: { readonly keep: number }) => Promise<void>;
};
