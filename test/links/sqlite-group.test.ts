/**
 * Three pools in one process, each with a file of its own: transfers survive a crash at any moment
 * between two commits, and a file that is taken away stops the pool it belongs to and no other.
 */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openSqliteStore } from '../../adapters/sqlite/index.ts';
import { isFault, type Journal } from '../../src/ports/index.ts';
import { type PoolGroup, startPoolGroup, verifyJournal } from '../../src/runtime/index.ts';
import { balanceOf, hashOf, NAMES, NOW, sendingOf, setUpAll, tell } from './group-stage.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-group-'));
const opened: Journal[] = [];
after(async () => {
  for (const journal of opened) await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

const fileOf = (where: string, name: string): string => join(where, `${name}.sqlite`);

async function groupIn(where: string, access: 'create' | 'write'): Promise<PoolGroup> {
  const pools = NAMES.map((name) => {
    const { journal, snapshots } = openSqliteStore({ file: fileOf(where, name), access });
    opened.push(journal);
    return [name, { journal, snapshots }] as const;
  });
  return startPoolGroup(Object.fromEntries(pools));
}

function placeOf(title: string): string {
  const where = join(folder, title);
  mkdirSync(where);
  return where;
}

/** The files as they lie there while their writers are at work: as a crash would leave them. */
function crashOf(where: string, title: string): string {
  const copy = placeOf(title);
  for (const name of NAMES) {
    for (const suffix of ['', '-wal']) {
      const file = fileOf(where, name) + suffix;
      if (existsSync(file)) copyFileSync(file, fileOf(copy, name) + suffix);
    }
  }
  return copy;
}

const balances = (group: PoolGroup): string[] => NAMES.map((name) => balanceOf(group, name));

test('whatever commit a crash follows, every transfer ends once', async () => {
  const where = placeOf('live');
  const group = await groupIn(where, 'create');
  setUpAll(group);
  await group.settle(NOW);
  tell(group, 'alpha', { type: 'TransferOut', ...sendingOf('alpha', 'beta', '100') });
  tell(group, 'alpha', { type: 'PledgeOut', ...sendingOf('alpha', 'gamma', '40') });
  tell(group, 'beta', { type: 'TransferOut', ...sendingOf('beta', 'gamma', '3') });
  const crashes = [];
  for (let round = 0; ; round += 1) {
    for (const name of NAMES) {
      await group.commit(name);
      crashes.push(crashOf(where, `crash-${round}-${name}`));
    }
    if (round % 2 === 0) await group.snapshot('alpha');
    if (group.carry(NOW) === 0) break;
  }
  assert.deepEqual(balances(group), ['860', '1097', '1043']);
  assert.equal(crashes.length, 9);
  const hashes = NAMES.map((name) => hashOf(group, name));
  for (const [at, crash] of crashes.entries()) {
    const again = await groupIn(crash, 'write');
    await again.settle(NOW);
    // Of beta's transfer nothing was durable after the first commit of all, which was alpha's.
    const expected = at === 0 ? ['860', '1100', '1040'] : ['860', '1097', '1043'];
    assert.deepEqual(balances(again), expected, crash);
    if (at === crashes.length - 1) {
      assert.deepEqual(
        NAMES.map((name) => hashOf(again, name)),
        hashes,
      );
    }
  }
  for (const name of NAMES) {
    const { journal } = openSqliteStore({ file: fileOf(where, name), access: 'read' });
    opened.push(journal);
    assert.deepEqual((await verifyJournal({ journal })).violations, []);
  }
});

test('a file that is closed under its pool stops that pool and no other', async () => {
  const where = placeOf('closed');
  const group = await groupIn(where, 'create');
  setUpAll(group);
  await group.settle(NOW);
  await opened.at(-2)!.close();
  tell(group, 'beta', { type: 'TransferOut', ...sendingOf('beta', 'gamma', '3') });
  tell(group, 'alpha', { type: 'TransferOut', ...sendingOf('alpha', 'gamma', '1') });
  tell(group, 'alpha', { type: 'TransferOut', ...sendingOf('alpha', 'beta', '2') });
  await group.settle(NOW);
  const condition = group.conditionOf('beta');
  assert.ok('problem' in condition && isFault(condition.problem));
  assert.deepEqual([balanceOf(group, 'alpha'), balanceOf(group, 'gamma')], ['997', '1001']);
  const { journal } = openSqliteStore({ file: fileOf(where, 'beta'), access: 'write' });
  opened.push(journal);
  assert.deepEqual(await group.restart('beta', { journal }), { condition: 'running' });
  await group.settle(NOW);
  assert.deepEqual(balances(group), ['997', '1002', '1001']);
});
