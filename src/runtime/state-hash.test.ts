import assert from 'node:assert/strict';
import { test } from 'node:test';
import { POOL } from '../../test/pools/pool-driver.ts';
import { type Command, emptyPool } from '../engine/index.ts';
import { emptyJournalContent, inMemoryJournal } from '../ports/index.ts';
import { accountId, type EngineTimeMs } from '../units/index.ts';
import { RUN_RECORDS } from './chain-hash.ts';
import { startPool } from './index.ts';
import { runsPerStateHash } from './state-hash.ts';

/** What 64 chunks of the encoding hold. */
const MOST = 64 * 256;

/** Only how many accounts there are is asked. */
const poolOf = (accounts: number) => ({
  ...emptyPool(),
  accounts: new Array<never>(accounts),
});

test('state hashes stand further apart the more accounts there are to encode', () => {
  assert.equal(runsPerStateHash(poolOf(0)), 64);
  assert.equal(runsPerStateHash(poolOf(MOST)), 64);
  assert.equal(runsPerStateHash(poolOf(MOST + 1)), 128);
  assert.equal(runsPerStateHash(poolOf(2 * MOST)), 128);
  assert.equal(runsPerStateHash(poolOf(2 * MOST + 1)), 256);
  assert.equal(runsPerStateHash(poolOf(1_000_000)), 4_096);
});

/** A pool, one account more than 64 chunks hold, then nothing but time. */
function commandAt(number: number): Command {
  if (number === 1) return { type: 'ConfigurePool', parameters: POOL };
  if (number > MOST + 2) return { type: 'Tick' };
  const account = accountId(`a${number}`);
  return { type: 'OpenAccount', account, owner: 'o', parent: null, market: null };
}

test('where state hashes stand follows from the pool, however often it is started', async () => {
  const content = emptyJournalContent();
  let pool = await startPool({ journal: inMemoryJournal(content) });
  for (let number = 1; number <= 193 * RUN_RECORDS; number += 1) {
    const command = commandAt(number);
    pool.submit({ source: 'host', sourceSeq: number, command, time: number as EngineTimeMs });
    if (number % 20_000 !== 0) continue;
    await pool.commit();
    pool = await startPool({ journal: inMemoryJournal(content) });
  }
  assert.equal(pool.engine.state.accounts.length, MOST + 1);
  await pool.commit();
  const seals = content.commits.flatMap((commit) => commit.seals);
  const hashed = seals.filter(({ stateHash }) => stateHash !== null).map(({ seq }) => seq);
  // At the end of run 64 the pool still has its 64 chunks; from then on every second hash is left
  // out, and at run 192 the one that would be.
  assert.deepEqual(hashed, [64 * RUN_RECORDS, 128 * RUN_RECORDS]);
});
