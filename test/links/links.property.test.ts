/**
 * Three pools under everything that can happen between them: nothing is made or lost, everything
 * that is sent ends once, and a pool that fails leaves no trace in pools that have nothing to do
 * with it. The seed is fixed: what the acts lead to is counted and demanded.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { engineTimeMs, InvariantViolation } from '../../src/units/index.ts';
import { bytesOf, hashOf, NAMES, reportOf } from './group-stage.ts';
import { type Act, acts, perform, reach, tellWorld, type World, world } from './group-world.ts';
import { checkConservation, checkEnds } from './transfer-witness.ts';

const SEED = 20_261_128;

async function settleAll(world: World): Promise<void> {
  await world.group.settle(engineTimeMs(world.timeMs));
  assert.deepEqual(world.group.waiting(), []);
}

/** How often each of these was reached, at least. */
const DEMANDED = {
  'transfer TransferReceived': 200,
  'transfer TransferRefused': 20,
  'pledge TransferReceived': 200,
  'pledge TransferRefused': 15,
  'release TransferReceived': 100,
  'home whole': 80,
  'home in part': 1,
  'home lost': 1,
  'crash of one': 30,
  'crash of all': 60,
  'code TRANSFER_ALREADY_RECEIVED': 100,
  'code TRANSFER_ALREADY_REFUSED': 5,
  'code TRANSFER_OUT_OF_ORDER': 5,
  'code TRANSFER_NOT_OPEN': 5,
};

/** Every pledge that its holder can part with goes home. */
function giveBackAll(made: World): void {
  for (const name of NAMES) {
    for (const { pool: fromPool, held } of made.group.pool(name)!.engine.state.links!.links) {
      for (const { number: pledge } of [...held]) {
        tellWorld(made, name, { type: 'ReleasePledge', fromPool, pledge });
      }
    }
  }
}

test('nothing is made or lost between pools, and everything sent ends once', async (t) => {
  const reached: World['reached'] = new Map();
  const property = fc.asyncProperty(acts(160), async (list) => {
    const made = await world(reached);
    for (const act of list) {
      await perform(made, act);
      checkConservation(made);
    }
    await settleAll(made);
    giveBackAll(made);
    await settleAll(made);
    checkConservation(made);
    checkEnds(made);
  });
  await fc.assert(property, { numRuns: 40, seed: SEED });
  t.diagnostic(
    [...reached]
      .map(([what, count]) => `${what}: ${count}`)
      .sort()
      .join(', '),
  );
  for (const [what, least] of Object.entries(DEMANDED)) {
    assert.ok((reached.get(what) ?? 0) >= least, `${what}: ${reached.get(what)} of ${least}`);
  }
});

/** How a pool may end. */
const FAILURES = ['prices', 'journal', 'defect', 'restart', 'anything'] as const;

type Run = { readonly before: readonly Act[]; readonly after: readonly Act[] };

/**
 * All three deal with one another until everything has arrived; then the third one fails, or does
 * not, while the other two go on among themselves.
 */
async function othersAfter({ before, after }: Run, failure: (typeof FAILURES)[number] | null) {
  const reached: World['reached'] = new Map();
  const made = await world(reached);
  for (const act of before) await perform(made, act);
  await settleAll(made);
  await fail(made, failure);
  for (const act of after) {
    await perform(made, betweenTwo(act));
    if (failure === 'anything') await perform(made, { ...act, pool: 2, kind: alone(act.kind) });
  }
  if (failure === 'prices') reach(made, bankruptcies(made) > 0 ? 'bankrupt' : 'restored');
  await made.group.settle(engineTimeMs(made.timeMs));
  const two = ['alpha', 'beta'] as const;
  const others = two.map((name) => [
    bytesOf(made.journals[name].content).toString('hex'),
    hashOf(made.group, name),
  ]);
  return { others, reached };
}

/** From the first to the second or back; a release, which may be to the third, is a transfer. */
const betweenTwo = (act: Act): Act => {
  const kind = act.kind >= 24 && act.kind < 40 ? act.kind - 24 : act.kind;
  return { ...act, kind, pool: act.pool % 2, other: act.pool % 2 };
};

/** Acts of one pool that concern no other. */
const alone = (kind: number): number => 40 + (kind % 24);

const bankruptcies = ({ group }: World): number =>
  group.pool('gamma')!.engine.state.accounts.filter(({ balance }) => balance <= 0n).length;

async function fail(made: World, failure: (typeof FAILURES)[number] | null): Promise<void> {
  const { journals, group } = made;
  if (failure === 'prices') {
    for (const btc of ['60', '170', '20']) {
      tellWorld(made, 'gamma', reportOf(btc, '2', engineTimeMs(made.timeMs)));
    }
  }
  if (failure === 'journal') {
    journals.gamma.mood.fails = true;
    tellWorld(made, 'gamma', { type: 'Tick' });
  }
  if (failure === 'defect') {
    const { state } = group.pool('gamma')!.engine;
    (state as { burned: unknown }).burned = state.deposited;
    assert.throws(() => tellWorld(made, 'gamma', { type: 'Tick' }), InvariantViolation);
  }
  if (failure === 'restart') await group.restart('gamma');
}

test('a pool that fails leaves the journals of the others as they would be', async (t) => {
  const met = new Map<string, number>();
  const run = fc.record({
    before: acts(60),
    after: acts(40),
    failure: fc.constantFrom(...FAILURES),
  });
  const property = fc.asyncProperty(run, async ({ failure, ...lists }) => {
    // Crashes and clocks of the others are the same in both runs; crashes of all are the third's.
    const quiet = { ...lists, after: lists.after.filter(({ kind }) => kind < 98) };
    const undisturbed = await othersAfter(quiet, null);
    const disturbed = await othersAfter(quiet, failure);
    assert.deepEqual(disturbed.others, undisturbed.others);
    met.set(failure, (met.get(failure) ?? 0) + 1);
    if (disturbed.reached.has('bankrupt')) met.set('bankrupt', (met.get('bankrupt') ?? 0) + 1);
  });
  await fc.assert(property, { numRuns: 40, seed: SEED });
  t.diagnostic(
    [...met]
      .map(([what, count]) => `${what}: ${count}`)
      .sort()
      .join(', '),
  );
  for (const what of [...FAILURES, 'bankrupt']) assert.ok((met.get(what) ?? 0) >= 3, what);
});
