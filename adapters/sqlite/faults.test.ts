import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import Database from 'libsql';
import { type Fault, type FaultCode, isFault, type JournalCommit } from 'plimsoll/ports';
import { openSqliteStore, type SqliteAccess } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-sqlite-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string): string => join(folder, name);

const commitOf = (firstSeq: number, lastSeq: number): JournalCommit => ({
  firstSeq,
  lastSeq,
  bytes: new Uint8Array(2_000).fill(firstSeq),
  seals: [{ seq: lastSeq, chainHash: 'a'.repeat(64), stateHash: null }],
});

/** A closed journal of many pages. */
async function journalFile(name: string): Promise<string> {
  const file = path(name);
  const { journal } = openSqliteStore({ file, access: 'create' });
  for (let seq = 1; seq <= 40; seq += 2) await journal.append(commitOf(seq, seq + 1));
  await journal.close();
  return file;
}

async function readAll(file: string, access: SqliteAccess = 'read'): Promise<number> {
  const { journal, snapshots } = openSqliteStore({ file, access });
  await journal.manifest();
  await snapshots.latest({ seqMax: 1e9 });
  let head = 0;
  for await (const { lastSeq } of journal.read({ fromSeq: 1 })) head = lastSeq;
  await journal.close();
  return head;
}

const fault =
  (code: FaultCode, file: string, found: RegExp = /./) =>
  (error: unknown): boolean => {
    assert.ok(isFault(error), String(error));
    assert.equal(error.code, code, error.message);
    assert.ok(error.message.includes(file), error.message);
    assert.match(error.found, found);
    return true;
  };

test('a missing file is named, and not made by looking', async () => {
  const file = path('missing.sqlite');
  for (const access of ['read', 'write'] as const) {
    await assert.rejects(readAll(file, access), fault('JOURNAL_MISSING', file, /no such file/));
  }
  const nowhere = path('no/such/folder.sqlite');
  await assert.rejects(readAll(nowhere, 'create'), fault('JOURNAL_UNAVAILABLE', nowhere));
});

test('a file that is no database, or a database of something else, is refused', async () => {
  const prose = path('prose.sqlite');
  writeFileSync(prose, 'ts_ms,open,high,low,close,volume\n'.repeat(100));
  for (const access of ['read', 'write', 'create'] as const) {
    await assert.rejects(readAll(prose, access), fault('JOURNAL_NOT_A_JOURNAL', prose));
  }
  const empty = path('empty.sqlite');
  writeFileSync(empty, '');
  await assert.rejects(readAll(empty), fault('JOURNAL_NOT_A_JOURNAL', empty, /something else/));
  assert.equal(await readAll(empty, 'create'), 0);
  const foreign = path('foreign.sqlite');
  const database = new Database(foreign);
  database.exec('CREATE TABLE trades (id INTEGER)');
  database.close();
  await assert.rejects(readAll(foreign), fault('JOURNAL_NOT_A_JOURNAL', foreign, /else/));
  await assert.rejects(readAll(foreign, 'create'), fault('JOURNAL_NOT_A_JOURNAL', foreign, /else/));
});

test('a journal of a later layout is refused', async () => {
  const file = await journalFile('later.sqlite');
  const database = new Database(file);
  database.exec('PRAGMA user_version = 2');
  database.close();
  await assert.rejects(readAll(file), fault('JOURNAL_NOT_A_JOURNAL', file, /layout 2/));
});

test('a truncated file is refused at every length, and told by how much', async () => {
  const whole = readFileSync(await journalFile('whole.sqlite'));
  const codes = new Set<FaultCode>();
  for (let length = 1; length < whole.length; length += 997) {
    const file = path('cut.sqlite');
    writeFileSync(file, whole.subarray(0, length));
    await assert.rejects(readAll(file), (error) => {
      assert.ok(isFault(error), String(error));
      codes.add(error.code);
      return true;
    });
  }
  assert.deepEqual([...codes].sort(), ['JOURNAL_CORRUPT', 'JOURNAL_NOT_A_JOURNAL']);
  const file = path('half.sqlite');
  writeFileSync(file, whole.subarray(0, whole.length / 2));
  const found = new RegExp(`${whole.length / 2} bytes where its header says ${whole.length}`);
  await assert.rejects(readAll(file), fault('JOURNAL_CORRUPT', file, found));
});

test('a page of rubbish is a fault, whichever page it is', async () => {
  const whole = readFileSync(await journalFile('pages.sqlite'));
  const pageBytes = whole.readUInt16BE(16);
  assert.ok(whole.length > 4 * pageBytes);
  for (let page = 1; page * pageBytes < whole.length; page += 1) {
    const damaged = Buffer.from(whole);
    damaged.fill(0x5a, page * pageBytes, (page + 1) * pageBytes);
    const file = path(`rubbish-${page}.sqlite`);
    writeFileSync(file, damaged);
    const outcome = await readAll(file).catch((error: unknown) => error as Fault);
    // A page that holds nothing needed for reading may be anything.
    if (typeof outcome === 'number') assert.equal(outcome, 40);
    else assert.ok(isFault(outcome), String(outcome));
  }
});

test('a row that changed is told by its checksum', async () => {
  const edits = [
    ['UPDATE commits SET bytes = zeroblob(2000) WHERE first_seq = 7', /^[0-9a-f]{64}$/],
    ['UPDATE commits SET last_seq = 9 WHERE first_seq = 7', /./],
    ["UPDATE seals SET chain_hash = 'b' WHERE seq = 8", /./],
    ["UPDATE seals SET state_hash = 'b' WHERE seq = 8", /./],
    ['DELETE FROM seals WHERE seq = 8', /./],
  ] as const;
  const whole = await journalFile('rows.sqlite');
  for (const [number, [sql, found]] of edits.entries()) {
    const file = path(`row-${number}.sqlite`);
    copyFileSync(whole, file);
    const database = new Database(file);
    database.exec(sql);
    database.close();
    await assert.rejects(readAll(file), fault('JOURNAL_CORRUPT', file, found), sql);
  }
});

test('a journal that lost its last rows is told by the seals they left', async () => {
  const file = await journalFile('lost.sqlite');
  const database = new Database(file);
  database.exec('DELETE FROM commits WHERE first_seq > 20');
  database.close();
  await assert.rejects(readAll(file), fault('JOURNAL_TRUNCATED', file, /up to 20/));
});

test('an edited manifest is told by its checksum', async () => {
  const file = path('manifest.sqlite');
  const { journal } = openSqliteStore({ file, access: 'create' });
  await journal.saveManifest({
    runId: 'r',
    engineVersion: '0.0.0',
    recordVersion: 1,
    configHash: null,
    seed: null,
    scenario: null,
    parent: null,
    status: 'quarantined',
    headSeq: 0,
    chainHash: '',
    stateHash: null,
    problem: null,
  });
  await journal.close();
  const database = new Database(file);
  database.exec("UPDATE manifest SET content = replace(content, 'quarantined', 'running')");
  database.close();
  await assert.rejects(readAll(file), fault('JOURNAL_CORRUPT', `${file}, manifest`));
});

test('another writer at work means locked, and it may be tried again', async () => {
  const file = await journalFile('locked.sqlite');
  const { journal } = openSqliteStore({ file, access: 'write' });
  const other = new Database(file);
  other.exec('BEGIN IMMEDIATE');
  await assert.rejects(journal.append(commitOf(41, 42)), (error) => {
    fault('JOURNAL_LOCKED', file)(error);
    return (error as Fault).retryable;
  });
  other.exec('ROLLBACK');
  await journal.append(commitOf(41, 42));
  assert.equal(await readAll(file), 42);
  await journal.close();
  other.close();
});

test('opened for reading, a journal cannot be changed', async () => {
  const file = await journalFile('read-only.sqlite');
  const before = readFileSync(file);
  const { journal, snapshots } = openSqliteStore({ file, access: 'read' });
  await assert.rejects(journal.append(commitOf(41, 42)), fault('JOURNAL_READ_ONLY', file));
  await assert.rejects(snapshots.prune({ keep: 0 }), fault('JOURNAL_READ_ONLY', file));
  await journal.close();
  assert.ok(readFileSync(file).equals(before));
});

test('a reader works beside a writer and sees what was committed', async () => {
  const file = path('beside.sqlite');
  const writer = openSqliteStore({ file, access: 'create' }).journal;
  await writer.append(commitOf(1, 2));
  assert.equal(await readAll(file), 2);
  await writer.append(commitOf(3, 4));
  assert.equal(await readAll(file), 4);
  await writer.close();
});

test('names with spaces, percent and question marks, number signs are only names', async () => {
  for (const name of [
    'a b.sqlite',
    '50%20.sqlite',
    'why?mode=rwc.sqlite',
    'no#1.sqlite',
    'ü.sqlite',
  ]) {
    const file = await journalFile(name);
    assert.equal(await readAll(file), 40);
    assert.equal(await readAll(relative(process.cwd(), file)), 40);
  }
});
