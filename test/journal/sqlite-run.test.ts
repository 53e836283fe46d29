/**
 * A run of the small pool through a real file: the same history as in memory, found again after
 * every way of losing the end of it, and no edit of the file that goes unnoticed.
 */
import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { commitChecksum } from '../../adapters/sqlite/checksum.ts';
import { openSqliteStore } from '../../adapters/sqlite/index.ts';
import type { JournalCommit, Seal } from '../../src/ports/index.ts';
import { isFault } from '../../src/ports/index.ts';
import { recoverPool, startPool, verifyJournal } from '../../src/runtime/index.ts';
import { type RecordedRun, recordRun, type SealedRun, sealedRun } from '../pools/recorded-run.ts';

const Database = createRequire(new URL('../../adapters/sqlite/index.ts', import.meta.url))(
  'libsql',
);

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-run-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const COMMIT_EVERY = 5;
const sealedFile = join(folder, 'sealed.sqlite');
/** Copied while the writer was still at work: everything but the tables is in the log beside. */
const crashedFile = join(folder, 'crashed.sqlite');
let inMemory: SealedRun;
let crashed: RecordedRun;

before(async () => {
  inMemory = await sealedRun({ commitEvery: COMMIT_EVERY });
  const { journal, snapshots } = openSqliteStore({ file: sealedFile, access: 'create' });
  crashed = await recordRun({ commitEvery: COMMIT_EVERY, pool: { journal, snapshots } });
  for (const suffix of ['', '-wal']) copyFileSync(sealedFile + suffix, crashedFile + suffix);
  await crashed.pool.snapshot();
  await crashed.pool.seal();
  await journal.close();
});

let copies = 0;
function copyOf(file: string): string {
  copies += 1;
  const copy = join(folder, `copy-${copies}.sqlite`);
  for (const suffix of ['', '-wal']) {
    if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix);
  }
  return copy;
}

const recover = async (file: string) => {
  const { journal, snapshots } = openSqliteStore({ file, access: 'read' });
  try {
    return await recoverPool({ journal, snapshots });
  } finally {
    await journal.close();
  }
};

const verify = async (file: string) => {
  const { journal } = openSqliteStore({ file, access: 'read' });
  try {
    return await verifyJournal({ journal });
  } finally {
    await journal.close();
  }
};

test('a file holds the history that memory holds', async () => {
  const { journal } = openSqliteStore({ file: sealedFile, access: 'read' });
  const commits: JournalCommit[] = [];
  for await (const commit of journal.read({ fromSeq: 1 })) {
    commits.push({ ...commit, bytes: Uint8Array.from(commit.bytes) });
  }
  assert.deepEqual(commits, inMemory.content.commits);
  assert.deepEqual(await journal.manifest(), inMemory.manifest);
  await journal.close();
});

test('recovering and verifying agree with the run, and leave the file as it was', async () => {
  const earlier = readFileSync(sealedFile);
  const { manifest } = inMemory;
  const recovered = await recover(sealedFile);
  assert.equal(recovered.snapshotSeq, manifest.headSeq);
  assert.equal(recovered.replayed, 0);
  assert.equal(recovered.stateHash, manifest.stateHash);
  const report = await verify(sealedFile);
  assert.deepEqual(report.violations, []);
  assert.equal(report.stateHash, manifest.stateHash);
  assert.ok(readFileSync(sealedFile).equals(earlier));
});

test('a log torn at any byte gives a prefix of the run, whole commits only', async () => {
  const log = readFileSync(`${crashedFile}-wal`);
  const ends = new Set([0, ...inMemory.content.commits.map(({ lastSeq }) => lastSeq)]);
  const heads = new Set<number>();
  for (let length = 0; length <= log.length; length += Math.floor(log.length / 90)) {
    const file = copyOf(crashedFile);
    writeFileSync(`${file}-wal`, log.subarray(0, length));
    const found = await recover(file).catch((error: unknown) => {
      // Cut before the tables were made, there is no journal yet.
      assert.ok(isFault(error, 'JOURNAL_NOT_A_JOURNAL'), String(error));
      return null;
    });
    if (found === null) continue;
    assert.ok(ends.has(found.head.seq), `record ${found.head.seq}`);
    heads.add(found.head.seq);
  }
  assert.ok(heads.size > 10, `${heads.size} different ends`);
});

test('a crashed run goes on in its file to the same end', async () => {
  const log = readFileSync(`${crashedFile}-wal`);
  const file = copyOf(crashedFile);
  writeFileSync(`${file}-wal`, log.subarray(0, Math.floor(log.length * 0.6)));
  const { journal, snapshots } = openSqliteStore({ file, access: 'write' });
  const pool = await startPool({ journal, snapshots });
  assert.equal((await journal.manifest())?.status, 'recovered');
  const start = pool.head().seq;
  assert.ok(start > 0 && start < inMemory.manifest.headSeq);
  for (const { seq, ...submission } of inMemory.submissions) {
    if (seq > start) pool.submit(submission);
  }
  const { stateHash, chainHash } = await pool.seal();
  assert.equal(stateHash, inMemory.manifest.stateHash);
  assert.equal(chainHash, inMemory.manifest.chainHash);
  await journal.close();
  assert.deepEqual((await verify(file)).violations, []);
});

test('two writers: the second takes over, the first is kept out', async () => {
  const file = copyOf(crashedFile);
  const first = openSqliteStore({ file, access: 'write' });
  const second = openSqliteStore({ file, access: 'write' });
  const old = await startPool({ journal: first.journal });
  const successor = await startPool({ journal: second.journal });
  const { time } = old.head();
  const tick = { source: 'test', sourceSeq: 1_000, command: { type: 'Tick' }, time } as const;
  successor.submit(tick);
  await successor.commit();
  old.submit(tick);
  await assert.rejects(old.commit(), (error) => isFault(error, 'JOURNAL_CONFLICT'));
  await first.journal.close();
  await second.journal.close();
});

/** Flips one bit in the bytes of a commit, in the file itself. */
function flip(file: string, target: { row: number; share: number; checksum: 'kept' | 'redone' }) {
  const database = new Database(file);
  const rows = database.prepare('SELECT first_seq FROM commits ORDER BY first_seq').all();
  const { first_seq: key } = rows[Math.floor(target.row * rows.length)];
  const row = database.prepare('SELECT * FROM commits WHERE first_seq = ?').get(key);
  const bytes: Buffer = row.bytes;
  const at = Math.floor(target.share * bytes.length);
  bytes[at]! ^= 1;
  const seals = database
    .prepare('SELECT * FROM seals WHERE seq BETWEEN ? AND ?')
    .all(row.first_seq, row.last_seq)
    .map((seal: { seq: number; chain_hash: string; state_hash: string | null }): Seal => {
      return { seq: seal.seq, chainHash: seal.chain_hash, stateHash: seal.state_hash };
    });
  const { first_seq: firstSeq, last_seq: lastSeq } = row;
  const redone = commitChecksum({ firstSeq, lastSeq, bytes, seals });
  const checksum = target.checksum === 'redone' ? redone : row.checksum;
  database
    .prepare('UPDATE commits SET bytes = ?, checksum = ? WHERE first_seq = ?')
    .run(bytes, checksum, key);
  database.close();
  return { firstSeq, lastSeq };
}

test('an edited row is told by its checksum, with file and records', async () => {
  const file = copyOf(sealedFile);
  const { firstSeq, lastSeq } = flip(file, { row: 0.5, share: 0.5, checksum: 'kept' });
  for (const read of [() => verify(file), () => recoverFromStart(file)]) {
    await assert.rejects(read(), (error) => {
      assert.ok(isFault(error, 'JOURNAL_CORRUPT'), String(error));
      assert.ok(error.message.includes(`${file}, commit of records ${firstSeq} to ${lastSeq}`));
      return true;
    });
  }
});

/** Without snapshots, so that every record is read. */
const recoverFromStart = async (file: string) => {
  const { journal } = openSqliteStore({ file, access: 'read' });
  try {
    return await recoverPool({ journal });
  } finally {
    await journal.close();
  }
};

test('an edited row whose checksum was redone is told by verifying', async () => {
  let violations = 0;
  for (let trial = 0; trial < 40; trial += 1) {
    const file = copyOf(sealedFile);
    const share = ((trial * 37) % 100) / 100;
    const { firstSeq, lastSeq } = flip(file, { row: trial / 40, share, checksum: 'redone' });
    const report = await verify(file).catch((error: unknown) => {
      assert.ok(isFault(error, 'JOURNAL_CORRUPT'), String(error));
      return null;
    });
    if (report === null) continue;
    assert.ok(report.violations.length > 0, `records ${firstSeq} to ${lastSeq}, at ${share}`);
    violations += 1;
  }
  assert.ok(violations > 20, `${violations} edits reached the verifier`);
});

test('a sealed file that lost its last rows is told, with or without their seals', async () => {
  const kept = inMemory.manifest.headSeq - 30;
  for (const sealsToo of [false, true]) {
    const file = copyOf(sealedFile);
    const database = new Database(file);
    database.exec('DELETE FROM snapshots');
    database.exec(`DELETE FROM commits WHERE first_seq > ${kept}`);
    if (sealsToo) database.exec(`DELETE FROM seals WHERE seq > ${kept - 30}`);
    database.close();
    await assert.rejects(recover(file), (error) => isFault(error, 'JOURNAL_TRUNCATED'));
  }
});
