/** Pools of a group that are started again, ended, or cannot keep snapshots. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  balanceOf,
  moodyJournals,
  NAMES,
  NOW,
  optionsOf,
  sendingOf,
  setUpAll,
  tell,
} from '../../test/links/group-stage.ts';
import {
  emptyJournalContent,
  Fault,
  inMemoryJournal,
  inMemorySnapshotStore,
  isFault,
  type SnapshotStore,
} from '../ports/index.ts';
import { type PoolGroup, startPool, startPoolGroup, TRANSFER_SOURCE } from './index.ts';

const turn = () => new Promise(setImmediate);
const transfer = (from: 'alpha' | 'beta', to: 'alpha' | 'beta', text: string) =>
  ({ type: 'TransferOut', ...sendingOf(from, to, text) }) as const;

async function stage(snapshots?: SnapshotStore) {
  const journals = moodyJournals();
  const options = optionsOf(journals);
  if (snapshots !== undefined) options.alpha = { ...options.alpha, snapshots };
  const group = await startPoolGroup(options);
  setUpAll(group);
  await group.settle(NOW);
  return { journals, group };
}

const balances = (group: PoolGroup): string[] => NAMES.map((name) => balanceOf(group, name));

test('a restart waits for the commit that is under way, whichever way that ends', async () => {
  for (const arrives of [true, false]) {
    const { group, journals } = await stage();
    const { journal } = journals.alpha;
    const gate = { open: (): void => {} };
    const append: typeof journal.append = async (commit) => {
      await new Promise<void>((resolve) => {
        gate.open = resolve;
      });
      if (!arrives) throw new Error('disk');
      await journal.append(commit);
    };
    await group.restart('alpha', { journal: { ...journal, append } });
    tell(group, 'alpha', transfer('alpha', 'beta', '100'));
    const slow = group.commit('alpha');
    await turn();
    const starting = group.restart('alpha', { journal });
    await turn();
    assert.equal(group.pool('alpha'), null, 'it is not started while that may still arrive');
    assert.throws(() => tell(group, 'alpha', transfer('alpha', 'beta', '1')));
    gate.open();
    assert.deepEqual(await starting, { condition: 'running' });
    assert.equal((await slow) !== null, arrives);
    tell(group, 'alpha', transfer('alpha', 'beta', '1'));
    await group.settle(NOW);
    assert.deepEqual(group.conditionOf('alpha'), { condition: 'running' });
    assert.deepEqual(balances(group).slice(0, 2), arrives ? ['899', '1101'] : ['999', '1001']);
  }
});

test('a restart waits for a snapshot and for the end of a run as for a commit', async () => {
  for (const work of ['snapshot', 'seal'] as const) {
    const { group, journals } = await stage(inMemorySnapshotStore());
    tell(group, 'alpha', transfer('alpha', 'beta', '100'));
    const { mood } = journals.alpha;
    mood.waits = true;
    const slow = group[work]('alpha');
    await turn();
    const starting = group.restart('alpha');
    await turn();
    assert.equal(group.pool('alpha'), null);
    mood.waits = false;
    mood.release!();
    await slow;
    assert.deepEqual(await starting, { condition: 'running' });
    tell(group, 'alpha', transfer('alpha', 'beta', '1'));
    await group.settle(NOW);
    assert.deepEqual(balances(group), ['899', '1101', '1000']);
  }
});

test('a restart waits for a snapshot that a later commit has overtaken', async () => {
  const inner = inMemorySnapshotStore();
  const gate = { open: (): void => {} };
  const save: SnapshotStore['save'] = async (snapshot) => {
    await new Promise<void>((resolve) => {
      gate.open = resolve;
    });
    await inner.save(snapshot);
  };
  const { group } = await stage({ ...inner, save });
  const slow = group.snapshot('alpha');
  await turn();
  tell(group, 'alpha', transfer('alpha', 'beta', '1'));
  await group.commit('alpha');
  const starting = group.restart('alpha');
  await turn();
  assert.equal(await inner.latest({ seqMax: 1e9 }), null);
  assert.equal(group.pool('alpha'), null);
  gate.open();
  assert.deepEqual(await starting, { condition: 'running' });
  assert.equal(group.pool('alpha')!.recovered.snapshotSeq, await slow);
});

test('restarts at once are one after the other, and the last one’s options hold', async () => {
  const { group, journals } = await stage();
  const content = emptyJournalContent();
  const fresh = { journal: inMemoryJournal(content) };
  const { journal } = journals.alpha;
  let isReading = 0;
  const slow = {
    ...journal,
    manifest: async () => {
      isReading += 1;
      assert.equal(isReading, 1, 'two starts read the journal at once');
      await turn();
      isReading -= 1;
      return journal.manifest();
    },
  };
  const first = group.restart('alpha', { journal: slow });
  await turn();
  const others = [group.restart('alpha', { journal: slow }), group.restart('alpha', fresh)];
  const found = await Promise.all([first, ...others]);
  assert.deepEqual(
    found.map(({ condition }) => condition),
    ['running', 'running', 'running'],
  );
  assert.equal(group.pool('alpha')!.head().seq, 0, 'it was started from the last journal');
  assert.notEqual(content.manifest, null);
  assert.equal((await group.restart('alpha', { journal })).condition, 'running');
  tell(group, 'alpha', transfer('alpha', 'beta', '1'));
  await group.settle(NOW);
  assert.deepEqual(balances(group), ['999', '1001', '1000']);
});

test('a snapshot store that fails keeps no pool from its work', async () => {
  const inner = inMemorySnapshotStore();
  for (const broken of ['save', 'prune'] as const) {
    let fails = true;
    const work = async (input: never): Promise<void> => {
      if (fails) throw new Error('no space left on device');
      await inner[broken](input);
    };
    const { group } = await stage({ ...inner, [broken]: work });
    tell(group, 'alpha', transfer('alpha', 'beta', '100'));
    await assert.rejects(
      group.snapshot('alpha'),
      (error) =>
        isFault(error, 'SNAPSHOT_UNAVAILABLE') &&
        error.retryable &&
        error.found === 'no space left on device',
    );
    assert.deepEqual(group.conditionOf('alpha'), { condition: 'running' });
    await group.settle(NOW);
    assert.deepEqual(balances(group), ['900', '1100', '1000']);
    fails = false;
    const { seq } = group.pool('alpha')!.head();
    assert.equal(await group.snapshot('alpha'), seq);
    assert.equal((await inner.latest({ seqMax: seq }))!.seq, seq);
  }
});

test('a manifest that cannot be saved is the journal’s failure, and is tried again', async () => {
  const { journals } = await stage();
  let fails = false;
  const { journal } = journals.alpha;
  const saveManifest: typeof journal.saveManifest = async (manifest) => {
    if (fails) throw new Error('disk');
    await journal.saveManifest(manifest);
  };
  const again = await startPoolGroup({ alpha: { journal: { ...journal, saveManifest } } });
  fails = true;
  await assert.rejects(again.seal('alpha'), (error) => isFault(error, 'JOURNAL_UNAVAILABLE'));
  assert.deepEqual(again.conditionOf('alpha'), { condition: 'running' });
  fails = false;
  assert.equal((await again.seal('alpha')).status, 'sealed');
});

test('a pool that is stopped takes nothing, whatever stopped it', async () => {
  const closed = new Fault('JOURNAL_CLOSED', { message: 'm', expected: 'e', found: 'f' });
  const save = async (): Promise<void> => {
    throw closed;
  };
  const { group } = await stage({ ...inMemorySnapshotStore(), save });
  await assert.rejects(group.snapshot('alpha'), (error) => error === closed);
  assert.deepEqual(group.conditionOf('alpha'), { condition: 'stopped', problem: closed });
  const before = group.pool('alpha')!.head();
  assert.throws(
    () => tell(group, 'alpha', transfer('alpha', 'beta', '1')),
    (error) => error === closed,
  );
  assert.deepEqual(group.pool('alpha')!.head(), before);
  assert.equal((await group.restart('alpha')).condition, 'running');
  tell(group, 'alpha', transfer('alpha', 'beta', '1'));
});

test('a pool that was sealed is so called, and nothing is carried to it or from it', async () => {
  const { group } = await stage();
  tell(group, 'alpha', transfer('alpha', 'beta', '100'));
  tell(group, 'beta', transfer('beta', 'alpha', '7'));
  await group.commitAll();
  await group.seal('beta');
  assert.deepEqual(group.conditionOf('beta'), { condition: 'sealed' });
  const waiting = [
    { fromPool: 'alpha', toPool: 'beta', number: 1, reason: 'not-running' },
    { fromPool: 'beta', toPool: 'alpha', number: 1, reason: 'not-running' },
  ];
  assert.deepEqual(group.waiting(), waiting);
  assert.equal(group.carry(NOW), 0);
  await group.settle(NOW);
  assert.throws(
    () => tell(group, 'beta', transfer('beta', 'alpha', '1')),
    (error) => isFault(error, 'POOL_SEALED'),
  );
  assert.deepEqual(group.conditionOf('beta'), { condition: 'sealed' });
  assert.deepEqual(group.waiting(), waiting);
  assert.equal((await group.restart('beta')).condition, 'running');
  await group.settle(NOW);
  assert.deepEqual(balances(group), ['907', '1093', '1000']);
  assert.deepEqual(group.waiting(), []);
});

test('nobody else sends under the name of what carries transfers', async () => {
  const { group } = await stage();
  const poison = { source: TRANSFER_SOURCE, sourceSeq: Number.MAX_SAFE_INTEGER, time: NOW };
  assert.throws(
    () => group.submit('beta', { ...poison, command: { type: 'Tick' } }),
    (error) => isFault(error, 'SOURCE_RESERVED'),
  );
  assert.deepEqual(group.conditionOf('beta'), { condition: 'running' });
  tell(group, 'alpha', transfer('alpha', 'beta', '100'));
  await group.settle(NOW);
  assert.deepEqual(balances(group), ['900', '1100', '1000']);
});

test('a transfer that a pool does not take is told of, until it does', async () => {
  const journals = moodyJournals();
  const options = optionsOf(journals);
  const beta = { ...options.beta, batchRecordsMax: 1 };
  const group = await startPoolGroup(options);
  setUpAll(group);
  await group.settle(NOW);
  await group.restart('beta', beta);
  for (const text of ['100', '20', '3']) tell(group, 'alpha', transfer('alpha', 'beta', text));
  await group.commitAll();
  assert.deepEqual(group.waiting(), []);
  assert.equal(group.carry(NOW), 1);
  const [waiting, ...rest] = group.waiting();
  assert.deepEqual(rest, []);
  assert.ok(waiting !== undefined && waiting.reason === 'not-taken');
  const { problem, ...about } = waiting;
  assert.deepEqual(about, { fromPool: 'alpha', toPool: 'beta', number: 2, reason: 'not-taken' });
  assert.ok(isFault(problem, 'BATCH_FULL'));
  await group.settle(NOW);
  assert.deepEqual(group.waiting(), []);
  assert.deepEqual(balances(group), ['877', '1123', '1000']);
});

test('a journal in which the numbers of the carrier are used up says so', async () => {
  const { group, journals } = await stage();
  // Written by a host that ran the pool alone.
  await group.commitAll();
  const alone = await startPool({ journal: journals.beta.journal });
  const last = { source: TRANSFER_SOURCE, sourceSeq: Number.MAX_SAFE_INTEGER, time: NOW };
  alone.submit({ ...last, command: { type: 'Tick' } });
  await alone.commit();
  await group.restart('beta');
  tell(group, 'alpha', transfer('alpha', 'beta', '100'));
  await group.settle(NOW);
  const [waiting] = group.waiting();
  assert.ok(waiting?.reason === 'not-taken' && isFault(waiting.problem, 'COMMAND_MALFORMED'));
  assert.equal(group.conditionOf('beta').condition, 'running');
});
