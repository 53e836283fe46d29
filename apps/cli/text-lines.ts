/** Lines of a text file, read in pieces: a file of any size takes the memory of one. @module */
import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { InputFault } from './exit-codes.ts';

const PIECE_BYTES = 1 << 20;
/** Decoded at once: strings of this size are made where the last ones were. */
const PART_BYTES = 1 << 16;
/** Longer than any line of numbers: whatever has longer lines is another kind of file. */
const LINE_MAX = 10_000;

/** Without line ends of either kind and a byte order mark; the last line may lack its end. */
export function* textLines(file: string): Generator<string> {
  const handle = opened(file);
  try {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    let isFirst = true;
    for (;;) {
      const read = readPiece(handle, piece, file);
      for (let at = 0; at < read; at += PART_BYTES) {
        let text = rest + decoder.write(piece.subarray(at, Math.min(at + PART_BYTES, read)));
        if (isFirst && text.startsWith('\ufeff')) text = text.slice(1);
        isFirst = false;
        let start = 0;
        for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
          yield lineOf(text, start, end);
          start = end + 1;
        }
        rest = text.slice(start);
      }
      if (rest.length > LINE_MAX) throw new InputFault(`${file}: a line is longer than a CSV line`);
      if (read > 0) continue;
      const last = rest + decoder.end();
      if (last !== '') yield lineOf(last, 0, last.length);
      return;
    }
  } finally {
    closeSync(handle);
  }
}

function lineOf(text: string, start: number, end: number): string {
  const isReturned = end > start && text.charCodeAt(end - 1) === CARRIAGE_RETURN;
  return text.slice(start, isReturned ? end - 1 : end);
}

const CARRIAGE_RETURN = 13;

function opened(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (error) {
    throw new InputFault(`${file}: cannot be read: ${reason(error)}`, { cause: error });
  }
}

function readPiece(handle: number, piece: Buffer, file: string): number {
  try {
    return readSync(handle, piece, 0, piece.length, null);
  } catch (error) {
    throw new InputFault(`${file}: cannot be read: ${reason(error)}`, { cause: error });
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
