/**
 * Random sequences of outside commands: a pool is set up, then everything happens to it.
 * @module
 */
import { absurdCommand } from './absurd-commands.ts';
import { accountCommand, capitalCommand, tuningCommand } from './capital-commands.ts';
import { randomBreakers, randomCloseOuts, randomLiquidity } from './close-out-setups.ts';
import { isCovered } from './cover.ts';
import { faultyCommand, undueCommand } from './faulty-commands.ts';
import { depthCommand, gateCommand, retuningCommand } from './guard-commands.ts';
import { openHedges } from './hedge-commands.ts';
import type { Ledger, ModelCommand } from './ledger.ts';
import { lendingCommand, openDesks } from './lending-commands.ts';
import type { ModelEnvelope } from './model.ts';
import { nextMoment } from './moments.ts';
import { priceCommand } from './price-commands.ts';
import { oldestMsOf, randomGuards } from './price-guard-setups.ts';
import { createRandom, type Random } from './random.ts';
import type { Stage } from './stage.ts';
import { fillCommand, fundingCommand, twinCommands, venueCommand } from './trade-commands.ts';
import { layersCommand, openLayers } from './waterfall-commands.ts';
import { HOUSE, randomWorld, SETTLEMENT_ASSET, START_MS, TWINS, type World } from './world.ts';

/** One outside command and when it is taken; due work follows that much later. */
export type Entry = {
  readonly envelope: ModelEnvelope;
  readonly time: number;
  readonly lagMs: number;
};

/** Writes the next entry for a pool that stands as the ledger says. */
export type Author = (ledger: Ledger) => Entry;

/** What a case has in any case, and not by chance. */
export type Always = 'layers' | 'lending';

/** Decides which cases lend: with another number other cases do, and lead to other things. */
const LENDING_SEED = 7;
/** The same for cases with layers beside the insurance fund. */
const LAYERS_SEED = 11;

/** The same for cases in which positions in other markets count. */
const HEDGES_SEED = 23;

const SETTINGS = [
  'ConfigureCloseOuts',
  'ConfigureLiquidity',
  'ConfigureBreakers',
  'ConfigurePriceGuards',
];

export function createAuthor(seed: number, always: Always | null = null): Author {
  const random = createRandom(seed);
  const world = randomWorld(random);
  // Desks have a source of their own: without them a case is what it would be without lending.
  const dice = createRandom(seed ^ LENDING_SEED);
  const lending = dice.chance(25) || always === 'lending' ? dice : null;
  const pending = setUp(random, world);
  if (lending !== null) pending.push(...openDesks(lending, world));
  const depths = createRandom(seed ^ LAYERS_SEED);
  const layers = depths.chance(30) || always === 'layers' ? depths : null;
  if (layers !== null) pending.push(...openLayers(layers, world));
  const hedging = createRandom(seed ^ HEDGES_SEED);
  if (hedging.chance(35)) pending.push(...openHedges(hedging, world));
  const absurd = random.chance(10);
  const guarded = pending.some(({ type }) => SETTINGS.includes(type));
  const walk = new Map<string, bigint>();
  const time = START_MS;
  const own = { lending, layers };
  const stage: Stage = { random, world, walk, pending, absurd, guarded, ...own, time };
  const sequences = new Map<string, number>();
  return (ledger) => {
    const follows = pending.shift() ?? null;
    if (follows === null) {
      const moment = random.chance(18) ? nextMoment(random, ledger, stage.time) : null;
      stage.time = moment ?? stage.time + pause(random);
      if (lending?.chance(2) === true) stage.time += lending.between(1, 40) * DAY_MS;
      if (layers?.chance(1) === true) stage.time += layers.between(1, 400) * DAY_MS;
    }
    const undue = follows === null && random.chance(3);
    const command = undue
      ? undueAt(stage, ledger)
      : (follows ?? nextCommand(stage, ledger) ?? priceCommand(stage, ledger));
    const envelope = undue
      ? { source: 'engine', sourceSeq: 0, command }
      : signed(random, sequences, command);
    const lagMs = random.chance(90) ? 0 : random.below(20);
    const entry = { envelope, time: stage.time, lagMs };
    stage.time += lagMs;
    return entry;
  };
}

/** What the engine alone may command, and not now. */
function undueAt(stage: Stage, ledger: Ledger): ModelCommand {
  const { lending, layers } = stage;
  if (layers?.chance(30) === true) {
    const tranches = ledger.waterfall?.tranches ?? [];
    const tranche = tranches.length === 0 ? 'none' : layers.pick(tranches).tranche;
    return { type: 'PayPremium', tranche };
  }
  if (lending?.chance(40) !== true) return undueCommand(stage, ledger);
  const asset = ledger.desks.length === 0 ? 'NONE' : lending.pick(ledger.desks).parameters.asset;
  return { type: 'AccrueInterest', asset };
}

const DAY_MS = 24 * 3_600_000;

function pause(random: Random): number {
  if (random.chance(35)) return 0;
  if (random.chance(70)) return random.between(1, 800);
  return random.chance(90) ? random.between(800, 5_000) : random.between(5_000, 90_000);
}

/** Signs a command with a source's next number; now and then with one used before. */
function signed(
  random: Random,
  sequences: Map<string, number>,
  command: ModelCommand,
): ModelEnvelope {
  const source = random.chance(90) ? 'main' : 'aux';
  const last = sequences.get(source) ?? 0;
  if (last > 3 && random.chance(3)) {
    return { source, sourceSeq: random.between(random.chance(50) ? 1 : last - 3, last), command };
  }
  const sourceSeq = last + (random.chance(95) ? 1 : 2);
  sequences.set(source, sourceSeq);
  return { source, sourceSeq, command };
}

/** Configuration, accounts and first deposits, with a command that comes too early. */
function setUp(random: Random, world: World): ModelCommand[] {
  const commands: ModelCommand[] = random.chance(30) ? [{ type: 'Tick' }] : [];
  commands.push({ type: 'ConfigurePool', parameters: world.pool });
  for (const parameters of world.indexes) commands.push({ type: 'ConfigureIndex', parameters });
  for (const parameters of world.assets) commands.push({ type: 'ConfigureAsset', parameters });
  for (const parameters of world.markets) commands.push({ type: 'ConfigureMarket', parameters });
  commands.push(firstPrices(world));
  const open = (account: string, owner: string, balance: bigint): void => {
    commands.push({ type: 'OpenAccount', account, owner, parent: null, market: null });
    if (balance === 0n) return;
    commands.push({ type: 'Deposit', account, asset: SETTLEMENT_ASSET, amount: balance });
  };
  const twinBalance = random.quantity(20, 100);
  for (const twin of TWINS) open(twin, 'twins', twinBalance);
  if (random.chance(85)) open(HOUSE, 'venue', random.chance(30) ? 0n : random.quantity(5, 300));
  if (random.chance(50)) open('maker', 'venue', random.quantity(500, 20_000));
  for (const owner of world.owners) {
    open(owner, owner, random.chance(80) ? random.quantity(5, 120) : 0n);
    for (const { asset } of world.assets) {
      if (random.chance(50)) continue;
      const amount = random.quantity(0.1, 30);
      commands.push({ type: 'Deposit', account: owner, asset, amount });
    }
  }
  if (random.chance(50)) {
    commands.push({ type: 'FundInsurance', amount: random.quantity(0.1, 60) });
  }
  if (random.chance(world.spread ? 85 : 55)) commands.push(...guards(random, world));
  return commands;
}

/** How close-outs are done, what markets can bear, and when they are stopped. */
function guards(random: Random, { pool, indexes, markets, owners }: World): ModelCommand[] {
  const commands: ModelCommand[] = [];
  for (const parameters of markets) {
    if (random.chance(50)) continue;
    const oldestMs = oldestMsOf({ parameters }, indexes);
    const guarded = randomGuards(random, { market: parameters.market, oldestMs });
    commands.push({ type: 'ConfigurePriceGuards', parameters: guarded });
  }
  for (const { market } of markets) {
    const measured = random.chance(70);
    if (measured) {
      const parameters = randomLiquidity(random, market);
      commands.push({ type: 'ConfigureLiquidity', parameters });
    }
    if (random.chance(60)) continue;
    const parameters = randomBreakers(random, { market, measured });
    commands.push({ type: 'ConfigureBreakers', parameters });
  }
  if (random.chance(75)) {
    const parameters = randomCloseOuts(random, pool, [...owners, ...TWINS]);
    commands.push({ type: 'ConfigureCloseOuts', parameters });
  }
  return commands;
}

/** Every source of every index: collateral is taken only where it has a price. */
function firstPrices({ indexes, basePrices }: World): ModelCommand {
  const reports = indexes.flatMap(({ index, sources }) =>
    sources.map(({ source }) => {
      const price = BigInt(Math.round(basePrices.get(index)! * 1e9)) * 1_000_000_000n;
      return { index, source, price, timeMs: START_MS, confidence: null };
    }),
  );
  return { type: 'ReportPrices', indexes: reports, books: [], outside: [] };
}

function nextCommand(stage: Stage, ledger: Ledger): ModelCommand | null {
  const { random } = stage;
  if (stage.lending?.chance(25) === true) return lendingCommand(stage, stage.lending, ledger);
  const covered = ledger.liquidations.some(isCovered);
  if (stage.layers?.chance(covered ? 45 : 20) === true)
    return layersCommand(stage, stage.layers, ledger);
  const waiting = ledger.liquidations.some(({ order }) => order !== null);
  if (waiting && random.chance(60)) return venueCommand(stage, ledger);
  if (stage.guarded && random.chance(14)) return guardCommand(stage, ledger);
  const roll = random.below(100);
  if (roll < 30) return priceCommand(stage, ledger);
  if (roll < 58) return fillCommand(stage, ledger);
  if (roll < 64) return twinCommands(stage, ledger);
  if (roll < 73) return capitalCommand(stage, ledger);
  if (roll < 77) return fundingCommand(stage, ledger);
  if (roll < 83) return { type: 'Tick' };
  if (roll < 86) return tuningCommand(stage, ledger);
  if (roll < 89) return accountCommand(stage, ledger);
  if (stage.absurd && random.chance(40)) return absurdCommand(stage, ledger);
  if (roll < 91) return { type: 'FundInsurance', amount: random.quantity(0.001, 5) };
  return faultyCommand(stage, ledger);
}

function guardCommand(stage: Stage, ledger: Ledger): ModelCommand | null {
  const roll = stage.random.below(100);
  if (roll < 70) return depthCommand(stage, ledger);
  return roll < 85 ? gateCommand(stage, ledger) : retuningCommand(stage, ledger);
}
