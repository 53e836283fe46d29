/** Records of a commit to be: their bytes, what the chain has taken of them, seals. @module */
import { type ByteWriter, byteWriter, type JournalRecord } from '../engine/index.ts';
import type { JournalCommit, Seal } from '../ports/index.ts';
import type { Chain } from './chain-hash.ts';
import { writeFrame } from './record-frames.ts';

export type Batch = {
  readonly writer: ByteWriter;
  readonly firstSeq: number;
  lastSeq: number;
  readonly seals: Seal[];
  /** Bytes that the chain has taken. */
  hashed: number;
  /** Where the newest record begins. */
  newestAt: number;
};

const CAPACITY = 1 << 16;

/** Without a writer to use again, a new one. */
export function createBatch(firstSeq: number, writer: ByteWriter = byteWriter(CAPACITY)): Batch {
  writer.length = 0;
  return { writer, firstSeq, lastSeq: firstSeq - 1, seals: [], hashed: 0, newestAt: 0 };
}

export const isEmpty = ({ firstSeq, lastSeq }: Batch): boolean => lastSeq < firstSeq;

export function addTo(batch: Batch, record: JournalRecord): void {
  const at = batch.writer.length;
  writeFrame(batch.writer, record);
  batch.newestAt = at;
  batch.lastSeq = record.seq;
}

/** Takes back the newest record, which the chain has not taken yet. */
export function withdrawFrom(batch: Batch): void {
  batch.writer.length = batch.newestAt;
  batch.lastSeq -= 1;
}

/** Lets the chain take what it has not taken yet: late, so that it takes much at a time. */
export function hashInto(chain: Chain, batch: Batch): void {
  const { bytes, length } = batch.writer;
  if (batch.hashed < length) chain.take(bytes.subarray(batch.hashed, length));
  batch.hashed = length;
}

/** A view of the batch's own bytes: valid until its writer is used again. */
export const commitOf = ({ firstSeq, lastSeq, seals, writer }: Batch): JournalCommit => ({
  firstSeq,
  lastSeq,
  bytes: writer.bytes.subarray(0, writer.length),
  seals,
});
