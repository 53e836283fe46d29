/**
 * Random histories of deposits, exits, redemptions, takeovers, deals and price moves: money is
 * conserved to the unit, shares are neither made nor lost, no cap is exceeded, no notice is
 * skipped, nobody takes out more than its part, and everything ends.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  audit,
  chunkCount,
  createEngine,
  dueWork,
  type Engine,
  encodeChunk,
  encodeHead,
  restorePool,
} from '../../src/engine/index.ts';
import { createRandom } from '../model/random.ts';
import { EXTREMES, exchanged } from '../pools/exchanged-numbers.ts';
import { createWorld, happening } from './amm-and-vault-world.ts';
import { createWitness } from './vault-witness.ts';

const SEEDS = 40;
const STEPS = 250;
/** Records of the engine itself after one from outside: liquidations are few, and each ends. */
const WORK_MAX = 400;

/** Everything that a state is, as bytes. */
const encoded = ({ state }: Engine): Uint8Array[] => [
  encodeHead(state),
  ...Array.from({ length: chunkCount(state) }, (_, at) => encodeChunk(state, at)),
];

function restored(engine: Engine): Engine {
  const [head, ...chunks] = encoded(engine);
  const result = restorePool(head!, chunks);
  assert.ok(result.ok);
  return createEngine(result.state);
}

function history(seed: number, seen: Map<string, number>): void {
  const world = createWorld(seed);
  const { pool } = world;
  const witness = createWitness();
  let watched = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const command = happening(world);
    const { code } = pool.attempt(command);
    const { records } = pool;
    assert.ok(records.length - watched < WORK_MAX || step === 0, `seed ${seed}: no end`);
    for (const record of records.slice(watched)) witness.watch(record);
    watched = records.length;
    assert.deepEqual(audit(pool.engine.state).problems, [], `seed ${seed}, step ${step}`);
    const outcome = `${command.type} ${code === null ? 'taken' : 'refused'}`;
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    if (step % 50 !== 49) continue;
    const before = encoded(pool.engine);
    const again = restored(pool.engine);
    const same = encoded(again).every((bytes, at) => Buffer.compare(bytes, before[at]!) === 0);
    assert.ok(same, `seed ${seed}, step ${step}: a snapshot is another state`);
    assert.equal(dueWork(again), null, 'a snapshot makes something due that was not');
  }
  for (const [type, count] of witness.seen) seen.set(type, (seen.get(type) ?? 0) + count);
}

test('whatever happens, in whatever order, nobody is robbed and everything ends', (t) => {
  const seen = new Map<string, number>();
  for (let seed = 1; seed <= SEEDS; seed += 1) history(seed, seen);
  const counted = [...seen].sort().map(([what, count]) => `${what} ${count}`);
  t.diagnostic(counted.join(', '));
  const least = {
    AccountTakenOver: 40,
    ClosedByAmm: 100,
    TradedWithAmm: 100,
    VaultDeposited: 300,
    VaultRedeemed: 80,
    'RedeemVault refused': 100,
    'DepositVault refused': 100,
    'RequestVaultExit refused': 100,
  };
  for (const [what, times] of Object.entries(least)) {
    assert.ok((seen.get(what) ?? 0) >= times, `${what}: only ${seen.get(what) ?? 0}`);
  }
});

test('whatever numbers are sent, an answer comes back and the books agree', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const world = createWorld(seed);
    const { pool } = world;
    const random = createRandom(seed);
    const witness = createWitness();
    let watched = 0;
    for (let step = 0; step < STEPS; step += 1) {
      const command = happening(world);
      const twist = { place: random.below(100), extreme: random.below(EXTREMES.length) };
      pool.attempt(random.chance(30) ? exchanged(command, twist) : command);
      for (const record of pool.records.slice(watched)) witness.watch(record);
      watched = pool.records.length;
    }
    assert.deepEqual(audit(pool.engine.state).problems, [], `seed ${seed}`);
  }
});
