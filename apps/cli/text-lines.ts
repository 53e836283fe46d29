/** Lines of a text file, read in pieces: a file of any size takes the memory of one. @module */
import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { InputFault } from './exit-codes.ts';

const PIECE_BYTES = 1 << 20;
/** Longer than any line of numbers: whatever has longer lines is another kind of file. */
const LINE_MAX = 10_000;

/** Without line ends of either kind and a byte order mark; the last line may lack its end. */
export function* textLines(file: string): Generator<string> {
  const handle = opened(file);
  try {
    const piece = Buffer.alloc(PIECE_BYTES);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (let first = true; ; first = false) {
      const read = readPiece(handle, piece, file);
      let text = rest + (read === 0 ? decoder.end() : decoder.write(piece.subarray(0, read)));
      if (first && text.startsWith('\ufeff')) text = text.slice(1);
      const lines = text.split('\n');
      rest = read === 0 ? '' : lines.pop()!;
      if (rest.length > LINE_MAX) throw new InputFault(`${file}: a line is longer than a CSV line`);
      if (read === 0 && lines.at(-1) === '') lines.pop();
      for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
      if (read === 0) return;
    }
  } finally {
    closeSync(handle);
  }
}

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
