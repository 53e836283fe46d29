/**
 * What the disk itself takes to append and flush bytes, beside what a journal makes of it.
 * @module
 */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { millisecondsSince } from './bench-figures.ts';

/** Milliseconds of each of `times` writes of `bytes` bytes, flushed one by one. */
export function diskFlushes(file: string, bytes: number, times: number): number[] {
  const content = new Uint8Array(bytes).fill(0x5a);
  const open = openSync(file, 'w');
  const milliseconds = Array.from({ length: times }, () => {
    const start = process.hrtime.bigint();
    writeSync(open, content);
    fdatasyncSync(open);
    return millisecondsSince(start);
  });
  closeSync(open);
  return milliseconds;
}
