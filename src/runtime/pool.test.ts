import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { recordRun } from '../../test/pools/recorded-run.ts';
import type { Command, JournalRecord, PoolState } from '../engine/index.ts';
import {
  emptyJournalContent,
  type FaultCode,
  inMemoryJournal,
  inMemorySnapshotStore,
  isFault,
  type Journal,
} from '../ports/index.ts';
import {
  type AccountId,
  accountId,
  type EngineTimeMs,
  InvariantViolation,
  money,
} from '../units/index.ts';
import { ENGINE_VERSION, type PoolRuntime, startPool } from './index.ts';

const TICK: Command = { type: 'Tick' };
const fault = (code: FaultCode) => (error: unknown) => isFault(error, code);

let sourceSeq = 0;
const submitTo = (
  pool: PoolRuntime,
  command: Command,
  { source = 'host', time = 1_000 }: { readonly source?: string; readonly time?: number } = {},
): readonly JournalRecord[] => {
  sourceSeq += 1;
  return pool.submit({ source, sourceSeq, command, time: time as EngineTimeMs });
};

const openAccount = (name: string): Command => ({
  type: 'OpenAccount',
  account: name as AccountId,
  owner: 'owner',
  parent: null,
  market: null,
});

/** An in-memory journal whose appends fail while told so. */
function moodyJournal() {
  const content = emptyJournalContent();
  const inner = inMemoryJournal(content);
  const mood = { failure: null as Error | null, gate: Promise.resolve() };
  const journal: Journal = {
    ...inner,
    append: async (commit) => {
      await mood.gate;
      if (mood.failure !== null) throw mood.failure;
      await inner.append(commit);
    },
  };
  return { content, journal, mood };
}

/** A run of the small pool that is still open. */
const runningPool = async (journal = inMemoryJournal()) =>
  (await recordRun({ pool: { journal }, ticks: 2 })).pool;

test('a price and the liquidations it causes are one submission: no lag', async () => {
  let started = 0;
  await recordRun({
    pool: { journal: inMemoryJournal() },
    afterEach: async (pool) => {
      for (const { account } of pool.engine.state.liquidations.values()) {
        assert.notEqual(pool.engine.state.accounts[account]!.liquidation, null);
        started += 1;
      }
    },
  });
  assert.ok(started > 0);
});

test('the first record is the command itself, then follows what it made due', async () => {
  const { records, submissions } = await recordRun({ pool: { journal: inMemoryJournal() } });
  const outside = new Set(submissions.map(({ seq }) => seq as number));
  records.forEach((record, at) => {
    assert.equal(record.seq, at + 1);
    assert.equal(record.envelope.source, outside.has(record.seq) ? 'test' : 'engine');
  });
  assert.ok(records.length > submissions.length);
  assert.ok(records.some(({ outcome }) => outcome.type === 'Rejected'));
});

test('work left for later is the same work, in the same order', async () => {
  const run = await recordRun({ pool: { journal: inMemoryJournal() } });
  const { chainHash, stateHash } = await run.pool.seal();
  for (const [dueRecordsMax, calls] of [
    [1, 0],
    [1, 2],
    [2, 1],
    [7, 100],
  ] as const) {
    const journal = inMemoryJournal();
    const pool = await startPool({ journal, dueRecordsMax });
    const records: number[] = [];
    for (const submission of run.submissions) {
      const made = pool.submit(submission);
      assert.ok(made.length <= 1 + dueRecordsMax);
      assert.equal(made[0]!.envelope.source, 'test');
      records.push(...made.map(({ seq }) => seq));
      for (let call = 0; call < calls; call += 1) {
        const later = pool.work();
        assert.ok(later.every(({ envelope }) => envelope.source === 'engine'));
        records.push(...later.map(({ seq }) => seq));
      }
      await pool.commit();
    }
    const manifest = await pool.seal();
    assert.deepEqual(manifest.chainHash, chainHash);
    assert.deepEqual(manifest.stateHash, stateHash);
    assert.deepEqual(new Set(records).size, records.length);
    if (calls === 100) assert.equal(records.length, pool.head().seq);
    assert.throws(() => pool.work(), fault('POOL_SEALED'));
  }
});

test('a start that work was left for is durable before the work that follows it', async () => {
  const run = await recordRun({ pool: { journal: inMemoryJournal() } });
  const pool = await startPool({ journal: inMemoryJournal(), dueRecordsMax: 1 });
  let started = 0;
  for (const submission of run.submissions) {
    const [, due] = pool.submit(submission);
    await pool.commit();
    if (due?.envelope.command.type !== 'StartLiquidations') continue;
    started += 1;
    assert.equal(pool.durableSeq(), due.seq);
    assert.ok(pool.work().length === 1);
  }
  assert.ok(started > 0);
});

test('a time before the head counts as the head: engine time never steps back', async () => {
  const pool = await runningPool();
  const { time } = pool.head();
  const [record] = submitTo(pool, TICK, { time: 5 });
  assert.equal(record!.time, time);
  const [later] = submitTo(pool, TICK, { time: time + 1 });
  assert.equal(later!.time, time + 1);
});

test('a refused submission decides nothing and leaves the pool as it was', async () => {
  const pool = await runningPool();
  const head = pool.head();
  const cases: readonly (readonly [FaultCode, () => unknown])[] = [
    ['SOURCE_RESERVED', () => submitTo(pool, TICK, { source: 'engine' })],
    ['COMMAND_MALFORMED', () => submitTo(pool, TICK, { source: 'two words' })],
    ['COMMAND_MALFORMED', () => submitTo(pool, TICK, { time: Number.NaN })],
    ['COMMAND_MALFORMED', () => submitTo(pool, TICK, { time: 1e300 })],
    ['COMMAND_MALFORMED', () => submitTo(pool, openAccount('two words'))],
    ['COMMAND_MALFORMED', () => submitTo(pool, { type: 'Nothing' } as unknown as Command)],
    ['COMMAND_MALFORMED', () => submitTo(pool, { type: 'Deposit' } as unknown as Command)],
  ];
  for (const [code, attempt] of cases) {
    assert.throws(attempt, fault(code));
    assert.deepEqual(pool.head(), head);
  }
  assert.equal(submitTo(pool, openAccount('fine'), { time: 1e13 }).length, 1);
  await pool.commit();
  assert.equal((await pool.seal()).status, 'sealed');
});

test('records wait for a commit up to a limit', async () => {
  const pool = await startPool({ journal: inMemoryJournal(), batchRecordsMax: 2 });
  submitTo(pool, TICK);
  submitTo(pool, TICK);
  assert.throws(() => submitTo(pool, TICK), fault('BATCH_FULL'));
  assert.equal(await pool.commit(), 2);
  submitTo(pool, TICK);
  assert.equal(pool.durableSeq(), 2);
  assert.equal(pool.head().seq, 3);
});

test('a journal that cannot append stops the pool; its bytes are kept and come first', async () => {
  const { content, journal, mood } = moodyJournal();
  const pool = await runningPool(journal);
  const before = content.commits.length;
  const durable = pool.durableSeq();
  submitTo(pool, openAccount('first'));
  mood.failure = new Error('no space left on device');
  await assert.rejects(
    pool.commit(),
    (error) => isFault(error, 'JOURNAL_UNAVAILABLE') && error.found.includes('no space left'),
  );
  assert.throws(() => submitTo(pool, TICK), fault('JOURNAL_UNAVAILABLE'));
  await assert.rejects(pool.commit(), fault('JOURNAL_UNAVAILABLE'));
  assert.equal(pool.durableSeq(), durable);
  mood.failure = null;
  assert.equal(await pool.commit(), durable + 1);
  submitTo(pool, openAccount('second'));
  await pool.commit();
  assert.equal(content.commits.length, before + 2);
  const again = await startPool({ journal });
  assert.ok(again.engine.state.numbers.accounts.has(accountId('first')));
  assert.ok(again.engine.state.numbers.accounts.has(accountId('second')));
});

test('what is submitted while a commit is under way goes into the next one', async () => {
  const { content, journal, mood } = moodyJournal();
  const pool = await runningPool(journal);
  const durable = pool.durableSeq();
  let open = (): void => {};
  mood.gate = new Promise((resolve) => {
    open = resolve;
  });
  submitTo(pool, openAccount('first'));
  const first = pool.commit();
  await new Promise(setImmediate);
  submitTo(pool, openAccount('second'));
  const second = pool.commit();
  assert.equal(pool.durableSeq(), durable);
  open();
  assert.equal(await first, durable + 1);
  assert.equal(await second, durable + 2);
  assert.deepEqual(
    content.commits.slice(-2).map(({ firstSeq, lastSeq }) => [firstSeq, lastSeq]),
    [
      [durable + 1, durable + 1],
      [durable + 2, durable + 2],
    ],
  );
});

test('a deposed writer stays out', async () => {
  const content = emptyJournalContent();
  const old = await runningPool(inMemoryJournal(content));
  const successor = await startPool({ journal: inMemoryJournal(content) });
  assert.equal(successor.recovered.manifest?.status, 'running');
  submitTo(successor, openAccount('theirs'), { time: 1e13 });
  await successor.commit();
  submitTo(old, openAccount('mine'), { time: 1e13 });
  await assert.rejects(old.commit(), fault('JOURNAL_CONFLICT'));
  await assert.rejects(old.commit(), fault('JOURNAL_CONFLICT'));
  assert.throws(() => submitTo(old, TICK), fault('JOURNAL_CONFLICT'));
  await assert.rejects(old.seal(), fault('JOURNAL_CONFLICT'));
});

test('only durable records are published, in order, and again after a failure', async () => {
  const { journal, mood } = moodyJournal();
  const published: number[] = [];
  let failing = false;
  const publisher = {
    publish: async (records: readonly JournalRecord[]) => {
      if (failing) throw new Error('nobody listens');
      for (const { seq } of records) published.push(seq);
    },
  };
  const pool = await startPool({ journal, publisher });
  submitTo(pool, TICK);
  assert.deepEqual(published, []);
  mood.failure = new Error('disk');
  await assert.rejects(pool.commit(), fault('JOURNAL_UNAVAILABLE'));
  assert.deepEqual(published, []);
  mood.failure = null;
  failing = true;
  await assert.rejects(pool.commit(), fault('PUBLISHER_FAILED'));
  assert.equal(pool.durableSeq(), 1);
  failing = false;
  submitTo(pool, TICK);
  await pool.commit();
  await pool.commit();
  assert.deepEqual(published, [1, 2]);
});

test('a sealed pool takes nothing more, and sealing twice is sealing once', async () => {
  const journal = inMemoryJournal();
  const pool = await runningPool(journal);
  const manifest = await pool.seal();
  assert.equal(manifest.status, 'sealed');
  assert.equal(manifest.headSeq, pool.head().seq);
  assert.deepEqual(await pool.seal(), manifest);
  assert.throws(() => submitTo(pool, TICK), fault('POOL_SEALED'));
  const reopened = await startPool({ journal });
  assert.equal((await journal.manifest())?.status, 'running');
  submitTo(reopened, openAccount('late'), { time: 1e13 });
  assert.equal((await reopened.seal()).status, 'sealed');
});

test('the manifest keeps the words of the run that began it', async () => {
  const journal = inMemoryJournal();
  const run = { runId: 'r1', seed: '7', scenario: 'calm', parent: 'r0' };
  await startPool({ journal, run });
  const { runId, seed, scenario, parent, status, configHash } = (await journal.manifest())!;
  assert.deepEqual({ runId, seed, scenario, parent }, run);
  assert.deepEqual([status, configHash], ['running', null]);
  await startPool({ journal, run: { runId: 'r2' } });
  assert.equal((await journal.manifest())?.runId, 'r1');
  assert.equal((await journal.manifest())?.status, 'recovered');
});

test('the version in manifests is the version of the package', () => {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  assert.equal(ENGINE_VERSION, JSON.parse(text).version);
});

const breakBalance = (pool: PoolRuntime): void => {
  (pool.engine.state as PoolState).fees = money('1');
};

test('a defect quarantines: what came before is saved, nothing after is taken', async () => {
  const journal = inMemoryJournal();
  const pool = await runningPool(journal);
  const good = submitTo(pool, openAccount('good'), { time: 1e13 }).at(-1)!;
  breakBalance(pool);
  const bad = (): unknown => submitTo(pool, openAccount('bad'), { time: 1e13 });
  assert.throws(bad, (error) => error instanceof InvariantViolation && error.code === 'INV-1');
  assert.throws(bad, fault('POOL_QUARANTINED'));
  assert.equal(await pool.commit(), good.seq);
  const manifest = await journal.manifest();
  assert.equal(manifest?.status, 'quarantined');
  assert.equal(manifest?.headSeq, good.seq);
  assert.match(manifest?.problem ?? '', new RegExp(`^after record ${good.seq}: INV-1`));
  await assert.rejects(pool.seal(), fault('POOL_QUARANTINED'));
  await assert.rejects(startPool({ journal }), fault('POOL_QUARANTINED'));
});

test('a failed audit quarantines, at a snapshot and at the end', async () => {
  for (const end of ['snapshot', 'seal'] as const) {
    const journal = inMemoryJournal();
    const snapshots = inMemorySnapshotStore();
    const pool = await startPool({ journal, snapshots });
    submitTo(pool, TICK);
    breakBalance(pool);
    await assert.rejects(pool[end](), (error) => error instanceof InvariantViolation);
    assert.equal((await journal.manifest())?.status, 'quarantined');
    assert.equal(await snapshots.latest({ seqMax: 1e9 }), null);
  }
});

test('a snapshot needs a store, and an empty pool needs no snapshot', async () => {
  const without = await startPool({ journal: inMemoryJournal() });
  await assert.rejects(without.snapshot(), fault('SNAPSHOT_UNAVAILABLE'));
  const snapshots = inMemorySnapshotStore();
  const empty = await startPool({ journal: inMemoryJournal(), snapshots });
  assert.equal(await empty.snapshot(), 0);
  assert.equal(await snapshots.latest({ seqMax: 1e9 }), null);
});
