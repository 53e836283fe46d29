/** Pools beside one another: what goes between them, and that no failure does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  balanceOf,
  bytesOf,
  hashOf,
  type MoodyJournal,
  moodyJournals,
  NAMES,
  type Name,
  NOW,
  optionsOf,
  sendingOf,
  setUpAll,
  tell,
  trader,
} from '../../test/links/group-stage.ts';
import { linksOf } from '../../test/links/linked-pools.ts';
import { inMemoryJournal, isFault } from '../ports/index.ts';
import { InvariantViolation } from '../units/index.ts';
import { type PoolGroup, recoverPool, startPoolGroup, verifyJournal } from './index.ts';

const transfer = (from: Name, to: Name, text: string) =>
  ({ type: 'TransferOut', ...sendingOf(from, to, text) }) as const;
const pledge = (from: Name, to: Name, text: string) =>
  ({ type: 'PledgeOut', ...sendingOf(from, to, text) }) as const;

async function stage() {
  const journals = moodyJournals();
  const group = await startPoolGroup(optionsOf(journals));
  setUpAll(group);
  await group.settle(NOW);
  return { journals, group };
}

const anyTick = { source: 'host', sourceSeq: 99, command: { type: 'Tick' }, time: NOW } as const;

const balances = (group: PoolGroup): string[] => NAMES.map((name) => balanceOf(group, name));
const seqs = (group: PoolGroup): number[] => NAMES.map((name) => group.pool(name)!.head().seq);

/** As after a crash: from what the journals hold and nothing else. */
const recovered = async (journals: Record<Name, MoodyJournal>): Promise<PoolGroup> =>
  startPoolGroup(optionsOf(journals));

test('what one pool sends arrives in the other, and the first one learns of it', async () => {
  const { group, journals } = await stage();
  tell(group, 'alpha', transfer('alpha', 'beta', '100'));
  tell(group, 'alpha', transfer('alpha', 'gamma', '30'));
  tell(group, 'gamma', pledge('gamma', 'beta', '7'));
  await group.settle(NOW);
  assert.deepEqual(balances(group), ['870', '1107', '1023']);
  for (const name of NAMES) {
    for (const { outgoing } of group.pool(name)!.engine.state.links!.links) {
      assert.deepEqual(outgoing, []);
    }
    const report = await verifyJournal({ journal: inMemoryJournal(journals[name].content) });
    assert.deepEqual(report.violations, []);
  }
});

test('nothing is carried before it is durable, in either direction', async () => {
  const { group } = await stage();
  tell(group, 'alpha', transfer('alpha', 'beta', '100'));
  const before = seqs(group);
  assert.equal(group.carry(NOW), 0);
  assert.deepEqual(seqs(group), before);
  await group.commit('alpha');
  assert.equal(group.carry(NOW), 1, 'to beta, which has not written it down yet');
  assert.equal(group.carry(NOW), 0, 'beta does not answer for what may still be lost');
  await group.commit('beta');
  assert.equal(group.carry(NOW), 1);
  await group.commitAll();
  assert.equal(group.carry(NOW), 0);
  assert.deepEqual(balances(group), ['900', '1100', '1000']);
});

test('everything that can be carried is carried at once', async () => {
  const { group } = await stage();
  for (const text of ['1', '2', '3']) tell(group, 'alpha', transfer('alpha', 'beta', text));
  await group.commitAll();
  assert.equal(group.carry(NOW), 3);
  await group.commitAll();
  assert.equal(group.carry(NOW), 3);
  assert.deepEqual(balances(group), ['994', '1006', '1000']);
});

test('what was refused comes back', async () => {
  const { group } = await stage();
  const nobody = { toAccount: trader('nowhere') };
  tell(group, 'alpha', { ...transfer('alpha', 'beta', '100'), ...nobody });
  tell(group, 'alpha', transfer('alpha', 'beta', '1'));
  await group.settle(NOW);
  assert.deepEqual(balances(group), ['999', '1001', '1000']);
});

test('a crash between sending and closing loses nothing and doubles nothing', async () => {
  /** Commits and carries one after the other, and crashes after so many of them. */
  const crashAfter = async (steps: number) => {
    const { group, journals } = await stage();
    tell(group, 'alpha', transfer('alpha', 'beta', '100'));
    tell(group, 'alpha', { ...transfer('alpha', 'beta', '5'), toAccount: trader('nowhere') });
    tell(group, 'alpha', pledge('alpha', 'beta', '20'));
    for (let step = 0; step < steps; step += 1) {
      if (step % 2 === 0) await group.commitAll();
      else group.carry(NOW);
    }
    const again = await recovered(journals);
    await again.settle(NOW);
    return balances(again).slice(0, 2);
  };
  assert.deepEqual(await crashAfter(0), ['1000', '1000'], 'what was not durable was not sent');
  for (let steps = 1; steps < 8; steps += 1) {
    assert.deepEqual(await crashAfter(steps), ['880', '1120'], `after ${steps} steps`);
  }
});

test('a pool whose journal fails stalls alone, and goes on when the journal does', async () => {
  const { group, journals } = await stage();
  journals.beta.mood.fails = true;
  tell(group, 'beta', transfer('beta', 'alpha', '1'));
  tell(group, 'alpha', transfer('alpha', 'beta', '10'));
  tell(group, 'alpha', transfer('alpha', 'gamma', '20'));
  await group.settle(NOW);
  assert.equal(group.conditionOf('beta').condition, 'stalled');
  assert.equal(group.conditionOf('alpha').condition, 'running');
  assert.equal(balanceOf(group, 'alpha'), '970', 'beta’s transfer was never durable');
  assert.equal(balanceOf(group, 'gamma'), '1020');
  assert.throws(
    () => tell(group, 'beta', transfer('beta', 'alpha', '1')),
    (error) => isFault(error, 'JOURNAL_UNAVAILABLE'),
  );
  journals.beta.mood.fails = false;
  await group.settle(NOW);
  assert.equal(group.conditionOf('beta').condition, 'running');
  assert.deepEqual(balances(group), ['971', '1009', '1020']);
});

test('a journal that keeps its writer waiting keeps no other pool waiting', async () => {
  const { group, journals } = await stage();
  journals.beta.mood.waits = true;
  tell(group, 'beta', transfer('beta', 'alpha', '1'));
  const hanging = group.commit('beta');
  tell(group, 'alpha', transfer('alpha', 'gamma', '20'));
  await group.commit('alpha');
  assert.equal(group.carry(NOW), 1);
  await group.commit('gamma');
  assert.equal(group.carry(NOW), 1);
  await group.commit('alpha');
  assert.deepEqual(balances(group), ['980', '999', '1020']);
  journals.beta.mood.waits = false;
  journals.beta.mood.release!();
  await hanging;
  await group.settle(NOW);
  assert.deepEqual(balances(group), ['981', '999', '1020']);
});

test('a pool that was deposed stops, and can be started again from its journal', async () => {
  const { group, journals } = await stage();
  const other = await startPoolGroup({ beta: { journal: inMemoryJournal(journals.beta.content) } });
  tell(other, 'beta', transfer('beta', 'gamma', '3'));
  await other.commit('beta');
  tell(group, 'beta', transfer('beta', 'gamma', '50'));
  tell(group, 'alpha', transfer('alpha', 'beta', '10'));
  await group.settle(NOW);
  const condition = group.conditionOf('beta');
  assert.equal(condition.condition, 'stopped');
  assert.ok('problem' in condition && isFault(condition.problem, 'JOURNAL_CONFLICT'));
  assert.deepEqual(group.waiting(), [
    { fromPool: 'alpha', toPool: 'beta', number: 1, reason: 'not-running' },
  ]);
  assert.equal(balanceOf(group, 'gamma'), '1000');
  assert.equal((await group.restart('beta')).condition, 'running');
  await group.settle(NOW);
  assert.deepEqual(balances(group), ['990', '1007', '1003']);
});

test('a defect in one pool stops it, and leaves no trace in the others', async () => {
  const run = async (defect: boolean) => {
    const { group, journals } = await stage();
    tell(group, 'gamma', transfer('gamma', 'alpha', '4'));
    await group.settle(NOW);
    if (defect) {
      // Its own state is damaged as by a bug: the next record finds that money is missing.
      const { state } = group.pool('gamma')!.engine;
      (state as { fees: unknown }).fees = state.deposited;
      const trade = transfer('gamma', 'beta', '1');
      assert.throws(() => tell(group, 'gamma', trade), InvariantViolation);
      assert.equal(group.conditionOf('gamma').condition, 'stopped');
    }
    tell(group, 'alpha', transfer('alpha', 'beta', '9'));
    tell(group, 'beta', pledge('beta', 'alpha', '8'));
    await group.settle(NOW);
    const twoOf = <T>(of: (name: Name) => T) => [of('alpha'), of('beta')];
    return {
      bytes: twoOf((name) => bytesOf(journals[name].content).toString('hex')),
      hashes: twoOf((name) => hashOf(group, name)),
    };
  };
  assert.deepEqual(await run(true), await run(false));
});

test('a defect that an audit finds stops the pool, and nothing is carried from it', async () => {
  const { group } = await stage();
  tell(group, 'gamma', transfer('gamma', 'alpha', '4'));
  await group.commitAll();
  const { state } = group.pool('gamma')!.engine;
  (state.accounts[0] as { balance: unknown }).balance = state.deposited;
  await assert.rejects(group.seal('gamma'), InvariantViolation);
  assert.equal(group.conditionOf('gamma').condition, 'stopped');
  assert.equal(group.carry(NOW), 0);
  tell(group, 'alpha', transfer('alpha', 'beta', '9'));
  await group.settle(NOW);
  assert.equal(balanceOf(group, 'beta'), '1009');
  const again = await group.restart('gamma');
  assert.ok('problem' in again && isFault(again.problem, 'POOL_QUARANTINED'));
});

test('while a pool is being started it takes nothing', async () => {
  const { group } = await stage();
  const starting = group.restart('beta');
  assert.equal(group.conditionOf('beta').condition, 'stopped');
  assert.throws(() => group.submit('beta', anyTick), /being started/);
  assert.equal(await group.commit('beta'), null);
  assert.equal((await starting).condition, 'running');
  group.submit('beta', anyTick);
});

test('a pool that cannot be started keeps no other from starting', async () => {
  const { journals } = await stage();
  // Records without the manifest that says what they are.
  journals.beta.content.manifest = null;
  const group = await recovered(journals);
  assert.equal(group.conditionOf('beta').condition, 'stopped');
  assert.equal(group.pool('beta'), null);
  tell(group, 'alpha', transfer('alpha', 'gamma', '1'));
  await group.settle(NOW);
  assert.equal(balanceOf(group, 'gamma'), '1001');
  assert.throws(() => group.submit('beta', anyTick), { code: 'JOURNAL_CORRUPT' });
});

test('what a sender did wrong does not stop the pool', async () => {
  const { group } = await stage();
  const submission = { sourceSeq: 1, command: { type: 'Tick' }, time: NOW } as const;
  assert.throws(() => group.submit('alpha', { ...submission, source: 'engine' }));
  assert.throws(() => group.submit('alpha', { ...submission, source: 'not a name' }));
  assert.equal(group.conditionOf('alpha').condition, 'running');
  assert.throws(() => group.submit('omega', { ...submission, source: 'host' }), RangeError);
});

test('what cannot be carried waits, and it is said why', async () => {
  const { group } = await stage();
  tell(group, 'alpha', linksOf('alpha', ['beta', 'omega']));
  tell(group, 'alpha', { ...transfer('alpha', 'beta', '1'), toPool: 'omega' });
  await group.settle(NOW);
  const waits = { fromPool: 'alpha', toPool: 'omega', number: 1 };
  assert.deepEqual(group.waiting(), [{ ...waits, reason: 'no-such-pool' }]);
});

test('a pool under another name than its own, or linked to nobody, is given nothing', async () => {
  const journals = moodyJournals();
  const group = await startPoolGroup(optionsOf(journals));
  setUpAll(group);
  await group.settle(NOW);
  const swapped = await startPoolGroup({
    alpha: { journal: inMemoryJournal(journals.alpha.content) },
    beta: { journal: inMemoryJournal(journals.gamma.content) },
    gamma: { journal: inMemoryJournal() },
  });
  tell(swapped, 'alpha', transfer('alpha', 'beta', '1'));
  tell(swapped, 'alpha', transfer('alpha', 'gamma', '2'));
  const before = seqs(swapped);
  await swapped.settle(NOW);
  assert.deepEqual(seqs(swapped), before, 'nothing was written anywhere');
  const reasons = swapped.waiting().map(({ toPool, reason }) => [toPool, reason]);
  assert.deepEqual(reasons, [
    ['beta', 'named-otherwise'],
    ['gamma', 'not-linked'],
  ]);
});

test('a publisher that fails holds back no transfer of what is durable', async () => {
  const journals = moodyJournals();
  let fails = true;
  const publish = async (): Promise<void> => {
    if (fails) throw new Error('nobody listens');
  };
  const options = optionsOf(journals);
  const alpha = { ...options.alpha, publisher: { publish } };
  const group = await startPoolGroup({ ...options, alpha });
  setUpAll(group);
  tell(group, 'alpha', transfer('alpha', 'beta', '1'));
  await group.settle(NOW);
  assert.equal(group.conditionOf('alpha').condition, 'stalled');
  assert.deepEqual(balances(group), ['999', '1001', '1000']);
  fails = false;
  await group.settle(NOW);
  assert.equal(group.conditionOf('alpha').condition, 'running');
});

test('the journals of a group are journals like any other', async () => {
  const { group, journals } = await stage();
  tell(group, 'alpha', transfer('alpha', 'beta', '12'));
  await group.settle(NOW);
  for (const name of NAMES) {
    const found = await recoverPool({ journal: inMemoryJournal(journals[name].content) });
    assert.equal(found.stateHash, hashOf(group, name));
    const manifest = await group.seal(name);
    assert.equal(manifest.stateHash, found.stateHash);
  }
  assert.throws(
    () => tell(group, 'alpha', transfer('alpha', 'beta', '1')),
    (error) => isFault(error, 'POOL_SEALED'),
  );
  assert.equal(group.conditionOf('alpha').condition, 'sealed');
});
