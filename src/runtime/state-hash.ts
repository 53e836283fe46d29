/**
 * The state hash: over the hash of the pool's head and the hashes of the chunks of accounts. A
 * hasher remembers the chunks and hashes again only those that changed.
 * @module
 */
import { createHash } from 'node:crypto';
import {
  chunkCount,
  chunkVersion,
  encodeChunk,
  encodeHead,
  type PoolView,
} from '../engine/index.ts';

const DOMAIN = 'plimsoll state 1';

export type StateHasher = (state: PoolView) => string;

/**
 * A hasher for one pool over its life: versions of accounts only grow. One that begins with the
 * chunks of a snapshot that the state was restored from hashes none of them again.
 */
export function createStateHasher(
  restored: { readonly state: PoolView; readonly hashes: readonly Buffer[] } | null = null,
): StateHasher {
  const hashes = [...(restored?.hashes ?? [])];
  const versions = hashes.map((_, chunk) => chunkVersion(restored!.state, chunk));
  return (state) => {
    const count = chunkCount(state);
    for (let chunk = 0; chunk < count; chunk += 1) {
      const version = chunkVersion(state, chunk);
      if (versions[chunk] === version) continue;
      versions[chunk] = version;
      hashes[chunk] = digest(encodeChunk(state, chunk));
    }
    return combined(digest(encodeHead(state)), hashes);
  };
}

const RUNS_MIN = 64;

/**
 * Runs of the chain from one state hash to the next: 64, or where there are more chunks of
 * accounts than that, the next power of two from their number on. In a large pool a run touches
 * accounts all over, so that a hash comes close to encoding everybody: this way it costs a record
 * no more than encoding one account. A power of two, so that in a pool that grows the places where
 * hashes stand thin out: with any other number, each new chunk would move them all, and a hash
 * might never fall due.
 */
export function runsPerStateHash(state: PoolView): number {
  let runs = RUNS_MIN;
  while (runs < chunkCount(state)) runs *= 2;
  return runs;
}

/** The same hash from encoded bytes, as a snapshot holds them, and those of its chunks. */
export function hashesOfBytes(
  head: Uint8Array,
  chunks: readonly Uint8Array[],
): { readonly stateHash: string; readonly chunkHashes: readonly Buffer[] } {
  const chunkHashes = chunks.map(digest);
  return { stateHash: combined(digest(head), chunkHashes), chunkHashes };
}

const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

function combined(head: Buffer, chunks: readonly Buffer[]): string {
  const hash = createHash('sha256').update(DOMAIN).update(head);
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}
