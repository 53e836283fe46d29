/** Where results go: with JSON on stdout, what is for people goes beside it. @module */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export const streamForPeople = (json: string | undefined): NodeJS.WriteStream =>
  json === '-' ? process.stderr : process.stdout;

/** Written as soon as there is this much: a long text is never in memory as a whole. */
const PIECE_LENGTH = 1 << 16;

/**
 * A text that is made in pieces: to a file, whose folders are made, or to stdout for `-`; nowhere
 * if it was not asked for.
 */
export function writePieces(json: string | undefined, piecesOf: () => Iterable<string>): void {
  if (json === undefined) return;
  if (json !== '-') mkdirSync(dirname(json), { recursive: true });
  const file = json === '-' ? null : openSync(json, 'w');
  const write = (text: string): void => {
    if (file === null) process.stdout.write(text);
    else writeFileSync(file, text);
  };
  let text = '';
  for (const piece of piecesOf()) {
    text += piece;
    if (text.length < PIECE_LENGTH) continue;
    write(text);
    text = '';
  }
  write(text);
  if (file !== null) closeSync(file);
}

export const writeJson = (json: string | undefined, result: unknown): void =>
  writePieces(json, () => [`${JSON.stringify(result, null, 2)}\n`]);

/** Line by line, for results that are too many to hold. */
export function lineWriter(json: string | undefined) {
  if (json === undefined) return { write: () => {}, close: () => {} };
  if (json === '-') {
    return {
      write: (line: () => string) => {
        process.stdout.write(`${line()}\n`);
      },
      close: () => {},
    };
  }
  mkdirSync(dirname(json), { recursive: true });
  const file = openSync(json, 'w');
  return {
    write: (line: () => string) => {
      writeSync(file, `${line()}\n`);
    },
    close: () => closeSync(file),
  };
}
