/**
 * The port behind which records become durable. It speaks bytes and numbers: what a record means
 * is the engine's business, how the bytes are kept is the adapter's.
 * @module
 */
import type { Manifest } from './manifest.ts';

/** Hashes after a record whose number the runtime chose: a function of history alone. */
export type Seal = {
  readonly seq: number;
  /** Over all records up to `seq`, in lower-case hex. */
  readonly chainHash: string;
  /** Of the pool after `seq`; taken less often than the chain hash. */
  readonly stateHash: string | null;
};

/** Records that become durable together or not at all. */
export type JournalCommit = {
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** The encoded records, each after its length in four bytes. */
  readonly bytes: Uint8Array;
  /** Ascending; each within firstSeq..lastSeq. */
  readonly seals: readonly Seal[];
};

/**
 * Exactly one writer appends. Every method rejects with a `Fault`; after a rejected `append` or
 * `saveManifest` nothing of it was kept.
 */
export type Journal = {
  /**
   * Durable when resolved. The journal keeps no reference to `bytes` after that.
   * @throws JOURNAL_CONFLICT unless firstSeq is the head plus one: somebody else has written.
   */
  readonly append: (commit: JournalCommit) => Promise<void>;
  /**
   * The commits that hold any record from `fromSeq` on, in order: the first of them may begin
   * earlier. Their bytes are the reader's until it asks for the next commit.
   */
  readonly read: (from: { readonly fromSeq: number }) => AsyncIterable<JournalCommit>;
  readonly manifest: () => Promise<Manifest | null>;
  /** @throws JOURNAL_CONFLICT unless the manifest's headSeq is the head. */
  readonly saveManifest: (manifest: Manifest) => Promise<void>;
  readonly close: () => Promise<void>;
};
