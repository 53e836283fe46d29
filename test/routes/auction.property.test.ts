/**
 * Random histories in which every way out is open: bids of every kind among price moves, deposits,
 * withdrawals, debts, takeovers, deals and takes. Nobody is robbed, nothing is made or lost, no bid
 * is filled beyond what it says, no late bid is filled at all, everything ends though nobody acts
 * any more, and a snapshot taken anywhere decides the same.
 *
 * The seeds are the numbers from 1, fixed: the test also counts what they reach.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  applyRecord,
  auctionPathMs,
  audit,
  type Command,
  chunkCount,
  createEngine,
  decide,
  dueWork,
  type Engine,
  encodeChunk,
  encodeHead,
  type JournalRecord,
  restorePool,
} from '../../src/engine/index.ts';
import { engineTimeMs } from '../../src/units/index.ts';
import { createRandom } from '../model/random.ts';
import { EXTREMES, exchanged } from '../pools/exchanged-numbers.ts';
import type { World } from './auction-stage.ts';
import { auctionWatcher } from './auction-witness.ts';
import { calm, createWorld, happening, reported } from './auction-world.ts';
import { createWitness } from './vault-witness.ts';

const SEEDS = Number(process.env['AUCTION_SEEDS'] ?? 28);
const STEPS = 120;
/** Records of the engine itself after one from outside. */
const WORK_MAX = 400;

/** Everything that a state is, as bytes. */
const encoded = ({ state }: Engine): Buffer =>
  Buffer.concat([
    encodeHead(state),
    ...Array.from({ length: chunkCount(state) }, (_, at) => encodeChunk(state, at)),
  ]);

function restored({ state }: Engine): Engine {
  const chunks = Array.from({ length: chunkCount(state) }, (_, at) => encodeChunk(state, at));
  const result = restorePool(encodeHead(state), chunks);
  assert.ok(result.ok, 'a snapshot was not read');
  return createEngine(result.state);
}

/** What was decided is decided again, from where it was restored. */
function follow(engine: Engine, records: readonly JournalRecord[]): void {
  for (const record of records) {
    const { envelope, outcome } = record;
    if (envelope.source === 'engine') assert.deepEqual(dueWork(engine), envelope.command);
    const time = engineTimeMs(record.time);
    assert.deepEqual(decide(engine.state, envelope, time), outcome, 'decided another way');
    applyRecord(engine, { ...record, time });
  }
}

type Told = Map<string, number>;

const tell = (told: Told, what: string): void => {
  told.set(what, (told.get(what) ?? 0) + 1);
};

/** Refusals that come before anybody looks at the version of the account. */
const EARLIER = new Set([
  'NOT_POSITIVE',
  'INVALID_PARAMETER',
  'AUCTION_NOT_OPEN',
  'BID_MISMATCH',
  'ACCOUNT_UNKNOWN',
  'BIDDER_NOT_ELIGIBLE',
  'ACCOUNT_IN_LIQUIDATION',
  'ACCOUNT_ISOLATED',
  'MARKET_NOT_TRADABLE_BY_ACCOUNT',
]);

/** Whether a bid is bound to another account than there is. */
function isStale({ engine }: World['pool'], command: Command): boolean {
  if (command.type !== 'PlaceBid' || command.accountVersion === null) return false;
  const running = engine.state.runningAuctions.get(command.auction);
  if (running === undefined) return false;
  const { account } = engine.state.liquidations.get(running)!;
  return engine.state.accounts[account]!.version !== command.accountVersion;
}

/** Sends it, and looks at what a refusal leaves: nothing. */
function sent({ pool }: World, command: Command, told: Told): void {
  const stale = isStale(pool, command);
  const bid = command.type === 'PlaceBid';
  const before = bid ? encoded(pool.engine) : null;
  const { code } = pool.attempt(command);
  tell(told, `${command.type} ${code ?? 'taken'}`);
  if (command.type === 'PlaceBid') tell(told, `${command.bid.type} bid ${code ?? 'taken'}`);
  if (stale) {
    assert.ok(code !== null, 'a late bid was filled');
    assert.ok(code === 'BID_ON_CHANGED_ACCOUNT' || EARLIER.has(code), `${code} hid a late bid`);
  }
  if (before === null || code === null) return;
  assert.ok(before.equals(encoded(pool.engine)), `${code} changed something`);
}

/** Nobody acts any more: every auction ends by its own path, and others begin only so often. */
function endsByItself(world: World, told: Told): void {
  const { pool } = world;
  for (const command of calm(world)) pool.attempt(command);
  const { state } = pool.engine;
  const left = [...state.runningAuctions].map(([auction, liquidation]) => {
    const running = state.liquidations.get(liquidation)!.auction!;
    const paths = running.parameters.resetsMax - running.resets + 1;
    return { auction, untilMs: pool.now() + paths * (auctionPathMs(running) + 1) };
  });
  for (let round = 0; round < 400; round += 1) {
    if (state.runningAuctions.size === 0 && round > 4) return;
    const next = [...state.runningAuctions.values()].map((liquidation) => {
      const running = state.liquidations.get(liquidation)!.auction!;
      return running.startedMs + auctionPathMs(running) + 1 - pool.now();
    });
    pool.wait(Math.max(1, Math.min(60_000, ...next)));
    pool.attempt(reported(world));
    for (const { auction, untilMs } of left) {
      const ended = !state.runningAuctions.has(auction);
      assert.ok(ended || pool.now() < untilMs, `auction ${auction} did not end`);
      if (ended) tell(told, 'ended by itself');
    }
  }
  assert.fail('there was always another auction');
}

type Twisting = (command: Command) => Command;
type Played = { readonly world: World; readonly told: Told };

/** One history: what happens, what watches it, and what follows it from a snapshot. */
function history(seed: number, told: Told, twist: Twisting | null = null): Played {
  const world = createWorld(seed);
  const { pool, random } = world;
  const witness = createWitness(auctionWatcher(told));
  let watched = 0;
  const watch = (): void => {
    for (const record of pool.records.slice(watched)) witness.watch(record);
    watched = pool.records.length;
  };
  watch();
  const cut = random.below(STEPS);
  let copy: { readonly engine: Engine; readonly from: number } | null = null;
  for (let step = 0; step < STEPS; step += 1) {
    if (step === cut) copy = { engine: restored(pool.engine), from: pool.records.length };
    for (const command of happening(world)) {
      const from = pool.records.length;
      sent(world, twist === null ? command : twist(command), told);
      assert.ok(pool.records.length - from < WORK_MAX, 'no end');
      watch();
    }
  }
  assert.deepEqual(audit(pool.engine.state).problems, []);
  // Absurd terms may be lawful: patience for thousands of years.
  if (twist === null) endsByItself(world, told);
  watch();
  follow(copy!.engine, pool.records.slice(copy!.from));
  assert.ok(encoded(copy!.engine).equals(encoded(pool.engine)), 'a snapshot went another way');
  for (const [type, count] of witness.seen) told.set(type, (told.get(type) ?? 0) + count);
  return { world, told };
}

/** A failure says which history it was. */
function seeded(seed: number, play: () => void): void {
  try {
    play();
  } catch (fault) {
    throw new Error(`seed ${seed}`, { cause: fault });
  }
}

test('whatever is bid, in whatever order, nobody is robbed and every auction ends', (t) => {
  const told: Told = new Map();
  for (let seed = 1; seed <= SEEDS; seed += 1) seeded(seed, () => history(seed, told));
  t.diagnostic(
    [...told]
      .sort()
      .map((entry) => entry.join(' '))
      .join(', '),
  );
  const missing = REACHED.filter((what) => (told.get(what) ?? 0) === 0);
  assert.deepEqual(missing, []);
});

test('whatever numbers are sent while auctions run, an answer comes back', () => {
  const told: Told = new Map();
  for (let seed = 1001; seed <= 1000 + SEEDS / 4; seed += 1) {
    const random = createRandom(seed);
    const twist: Twisting = (command) =>
      random.chance(30)
        ? exchanged(command, { place: random.below(100), extreme: random.below(EXTREMES.length) })
        : command;
    seeded(seed, () => history(seed, told, twist));
  }
  assert.ok((told.get('AuctionTaken') ?? 0) > 0, 'nothing was taken');
});

const REACHED: readonly string[] = [
  'take of collateral, solvent',
  'take of position, solvent',
  'take of position, insolvent',
  'take of portfolio, solvent',
  'take of portfolio, insolvent',
  'payout for a position',
  'payout for a portfolio',
  ...['linear', 'exponential', 'stairstep', 'two-phase'].map((curve) => `take on a ${curve} curve`),
  'take from outside',
  'inverse position',
  'inverse portfolio',
  'slice with a debt',
  'slice with a claim',
  'slice of several markets',
  ...['time', 'price', 'proceeds'].map((reason) => `reset for ${reason}`),
  ...['sold', 'restored', 'no-bids', 'superseded', 'out-of-time'].map(
    (outcome) => `auction ended ${outcome}`,
  ),
  'ended by itself',
  ...[
    'BID_ON_CHANGED_ACCOUNT',
    'BID_NOT_FUNDED',
    'INITIAL_MARGIN_NOT_MET',
    'BID_LIMIT_NOT_MET',
    'BID_BEYOND_OFFER',
    'BID_IS_DUST',
    'BIDDER_NOT_ELIGIBLE',
    'ACCOUNT_ISOLATED',
    'MARKET_NOT_TRADABLE_BY_ACCOUNT',
    'AUCTION_NOT_OPEN',
    'taken',
  ].map((code) => `PlaceBid ${code}`),
  'AccountTakenOver',
  'ClosedByAmm',
  'LiquidatedDirectly',
  'FillRecorded',
  'VaultDeposited',
  'VaultRedeemed',
  'DeficitCovered',
  'BadDebtSettled',
  'PositionsDeleveraged',
];
