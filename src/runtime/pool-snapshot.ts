/** A pool as a snapshot: encoded and hashed from scratch, without any cache. @module */
import { chunkCount, encodeChunk, encodeHead, type PoolView } from '../engine/index.ts';
import type { Snapshot } from '../ports/index.ts';
import { hashesOfBytes } from './state-hash.ts';

export function poolSnapshot(
  state: PoolView,
  position: { readonly seq: number; readonly chainHash: string },
): Snapshot {
  const head = encodeHead(state);
  const chunks = Array.from({ length: chunkCount(state) }, (_, chunk) => encodeChunk(state, chunk));
  return { ...position, stateHash: hashesOfBytes(head, chunks).stateHash, head, chunks };
}
