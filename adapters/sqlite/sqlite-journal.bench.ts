/**
 * How fast SQLite makes records durable: commits of 1 to 1024 records of 400 bytes, and beside
 * them what the disk itself takes to append and flush the same bytes; then reading all back.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalCommit } from 'plimsoll/ports';
import { openSqliteStore } from './index.ts';

const RECORD_BYTES = 400;
const BATCHES = [1, 64, 256, 1024] as const;
const COMMITS = 300;

const folder = mkdtempSync(join(process.env['BENCH_FOLDER'] ?? tmpdir(), 'plimsoll-bench-'));

function commitOf(number: number, records: number): JournalCommit {
  const firstSeq = number * records + 1;
  const bytes = new Uint8Array(records * RECORD_BYTES).fill(number & 0xff);
  return { firstSeq, lastSeq: firstSeq + records - 1, bytes, seals: [] };
}

type Times = { readonly perSecond: number; readonly medianMs: number; readonly p99Ms: number };

function summary(milliseconds: number[], records: number): Times {
  const total = milliseconds.reduce((sum, each) => sum + each, 0);
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round(sorted[Math.floor(share * COMMITS)]! * 100) / 100;
  return { perSecond: Math.round((records * 1000) / total), medianMs: at(0.5), p99Ms: at(0.99) };
}

async function timed(work: (number: number) => Promise<void> | void): Promise<number[]> {
  const milliseconds: number[] = [];
  for (let number = 0; number < COMMITS; number += 1) {
    const start = process.hrtime.bigint();
    await work(number);
    milliseconds.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  return milliseconds;
}

async function measure(batch: number) {
  const commits = Array.from({ length: COMMITS }, (_, number) => commitOf(number, batch));
  const { journal } = openSqliteStore({ file: join(folder, `${batch}.sqlite`), access: 'create' });
  const appended = await timed((number) => journal.append(commits[number]!));
  const start = process.hrtime.bigint();
  let read = 0;
  for await (const { firstSeq, lastSeq } of journal.read({ fromSeq: 1 })) {
    read += lastSeq - firstSeq + 1;
  }
  const readPerSecond = Math.round((read * 1e9) / Number(process.hrtime.bigint() - start));
  await journal.close();
  const raw = openSync(join(folder, `${batch}.raw`), 'w');
  const flushed = await timed((number) => {
    writeSync(raw, commits[number]!.bytes);
    fdatasyncSync(raw);
  });
  closeSync(raw);
  const records = COMMITS * batch;
  const [append, disk] = [summary(appended, records), summary(flushed, records)];
  return { recordsPerCommit: batch, append, disk, readPerSecond };
}

const results = [];
try {
  for (const batch of BATCHES) results.push(await measure(batch));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const machine = `${cpus()[0]?.model ?? 'unknown'} x${cpus().length}`;
if (process.argv.includes('--json')) {
  const facts = { bench: 'sqlite-journal', machine, node: process.version, commits: COMMITS };
  process.stdout.write(`${JSON.stringify({ ...facts, recordBytes: RECORD_BYTES, results })}\n`);
} else {
  const heading = `Durable records per second, ${RECORD_BYTES} bytes each, ${COMMITS} commits`;
  process.stdout.write(`${heading}, ${machine}, Node ${process.version}\n`);
  for (const { recordsPerCommit, append, disk, readPerSecond } of results) {
    process.stdout.write(
      `  ${recordsPerCommit} per commit: ${append.perSecond} ` +
        `(median ${append.medianMs} ms, p99 ${append.p99Ms} ms; the disk alone ` +
        `${disk.medianMs} ms, p99 ${disk.p99Ms} ms), read ${readPerSecond}\n`,
    );
  }
}
