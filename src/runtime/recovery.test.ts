import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyOf, recordRun, type SealedRun, sealedRun } from '../../test/pools/recorded-run.ts';
import type { Command } from '../engine/index.ts';
import {
  type FaultCode,
  type InMemoryJournalContent,
  inMemoryJournal,
  inMemorySnapshotStore,
  isFault,
  type Snapshot,
} from '../ports/index.ts';
import { accountId, amount, engineTimeMs } from '../units/index.ts';
import { createStateHasher, RUN_RECORDS, recoverPool, startPool } from './index.ts';

/** As many as a chunk of the encoding holds. */
const CHUNK_ACCOUNTS = 256;

const fault = (code: FaultCode) => (error: unknown) => isFault(error, code);

/** Longer than two runs of the chain; a state hash at the end of every run. */
const LONG = { ticks: 240, traders: 24, pool: { stateHashEveryRuns: 1 } };

const bytesOf = ({ commits }: InMemoryJournalContent): Buffer =>
  Buffer.concat(commits.map(({ bytes }) => bytes));
const sealsOf = ({ commits }: InMemoryJournalContent) => commits.flatMap(({ seals }) => seals);

/** The run as a crash would leave it after so many commits: nothing sealed. */
function crashedAfter(run: SealedRun, commits: number): InMemoryJournalContent {
  const { manifest } = run.content;
  const early = { ...manifest!, status: 'running' as const, headSeq: 0 };
  return { commits: copyOf(run.content).commits.slice(0, commits), manifest: early };
}

test('a pool of many chunks is hashed from its snapshot, whichever changed since', async () => {
  const run = await recordRun({ pool: { journal: inMemoryJournal() }, ticks: 2 });
  for (const touched of [[], [0], [CHUNK_ACCOUNTS], [2 * CHUNK_ACCOUNTS + 7], [3, 511, 512]]) {
    const [journal, snapshots] = [inMemoryJournal(), inMemorySnapshotStore()];
    const pool = await startPool({ journal, snapshots });
    let sourceSeq = 0;
    const submit = (command: Command): void => {
      sourceSeq += 1;
      pool.submit({ source: 'test', sourceSeq, command, time: engineTimeMs(1_000) });
    };
    submit(run.submissions.find(({ command }) => command.type === 'ConfigurePool')!.command);
    const { settlementAsset: asset } = pool.engine.state.parameters!;
    const named = (number: number) => accountId(`a${number}`);
    for (let number = 0; number < 3 * CHUNK_ACCOUNTS - 5; number += 1) {
      const who = { account: named(number), owner: 'owner', parent: null, market: null };
      submit({ type: 'OpenAccount', ...who });
    }
    await pool.snapshot();
    for (const number of touched) {
      submit({ type: 'Deposit', account: named(number), asset, amount: amount('1') });
    }
    await pool.commit();
    const found = await recoverPool({ journal, snapshots });
    assert.equal(found.replayed, touched.length);
    assert.equal(found.stateHash, createStateHasher()(pool.engine.state));
    assert.equal(found.hasher(found.engine.state), found.stateHash);
  }
});

test('how records were grouped into commits changes no byte, no seal and no hash', async () => {
  const runs = [];
  for (const commitEvery of [1, 7, 100_000]) runs.push(await sealedRun({ ...LONG, commitEvery }));
  const [single, few, one] = runs as [SealedRun, SealedRun, SealedRun];
  assert.ok(single.manifest.headSeq > 2 * RUN_RECORDS, `${single.manifest.headSeq} records`);
  assert.ok(few.content.commits.length < single.content.commits.length);
  assert.equal(one.content.commits.length, 1);
  for (const other of [few, one]) {
    assert.deepEqual(other.manifest, single.manifest);
    assert.deepEqual(sealsOf(other.content), sealsOf(single.content));
    assert.ok(bytesOf(other.content).equals(bytesOf(single.content)));
  }
});

test('another seed is another history', async () => {
  const [one, two] = [await sealedRun({ seed: 1 }), await sealedRun({ seed: 2 })];
  assert.notEqual(one.manifest.stateHash, two.manifest.stateHash);
  assert.notEqual(one.manifest.chainHash, two.manifest.chainHash);
  assert.equal(one.manifest.configHash, two.manifest.configHash);
});

test('a snapshot and the records after it give what all records give', async () => {
  const taken: Snapshot[] = [];
  const snapshots = inMemorySnapshotStore(taken);
  const { content, manifest } = await sealedRun({
    ...LONG,
    pool: { snapshots, snapshotsKept: 1_000 },
    afterEach: async (pool) => {
      if (pool.head().seq % 50 === 0) await pool.snapshot();
    },
  });
  assert.ok(taken.length > 8, `${taken.length} snapshots`);
  const journal = inMemoryJournal(content);
  for (const snapshot of [null, ...taken]) {
    const store = inMemorySnapshotStore(snapshot === null ? [] : [snapshot]);
    const found = await recoverPool({ journal, snapshots: store });
    assert.equal(found.snapshotSeq, snapshot?.seq ?? null);
    assert.equal(found.replayed, manifest.headSeq - (snapshot?.seq ?? 0));
    assert.equal(found.head.seq, manifest.headSeq);
    assert.equal(found.stateHash, manifest.stateHash);
    assert.equal(found.chainHash, manifest.chainHash);
  }
});

test('a snapshot exactly at the end of a run continues the chain', async () => {
  const journal = inMemoryJournal();
  const snapshots = inMemorySnapshotStore();
  const pool = await startPool({ journal, snapshots });
  const tick = (): void => {
    const { seq } = pool.head();
    const command = { type: 'Tick' } as const;
    pool.submit({ source: 'test', sourceSeq: seq + 1, command, time: engineTimeMs(seq) });
  };
  while (pool.head().seq < RUN_RECORDS) tick();
  await pool.commit();
  assert.equal(await pool.snapshot(), RUN_RECORDS);
  const atBoundary = await recoverPool({ journal, snapshots });
  assert.deepEqual([atBoundary.snapshotSeq, atBoundary.replayed], [RUN_RECORDS, 0]);
  while (pool.head().seq < 2 * RUN_RECORDS + 3) tick();
  const { chainHash, stateHash } = await pool.seal();
  const later = await recoverPool({ journal, snapshots });
  assert.deepEqual([later.snapshotSeq, later.replayed], [RUN_RECORDS, RUN_RECORDS + 3]);
  assert.deepEqual([later.chainHash, later.stateHash], [chainHash, stateHash]);
});

test('after a crash at any commit the run goes on to the same end', async () => {
  const whole = await sealedRun({ commitEvery: 3 });
  const { commits } = whole.content;
  for (let kept = 0; kept <= commits.length; kept += 1) {
    const content = crashedAfter(whole, kept);
    const pool = await startPool({ journal: inMemoryJournal(content), stateHashEveryRuns: 64 });
    assert.equal(pool.head().seq, commits[kept - 1]?.lastSeq ?? 0);
    assert.equal(content.manifest?.status, 'recovered');
    const missing = whole.submissions.filter(({ seq }) => seq > pool.head().seq);
    for (const { seq, ...submission } of missing) {
      assert.equal(pool.submit(submission)[0]!.seq, seq);
    }
    const { stateHash, chainHash, headSeq } = await pool.seal();
    const { manifest } = whole;
    assert.deepEqual(
      [stateHash, chainHash, headSeq],
      [manifest.stateHash, manifest.chainHash, manifest.headSeq],
    );
  }
});

test('a torn last commit is a fault at every byte, never half a pool', async () => {
  const whole = await sealedRun({ ticks: 8, traders: 2 });
  const last = whole.content.commits.at(-1)!;
  assert.ok(last.bytes.length > 50);
  for (let length = 0; length < last.bytes.length; length += 1) {
    const content = crashedAfter(whole, whole.content.commits.length);
    content.commits[content.commits.length - 1] = { ...last, bytes: last.bytes.slice(0, length) };
    await assert.rejects(
      recoverPool({ journal: inMemoryJournal(content) }),
      (error) => isFault(error, 'JOURNAL_CORRUPT') && error.message.includes(`${last.firstSeq}`),
    );
  }
});

test('a journal cut within the work that was due finishes that work first', async () => {
  const whole = await sealedRun({ commitEvery: 100_000 });
  const first = whole.records.findIndex(({ envelope }) => envelope.source === 'engine');
  const seq = first;
  const { bytes } = whole.content.commits[0]!;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let end = 0;
  for (let record = 0; record < seq; record += 1) end += 4 + view.getUint32(end);
  const content = crashedAfter(whole, 0);
  content.commits.push({ firstSeq: 1, lastSeq: seq, bytes: bytes.slice(0, end), seals: [] });
  const pool = await startPool({ journal: inMemoryJournal(content) });
  assert.equal(pool.recovered.head.seq, seq);
  assert.ok(pool.head().seq > seq);
  await pool.commit();
  assert.ok(bytesOf(content).equals(bytesOf(whole.content).subarray(0, bytesOf(content).length)));
});

test('snapshots that do not hold up are passed over', async () => {
  const held: Snapshot[] = [];
  const options = { pool: { snapshots: inMemorySnapshotStore(held), snapshotsKept: 100 } };
  const { content, manifest } = await sealedRun({
    ...options,
    afterEach: async (pool) => {
      if (pool.head().seq % 20 === 0) await pool.snapshot();
    },
  });
  const [good, better, best] = held.slice(-3) as [Snapshot, Snapshot, Snapshot];
  const foreign = (await strangeSnapshot()) as Snapshot;
  const flipped = (bytes: Uint8Array, at: number): Uint8Array =>
    bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
  const bad: readonly Snapshot[] = [
    { ...best, head: flipped(best.head, 40) },
    { ...best, chunks: best.chunks.map((chunk) => flipped(chunk, 7)) },
    { ...best, chunks: [] },
    { ...best, chainHash: better.chainHash },
    { ...best, seq: best.seq + 1 },
    { ...best, seq: manifest.headSeq + 1000 },
    { ...foreign, seq: best.seq },
  ];
  for (const snapshot of bad) {
    const snapshots = inMemorySnapshotStore([good, snapshot]);
    const found = await recoverPool({ journal: inMemoryJournal(content), snapshots });
    assert.equal(found.snapshotSeq, good.seq);
    assert.equal(found.stateHash, manifest.stateHash);
    const alone = inMemorySnapshotStore([snapshot]);
    const without = await recoverPool({ journal: inMemoryJournal(content), snapshots: alone });
    assert.equal(without.snapshotSeq, null);
  }
});

async function strangeSnapshot(): Promise<Snapshot | null> {
  const snapshots = inMemorySnapshotStore();
  const { pool } = await recordRun({ seed: 9, pool: { journal: inMemoryJournal(), snapshots } });
  await pool.snapshot();
  return snapshots.latest({ seqMax: 1e9 });
}

test('a sealed journal that lost its end or was rewritten is refused', async () => {
  const { content } = await sealedRun();
  const refuse = async (code: FaultCode, damage: (copy: InMemoryJournalContent) => void) => {
    const copy = copyOf(content);
    damage(copy);
    await assert.rejects(recoverPool({ journal: inMemoryJournal(copy) }), fault(code));
  };
  await refuse('JOURNAL_TRUNCATED', (copy) => copy.commits.pop());
  await refuse('JOURNAL_TRUNCATED', (copy) => copy.commits.splice(0));
  await refuse('JOURNAL_CORRUPT', (copy) => copy.commits.shift());
  await refuse('JOURNAL_CORRUPT', (copy) => copy.commits.splice(5, 1));
  await refuse('JOURNAL_CORRUPT', (copy) => {
    copy.manifest = null;
  });
  await refuse('JOURNAL_CORRUPT', (copy) => {
    copy.manifest = { ...copy.manifest!, stateHash: '0'.repeat(64) };
  });
  await refuse('JOURNAL_CORRUPT', (copy) => {
    copy.manifest = { ...copy.manifest!, chainHash: '0'.repeat(64) };
  });
  await refuse('JOURNAL_CORRUPT', (copy) => {
    copy.manifest = { ...copy.manifest!, headSeq: copy.manifest!.headSeq - 1 };
  });
});

test('any flipped byte of a sealed journal is refused at recovery', async () => {
  const { content } = await sealedRun({ ticks: 12 });
  const total = content.commits.reduce((sum, { bytes }) => sum + bytes.length, 0);
  for (let flip = 0; flip < 120; flip += 1) {
    const copy = copyOf(content);
    let at = (flip * 7_919) % total;
    const commit = copy.commits.find(({ bytes }) => {
      if (at < bytes.length) return true;
      at -= bytes.length;
      return false;
    })!;
    commit.bytes[at]! ^= 1 << (flip % 8);
    await assert.rejects(
      recoverPool({ journal: inMemoryJournal(copy) }),
      fault('JOURNAL_CORRUPT'),
      `byte ${at} of the commit from ${commit.firstSeq}`,
    );
  }
});
