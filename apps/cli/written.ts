/** Where results go: with JSON on stdout, what is for people goes beside it. @module */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export const streamForPeople = (json: string | undefined): NodeJS.WriteStream =>
  json === '-' ? process.stderr : process.stdout;

/** To a file, whose folders are made, or to stdout for `-`; nowhere if it was not asked for. */
export function writeText(json: string | undefined, textOf: () => string): void {
  if (json === undefined) return;
  if (json === '-') {
    process.stdout.write(textOf());
    return;
  }
  mkdirSync(dirname(json), { recursive: true });
  writeFileSync(json, textOf());
}

export const writeJson = (json: string | undefined, result: unknown): void =>
  writeText(json, () => `${JSON.stringify(result, null, 2)}\n`);

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
