/**
 * Checksums of rows: they tell a damaged file from a whole one before anything is decoded. They
 * are no protection against forgery, which is what the chain hash and the verifier are for.
 * @module
 */
import { createHash } from 'node:crypto';
import type { JournalCommit } from 'plimsoll/ports';

export function commitChecksum({ firstSeq, lastSeq, bytes, seals }: JournalCommit): Buffer {
  const lines = seals.map(({ seq, chainHash, stateHash }) => `${seq} ${chainHash} ${stateHash}\n`);
  const hash = createHash('sha256').update(`${firstSeq} ${lastSeq}\n${lines.join('')}`);
  return hash.update(bytes).digest();
}

export const textChecksum = (text: string): Buffer => createHash('sha256').update(text).digest();
