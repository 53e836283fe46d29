/**
 * Growing byte buffers for the canonical encoding: big-endian, fixed width, no host types beyond
 * `Uint8Array` and `DataView`. A reader never throws on bad input: it remembers the first problem
 * and answers zeros from then on, so that a decoder needs no exceptions.
 * @module
 */

export type ByteWriter = { bytes: Uint8Array; view: DataView; length: number };

export function byteWriter(capacity = 1024): ByteWriter {
  const bytes = new Uint8Array(capacity);
  return { bytes, view: new DataView(bytes.buffer), length: 0 };
}

/** The bytes written so far, as a copy that later writes do not touch. */
export function writtenBytes(writer: ByteWriter): Uint8Array {
  return writer.bytes.slice(0, writer.length);
}

/** Room for `count` more bytes; returns the offset at which they start. */
export function reserve(writer: ByteWriter, count: number): number {
  const start = writer.length;
  const needed = start + count;
  if (needed > writer.bytes.length) {
    const grown = new Uint8Array(Math.max(needed, writer.bytes.length * 2));
    grown.set(writer.bytes.subarray(0, start));
    writer.bytes = grown;
    writer.view = new DataView(grown.buffer);
  }
  writer.length = needed;
  return start;
}

export type ByteReader = {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  offset: number;
  /** The first problem met, or null. */
  problem: string | null;
};

export function byteReader(bytes: Uint8Array, offset = 0): ByteReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { bytes, view, offset, problem: null };
}

export function fail(reader: ByteReader, problem: string): void {
  reader.problem ??= `${problem} at byte ${reader.offset}`;
}

/** Offset of the next `count` bytes, or −1 (with the problem noted) when they are not there. */
export function take(reader: ByteReader, count: number): number {
  if (reader.problem !== null) return -1;
  const start = reader.offset;
  if (start + count > reader.bytes.length) {
    fail(reader, `expected ${count} more bytes, found ${reader.bytes.length - start}`);
    return -1;
  }
  reader.offset = start + count;
  return start;
}

/** Arrays of every short length, filled anew for each text: all that building one allocates. */
const CODES: readonly number[][] = Array.from({ length: 65 }, (_, length) => Array(length).fill(0));
const CODES_MAX = CODES.length - 1;

/**
 * The text of `count` bytes from `at` on, one character each. Built from all its codes at once:
 * adding up characters would leave a chain of pieces that every lookup has to flatten first.
 */
export function textOf(bytes: Uint8Array, at: number, count: number): string {
  if (count > CODES_MAX) {
    return textOf(bytes, at, CODES_MAX) + textOf(bytes, at + CODES_MAX, count - CODES_MAX);
  }
  const codes = CODES[count]!;
  for (let place = 0; place < count; place += 1) codes[place] = bytes[at + place]!;
  return String.fromCharCode.apply(null, codes);
}
