/**
 * Records one after the other in the bytes of a commit: each after its length in four bytes.
 * @module
 */
import { type ByteWriter, JournalRecord, reserve } from '../engine/index.ts';
import { Fault, type JournalCommit } from '../ports/index.ts';

const LENGTH_BYTES = 4;

/** Appends one framed record; a record that cannot be encoded leaves the writer as it was. */
export function writeFrame(writer: ByteWriter, record: JournalRecord): void {
  const start = reserve(writer, LENGTH_BYTES);
  let written = false;
  try {
    JournalRecord.write(writer, record);
    writer.view.setUint32(start, writer.length - start - LENGTH_BYTES);
    written = true;
  } finally {
    if (!written) writer.length = start;
  }
}

export type Frame = {
  readonly seq: number;
  /** Length and record: what the chain hash takes. */
  readonly framed: Uint8Array;
  /** The record alone. */
  readonly body: Uint8Array;
};

/** The frames of one commit. @throws JOURNAL_CORRUPT unless they fill it exactly. */
export function framesOf(commit: JournalCommit): Frame[] {
  const { bytes, firstSeq, lastSeq } = commit;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: Frame[] = [];
  let at = 0;
  while (at < bytes.length) {
    const bodyAt = at + LENGTH_BYTES;
    const end = bodyAt <= bytes.length ? bodyAt + view.getUint32(at) : Number.POSITIVE_INFINITY;
    if (end > bytes.length) {
      const seq = firstSeq + frames.length;
      throw corruptCommit(commit, `record ${seq} to end within ${bytes.length} bytes`, `${end}`);
    }
    const seq = firstSeq + frames.length;
    frames.push({ seq, framed: bytes.subarray(at, end), body: bytes.subarray(bodyAt, end) });
    at = end;
  }
  const count = lastSeq - firstSeq + 1;
  if (frames.length !== count) throw corruptCommit(commit, `${count} records`, `${frames.length}`);
  return frames;
}

function corruptCommit(commit: JournalCommit, expected: string, found: string): Fault {
  const message = `commit of records ${commit.firstSeq} to ${commit.lastSeq}`;
  return new Fault('JOURNAL_CORRUPT', { message, expected, found });
}
