/** Lines of a text file, read in pieces: a file of any size takes the memory of one. @module */
import { closeSync, openSync, readSync } from 'node:fs';
import { InputFault } from './exit-codes.ts';

/** Longer than any line of numbers: whatever has longer lines is another kind of file. */
const PIECE_BYTES = 1 << 16;

/** Where a line stands in the text of its piece, without its end; no text is made of it alone. */
export type TextLine = { text: string; start: number; end: number };

/**
 * Without line ends of either kind and a byte order mark; the last line may lack its end. It is the
 * same line every time, moved to where the next one stands.
 */
export function* textLines(file: string): Generator<TextLine> {
  const line: TextLine = { text: '', start: 0, end: 0 };
  for (const text of pieces(file)) {
    const isMarked = line.text === '' && text.startsWith('\ufeff');
    line.text = text;
    let start = isMarked ? 1 : 0;
    for (let end = text.indexOf('\n', start); end >= 0; end = text.indexOf('\n', start)) {
      yield spanning(line, start, end);
      start = end + 1;
    }
    if (start < text.length) yield spanning(line, start, text.length);
  }
}

function spanning(line: TextLine, start: number, end: number): TextLine {
  const isReturned = end > start && line.text.charCodeAt(end - 1) === CARRIAGE_RETURN;
  line.start = start;
  line.end = isReturned ? end - 1 : end;
  return line;
}

const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;

/** Whole lines together; no byte of a longer character is that of a line end. */
function* pieces(file: string): Generator<string> {
  const handle = opened(file);
  try {
    const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
    let held = 0;
    for (;;) {
      const read = readPiece({ handle, piece, held, file });
      held += read;
      const whole = read === 0 ? held : piece.subarray(0, held).lastIndexOf(LINE_FEED) + 1;
      if (whole > 0) yield piece.toString('utf8', 0, whole);
      if (read === 0) return;
      piece.copyWithin(0, whole, held);
      held -= whole;
      if (held === PIECE_BYTES) {
        throw new InputFault(`${file}: a line is longer than a CSV line`);
      }
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

type Place = {
  readonly handle: number;
  readonly piece: Buffer;
  /** Bytes of it that are taken. */
  readonly held: number;
  readonly file: string;
};

function readPiece({ handle, piece, held, file }: Place): number {
  try {
    return readSync(handle, piece, held, piece.length - held, null);
  } catch (error) {
    throw new InputFault(`${file}: cannot be read: ${reason(error)}`, { cause: error });
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
