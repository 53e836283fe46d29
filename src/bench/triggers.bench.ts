/**
 * From a price to the exact set of newly liquidatable accounts, by the trigger index, beside the
 * best scans we can write, on one population in one run.
 * `npm run bench -- triggers [--accounts N] [--markets M] [--legs K] [--ticks T] [--json]`
 *
 * Method. A book of N cross-margined accounts (`large-book.ts`), aged by a walk before anything is
 * measured. Quiet: T ticks, each moving the mark of one market, picked by its share of all legs,
 * by up to 2 bp. Crash: the market with the most legs falls by 10 % in 1,000 ticks. Everything: all
 * markets fall by 10 % in 1,000 steps, the prices of a step arriving together. Gap: on the same
 * book built anew, the market with the most legs falls by 10 % at once. A tick is measured from the
 * changed mark to the sorted list of accounts, exact verdicts included. Who was found is put in
 * liquidation, as the engine does, and the work of that counts for the next tick. The scans use the
 * same columns, the same filter in floating point and the same exact verdict on whom it is not sure
 * of; they need not sort. After each phase the index is held against an exact scan of all accounts.
 */

import { accountMargin, marketToChange, type PoolState } from '../engine/index.ts';
import { certificatesOf } from '../engine/triggers/account-rows.ts';
import {
  candidates,
  catchUp,
  createTriggerIndex,
  liquidatableByScan,
} from '../engine/triggers/index.ts';
import type { TriggerIndex } from '../engine/triggers/trigger-index.ts';
import { coordinateOf, worthOf } from '../engine/triggers/watched-prices.ts';
import { isLiquidatable } from '../risk/index.ts';
import { fromRaw, type Price, rawOf } from '../units/index.ts';
import { largeBook, uniform } from './large-book.ts';
import { asJson, heapInUse, machine, microseconds, option, type Spread, spread } from './report.ts';
import {
  fullScan,
  holdersByMarket,
  incrementalScan,
  marketScan,
  runningOf,
  surplusesOf,
} from './scans.ts';

const book = {
  accounts: option('accounts', 1_000_000),
  markets: option('markets', 50),
  legs: option('legs', 3),
  seed: option('seed', 20210519),
};
const TICKS = option('ticks', 100_000);
const AGING_TICKS = Math.min(TICKS, 100_000);
const CRASH_STEPS = 1_000;
const SCANS = 9;
/** Parts per billion. */
const QUIET_MOVE = 200_000;
const FALL = 10;

const say = (text: string): void => {
  process.stderr.write(text);
};

type World = { readonly state: PoolState; readonly triggers: TriggerIndex; found: number };

const none = { accounts: [], markets: [], marks: [], losses: [], indexes: [], interest: [] };
const noChanges = { ...none, assets: [], desks: [] };

/** Moves marks, and measures until the list of accounts is there. In microseconds. */
function tick(world: World, moves: readonly (readonly [number, bigint])[]): number {
  const { state, triggers } = world;
  for (const [market, raw] of moves) marketToChange(state, market).mark = fromRaw<Price>(raw);
  state.touchedMarkets = [];
  const changes = { ...noChanges, marks: moves.map(([market]) => market) };
  const start = performance.now();
  catchUp(state, triggers, changes);
  const found = candidates(state, triggers);
  const elapsed = performance.now() - start;
  if (found.length > 0) putInLiquidation(world, found);
  return elapsed * 1_000;
}

/** As the engine does once they are found. */
function putInLiquidation(world: World, found: readonly number[]): void {
  const { state, triggers } = world;
  for (const number of found) state.accounts[number]!.liquidation = 1;
  world.found += found.length;
  catchUp(state, triggers, { ...noChanges, accounts: [...found] });
}

const markOf = ({ state }: World, market: number): bigint => rawOf(state.markets[market]!.mark!);

/** A mark moved by so many parts per billion. */
const moved = (raw: bigint, parts: number): bigint => raw + (raw * BigInt(parts)) / 1_000_000_000n;

function quiet(world: World, ticks: number, shares: Float64Array, seed: number): Float64Array {
  const random = uniform(seed);
  const sample = new Float64Array(ticks);
  for (let at = 0; at < ticks; at += 1) {
    const market = pick(shares, random());
    const move = Math.round((2 * random() - 1) * QUIET_MOVE);
    sample[at] = tick(world, [[market, moved(markOf(world, market), move)]]);
  }
  return sample;
}

/** The market in whose stretch of the line from 0 to 1 the number lies. */
function pick(shares: Float64Array, at: number): number {
  let [market, sum] = [0, shares[0]!];
  while (sum < at && market < shares.length - 1) {
    market += 1;
    sum += shares[market]!;
  }
  return market;
}

/** Some markets fall together, in equal steps. */
function fall(world: World, markets: readonly number[], steps: number): Float64Array {
  const from = markets.map((market) => markOf(world, market));
  return Float64Array.from({ length: steps }, (_, at) => {
    const share = BigInt(at + 1) * BigInt(FALL);
    const moves = markets.map((market, each) => {
      const raw = from[each]!;
      return [market, raw - (raw * share) / (100n * BigInt(steps))] as const;
    });
    return tick(world, moves);
  });
}

/** What every way of looking ends with: the exact verdict on whom the filter is not sure of. */
function verdicts(state: PoolState, unsure: readonly number[]): number {
  let liquidatable = 0;
  for (const number of unsure) {
    const margin = accountMargin(state, state.accounts[number]!);
    if (isLiquidatable({ ...margin, exposed: true })) liquidatable += 1;
  }
  return liquidatable;
}

/** Times of each scan, exact verdicts included, run several times in a row. */
function scansOf({ state, triggers }: World, market: number): Record<string, Spread> {
  const holders = holdersByMarket(triggers, book.markets)[market]!;
  const running = runningOf(triggers, market);
  const surpluses = surplusesOf(triggers);
  const timesOf = (scan: () => readonly number[]): Spread =>
    spread(
      Float64Array.from({ length: SCANS }, () => {
        const start = performance.now();
        verdicts(state, scan());
        return (performance.now() - start) * 1_000;
      }),
    );
  return {
    fullScan: timesOf(() => fullScan(triggers)),
    marketScan: timesOf(() => marketScan(triggers, holders)),
    incremental: timesOf(() => incrementalScan(running, surpluses, -1)),
  };
}

/** The scans at a price that the index has not been told of yet. */
function scansAfter(world: World, market: number, raw: bigint): Record<string, Spread> {
  const { state, triggers } = world;
  const { value } = triggers.prices;
  const coordinate = coordinateOf('mark', market);
  const own = marketToChange(state, market);
  const [mark, worth] = [own.mark!, value[coordinate]!];
  own.mark = fromRaw<Price>(raw);
  value[coordinate] = worthOf(own, own.mark);
  const scans = scansOf(world, market);
  own.mark = mark;
  value[coordinate] = worth;
  return scans;
}

/** The index must have found everybody: who is left is healthy. */
function assertComplete({ state }: World, phase: string): void {
  const missed = liquidatableByScan(state).length;
  if (missed > 0) throw new Error(`${phase}: the index missed ${missed} accounts`);
}

function build(): { world: World; memory: Record<string, number> } {
  const before = heapInUse();
  say(`building ${book.accounts.toLocaleString('en-US')} accounts`);
  const state = largeBook(book, () => say('.'));
  const withState = heapInUse();
  say(' indexing');
  const start = performance.now();
  const triggers = createTriggerIndex(state);
  const world = { state, triggers, found: 0 };
  const found = candidates(state, triggers);
  if (found.length > 0) putInLiquidation(world, found);
  const rebuiltMs = performance.now() - start;
  const withIndex = heapInUse();
  say(` ${(rebuiltMs / 1_000).toFixed(1)} s\n`);
  const per = (bytes: number): number => Math.round(bytes / book.accounts);
  return {
    world,
    memory: {
      stateBytesPerAccount: per(withState - before),
      indexBytesPerAccount: per(withIndex - withState),
      rebuiltMs: Math.round(rebuiltMs),
    },
  };
}

function shareOfLegs({ triggers }: World): Float64Array {
  const holders = holdersByMarket(triggers, book.markets).map(({ length }) => length);
  const all = holders.reduce((sum, each) => sum + each, 0);
  return Float64Array.from(holders, (each) => each / all);
}

type Phase = {
  readonly name: string;
  readonly ticks: Spread;
  readonly found: number;
  /** Certificates that were issued: accounts that the index looked at and found healthy. */
  readonly certified: number;
};

function allCertificates({ state, triggers }: World): number {
  let sum = 0;
  state.accounts.forEach((_, number) => {
    sum += certificatesOf(triggers.accounts, number);
  });
  return sum;
}

function measured(world: World, name: string, run: () => Float64Array): Phase {
  say(`${name}\n`);
  const [found, certified] = [world.found, allCertificates(world)];
  const ticks = spread(run());
  assertComplete(world, name);
  return {
    name,
    ticks,
    found: world.found - found,
    certified: allCertificates(world) - certified,
  };
}

const hottestOf = (shares: Float64Array): number => shares.indexOf(Math.max(...shares));

function aged(): { world: World; memory: Record<string, number>; shares: Float64Array } {
  const { world, memory } = build();
  const shares = shareOfLegs(world);
  say('aging\n');
  quiet(world, AGING_TICKS, shares, 1);
  return { world, memory, shares };
}

/** Everything but the gap, which needs a book that has not crashed. */
function walks() {
  const { world, memory, shares } = aged();
  const hottest = hottestOf(shares);
  const holders = holdersByMarket(world.triggers, book.markets)[hottest]!.length;
  const scans = scansOf(world, hottest);
  const everyMarket = Array.from({ length: book.markets }, (_, market) => market);
  const phases = [
    measured(world, 'quiet', () => quiet(world, TICKS, shares, 2)),
    measured(world, 'crash', () => fall(world, [hottest], CRASH_STEPS)),
    measured(world, 'everything', () => fall(world, everyMarket, CRASH_STEPS)),
  ];
  return { memory, holders, scans, phases };
}

function gap() {
  const { world, shares } = aged();
  const hottest = hottestOf(shares);
  const mark = markOf(world, hottest);
  const scans = scansAfter(world, hottest, mark - (mark * BigInt(FALL)) / 100n);
  return { scans, phase: measured(world, 'gap', () => fall(world, [hottest], 1)) };
}

const { memory, holders, scans, phases } = walks();
const { scans: scansAtGap, phase } = gap();
phases.push(phase);
const result = {
  bench: 'triggers',
  ...machine(),
  ...book,
  ticks: TICKS,
  hottestMarketHolders: holders,
  memory,
  microseconds: Object.fromEntries(phases.map(({ name, ticks }) => [name, ticks])),
  found: Object.fromEntries(phases.map(({ name, found }) => [name, found])),
  certified: Object.fromEntries(phases.map(({ name, certified }) => [name, certified])),
  scans,
  scansAtGap,
};
if (asJson()) process.stdout.write(`${JSON.stringify(result)}\n`);
else print();

function print(): void {
  const line = (name: string, { mean, median, p99, p999, max }: Spread, rest = ''): string =>
    [
      name.padEnd(14),
      ...[mean, median, p99, p999, max].map((each) => microseconds(each).padStart(12)),
      rest,
    ].join(' ');
  const lines = [
    `Trigger index, ${book.accounts.toLocaleString('en-US')} accounts × ${book.legs} legs over ` +
      `${book.markets} markets, ${result.machine}, Node ${result.node}`,
    `${holders.toLocaleString('en-US')} accounts in the hottest market; state ` +
      `${memory.stateBytesPerAccount} B and index ${memory.indexBytesPerAccount} B per account; ` +
      `index built in ${memory.rebuiltMs} ms`,
    '',
    [
      'per tick'.padEnd(14),
      ...['mean', 'median', 'p99', 'p99.9', 'max'].map((each) => each.padStart(12)),
      '   found  certified',
    ].join(' '),
    ...phases.map(({ name, ticks, found, certified }) =>
      line(name, ticks, `${String(found).padStart(8)} ${String(certified).padStart(10)}`),
    ),
    '',
    `without the index, each run ${SCANS} times`,
    ...Object.entries(scans).map(([name, times]) => line(name, times)),
    '',
    'without the index, at the price after the gap',
    ...Object.entries(scansAtGap).map(([name, times]) => line(name, times)),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
