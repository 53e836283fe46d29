/**
 * The keepers of a simulated world. Once an instant they look at the pool as its published
 * records tell it, all of them before any of them acts; their bids arrive when their reaction
 * times are over, in an order that is drawn where they are the same. So two that want the same
 * thing compete, and who comes second is told so by the pool.
 * @module
 */
import type { JournalRecord, PoolView } from '../../engine/index.ts';
import type { ContractKind } from '../../risk/index.ts';
import type { Submission } from '../../runtime/index.ts';
import { add, engineTimeMs, formatDecimal, type MarketId, sum } from '../../units/index.ts';
import { shuffle } from '../distributions.ts';
import { type MechanismCapital, profitOf } from '../mechanism-capital.ts';
import { type Random, randomStream } from '../random.ts';
import type { ScenarioKeepers } from '../scenario-mechanisms.ts';
import { closedBy } from '../way-tallies.ts';
import { type Bid, type Keeper, keeperAccounts, newKeeper } from './keeper.ts';
import { opportunities } from './opportunities.ts';
import { decidedBids, type KeeperWorld } from './strategies.ts';

export type Keepers = {
  readonly all: readonly Keeper[];
  readonly world: KeeperWorld;
  readonly random: Random;
};

export const createKeepers = (
  terms: readonly ScenarioKeepers[],
  world: KeeperWorld,
  seed: number,
): Keepers => ({
  all: keeperAccounts(terms).map(({ account, terms: own }) => newKeeper(account, own)),
  world,
  random: randomStream(seed, 'keepers'),
});

/** Whether there may be anything to see: otherwise nobody needs to look. */
export const haveSomethingToSee = ({ world }: Keepers): boolean =>
  world.state.liquidations.size > 0;

/** Everybody looks and decides. */
export function decideKeepers({ all, world }: Keepers): void {
  const { state } = world;
  const offers = opportunities(state);
  for (const keeper of all) {
    for (const number of [...keeper.memory.keys()]) {
      if (!state.liquidations.has(number)) keeper.memory.delete(number);
    }
    keeper.underway.push(...decidedBids(world, keeper, offers));
  }
}

/** Sends what arrives up to a moment, each bid when it does; answers when the last one did. */
export function deliverBids(
  { all, world, random }: Keepers,
  untilMs: number,
  submit: (submission: Submission) => readonly JournalRecord[],
): number | null {
  if (all.every(({ underway }) => underway.every(({ dueMs }) => dueMs > untilMs))) return null;
  const arriving = shuffle(random, [...all]).flatMap((keeper) =>
    takeDue(keeper, untilMs).map((bid) => ({ keeper, bid })),
  );
  // Stable: what arrives at the same moment stays in the order that was drawn.
  arriving.sort((a, b) => a.bid.dueMs - b.bid.dueMs);
  for (const { keeper, bid } of arriving) {
    keeper.sent += 1;
    const from = { source: keeper.account, sourceSeq: keeper.sent };
    const time = engineTimeMs(bid.dueMs);
    const [record] = submit({ ...from, command: bid.command, time });
    remember(keeper, record!, world.state);
  }
  return arriving.at(-1)!.bid.dueMs;
}

function takeDue({ underway }: Keeper, untilMs: number): readonly Bid[] {
  const due = underway.filter(({ dueMs }) => dueMs <= untilMs);
  const later = underway.filter(({ dueMs }) => dueMs > untilMs);
  underway.splice(0, underway.length, ...later);
  return due;
}

function remember({ tally }: Keeper, { outcome }: JournalRecord, state: PoolView): void {
  if (outcome.type === 'Rejected') {
    const { code } = outcome.rejection;
    tally.refused.set(code, (tally.refused.get(code) ?? 0) + 1);
    return;
  }
  tally.accepted += 1;
  const kinds = new Map<MarketId, ContractKind>(
    state.markets.map(({ parameters }) => [parameters.market, parameters.kind]),
  );
  for (const event of outcome.events) {
    const closed = closedBy(event, kinds);
    if (closed !== null) tally.notional = add(tally.notional, closed.notional);
  }
}

export type KeeperResult = {
  readonly strategy: string;
  readonly keepers: number;
  readonly bids: number;
  readonly accepted: number;
  readonly refused: Readonly<Record<string, number>>;
  /** Taken over, at the mark. */
  readonly notional: string;
  /** Equity at the end less capital. */
  readonly profit: string;
};

/** What became of every strategy. */
export function keeperResults(
  { all, world: { state } }: Keepers,
  capital: MechanismCapital,
): readonly KeeperResult[] {
  const strategies = [...new Set(all.map(({ terms }) => terms.strategy))];
  return strategies.map((strategy) => {
    const own = all.filter(({ terms }) => terms.strategy === strategy);
    const refused = refusedBy(own);
    return {
      strategy,
      keepers: own.length,
      bids: own.reduce((bids, { sent }) => bids + sent, 0),
      accepted: own.reduce((bids, { tally }) => bids + tally.accepted, 0),
      refused: Object.fromEntries(refused),
      notional: formatDecimal(sum(own.map(({ tally }) => tally.notional))),
      profit: formatDecimal(sum(own.map(({ account }) => profitOf(state, account, capital)))),
    };
  });
}

/** Most often first, then by code. */
function refusedBy(keepers: readonly Keeper[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { tally } of keepers) {
    for (const [code, count] of tally.refused) counts.set(code, (counts.get(code) ?? 0) + count);
  }
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}
