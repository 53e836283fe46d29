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

/** A hasher for one pool over its life: versions of accounts only grow. */
export function createStateHasher(): StateHasher {
  const versions: number[] = [];
  const hashes: Buffer[] = [];
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

/** The same hash from encoded bytes, as a snapshot holds them. */
export const stateHashOfBytes = (head: Uint8Array, chunks: readonly Uint8Array[]): string =>
  combined(digest(head), chunks.map(digest));

const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

function combined(head: Buffer, chunks: readonly Buffer[]): string {
  const hash = createHash('sha256').update(DOMAIN).update(head);
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}
