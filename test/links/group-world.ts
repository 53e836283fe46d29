/**
 * Three linked pools in which everything can happen in any order: trades, prices, capital between
 * them, commits of some and not of others, crashes of one or of all, and messages that come twice
 * or too early.
 * @module
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Command, CommandOf, JournalRecord } from '../../src/engine/index.ts';
import { type PoolGroup, startPoolGroup } from '../../src/runtime/index.ts';
import {
  accountId,
  amount,
  engineTimeMs,
  marketId,
  money,
  price,
  size,
} from '../../src/units/index.ts';
import { POOL } from '../pools/pool-driver.ts';
import {
  type MoodyJournal,
  moodyJournals,
  NAMES,
  type Name,
  NOW,
  opening,
  optionsOf,
  reportOf,
  setUp,
  trader,
} from './group-stage.ts';
import { ETH, USDC } from './linked-pools.ts';

export const MAKER = accountId('maker');
export const HOUSE = accountId('house');

export type Act = {
  readonly kind: number;
  readonly pool: number;
  readonly other: number;
  readonly units: number;
  readonly pick: number;
};

export const acts = (maxLength: number): fc.Arbitrary<Act[]> =>
  fc.array(
    // Without bias: the extremes of every field would be the same few acts again and again.
    fc.noBias(
      fc.record({
        kind: fc.nat(99),
        pool: fc.nat(2),
        other: fc.nat(1),
        units: fc.integer({ min: 1, max: 400 }),
        pick: fc.nat(1_000),
      }),
    ),
    { minLength: maxLength / 2, maxLength },
  );

export type World = {
  readonly journals: Record<Name, MoodyJournal>;
  group: PoolGroup;
  /** What each pool has published: durable, and each record once. */
  readonly records: Record<Name, JournalRecord[]>;
  /** What came into each pool from outside and left it, durable or not. */
  readonly outside: Record<Name, OutsideMove[]>;
  timeMs: number;
  readonly reached: Map<string, number>;
};

export type OutsideMove = {
  readonly seq: number;
  readonly asset: string;
  /** Signed; in raw units. */
  readonly delta: bigint;
};

export const reach = ({ reached }: Pick<World, 'reached'>, what: string): void => {
  reached.set(what, (reached.get(what) ?? 0) + 1);
};

const now = (world: World) => engineTimeMs(world.timeMs);

function outsideMoves({ outcome, seq }: JournalRecord): OutsideMove[] {
  if (outcome.type === 'Rejected') return [];
  return outcome.events.flatMap((event): OutsideMove[] => {
    if (event.type === 'Deposited') return [{ seq, asset: event.asset, delta: event.amount }];
    if (event.type === 'Withdrawn') return [{ seq, asset: event.asset, delta: -event.amount }];
    if (event.type === 'InsuranceFunded') return [{ seq, asset: USDC, delta: event.amount }];
    return [];
  });
}

/** A submission by anyone but the courier; what it brings in or takes out is noted. */
export function tellWorld(world: World, name: Name, command: Command, source = 'host'): boolean {
  const { group } = world;
  const recent = group.pool(name)!.engine.state.sources.get(source)?.recent ?? [];
  const sourceSeq = (recent.at(-1)?.sourceSeq ?? 0) + 1;
  const made = group.submit(name, { source, sourceSeq, command, time: now(world) });
  const own = made.find(({ envelope }) => envelope.source === source)!;
  world.outside[name].push(...made.flatMap(outsideMoves));
  if (own.outcome.type === 'Rejected') reach(world, `code ${own.outcome.rejection.code}`);
  return own.outcome.type === 'Accepted';
}

export async function world(reached: World['reached']): Promise<World> {
  const journals = moodyJournals();
  const records: World['records'] = { alpha: [], beta: [], gamma: [] };
  const options = optionsOf(journals);
  for (const name of NAMES) {
    const publish = async (fresh: readonly JournalRecord[]): Promise<void> => {
      const last = records[name].at(-1)?.seq ?? 0;
      records[name].push(...fresh.filter(({ seq }) => seq > last));
    };
    options[name] = { ...options[name], publisher: { publish } };
  }
  const group = await startPoolGroup(options);
  const outside = { alpha: [], beta: [], gamma: [] };
  const made: World = { journals, group, records, outside, timeMs: NOW, reached };
  for (const name of NAMES) {
    const deposit = (account: typeof MAKER, text: string, asset = USDC): Command => {
      return { type: 'Deposit', account, asset, amount: amount(text) };
    };
    const commands: Command[] = [
      ...setUp(name, [trader(name)]),
      deposit(trader(name), '100', ETH),
      // Little of its own stands before what is pledged to it.
      { type: 'Withdraw', account: trader(name), asset: USDC, amount: amount('700') },
      opening(MAKER),
      deposit(MAKER, '100000'),
      opening(HOUSE),
      deposit(HOUSE, '100000'),
      { type: 'ConfigurePool', parameters: { ...POOL, collateralBuyer: HOUSE } },
      { type: 'FundInsurance', amount: money('50') },
    ];
    for (const command of commands) assert.ok(tellWorld(made, name, command));
  }
  await made.group.settle(NOW);
  return made;
}

const nameOf = (at: number): Name => NAMES[at % 3]!;
export const pair = ({ pool, other }: Act) => ({
  from: nameOf(pool),
  to: nameOf(pool + 1 + other),
});

function sending(act: Act): Omit<CommandOf<'TransferOut'>, 'type'> {
  const { from, to } = pair(act);
  const asset = act.pick % 3 === 0 ? ETH : USDC;
  const units = asset === ETH ? act.units / 10 : act.units;
  const toAccount = act.pick % 11 === 0 ? accountId('nobody') : trader(to);
  return { account: trader(from), asset, amount: amount(`${units}`), toPool: to, toAccount };
}

function trade({ pick, pool, units }: Act): Command {
  const own = trader(nameOf(pool));
  const buys = pick % 3 !== 0;
  return {
    type: 'RecordFill',
    market: marketId('BTC-PERP'),
    buyer: buys ? own : MAKER,
    seller: buys ? MAKER : own,
    size: size(`${units / 4}`),
    price: price(`${90 + (pick % 21)}`),
    buyerFee: money('0.01'),
    sellerFee: money('0'),
    order: null,
  };
}

/** Any pledge that a pool holds, given back. */
function releasing({ group }: World, act: Act): Command | null {
  const held = group
    .pool(nameOf(act.pool))!
    .engine.state.links!.links.flatMap((link) =>
      link.held.map(({ number }) => ({ fromPool: link.pool, pledge: number })),
    );
  if (held.length === 0) return null;
  return { type: 'ReleasePledge', ...held[act.pick % held.length]! };
}

/** What was told a pool before, once more: a message that is true and comes again. */
function repeated({ records }: World, act: Act): Command | null {
  const before = records[nameOf(act.pool)]
    .map(({ envelope }) => envelope.command)
    .filter(
      ({ type }) =>
        type === 'TransferIn' || type === 'ConfirmTransfer' || type === 'ReturnTransfer',
    );
  return before[act.pick % Math.max(before.length, 1)] ?? null;
}

/** The last of what is durably on its way to a pool, whatever is before it. */
function early(
  { group }: World,
  act: Act,
): { readonly to: Name; readonly command: Command } | null {
  const { from, to } = pair(act);
  const { engine, head, durableSeq } = group.pool(from)!;
  if (head().seq !== durableSeq()) return null;
  const { links } = engine.state.links!;
  const entry = links.find(({ pool }) => pool === to)!.outgoing.at(-1);
  if (entry === undefined) return null;
  const { asset: number, account, toAccount, ...subject } = entry;
  const asset = number === null ? USDC : ETH;
  const fromAccount = engine.state.accounts[account]!.id;
  const route = { fromPool: from, fromAccount, account: toAccount };
  return { to, command: { type: 'TransferIn', ...subject, asset, ...route } };
}

async function crash(world: World, names: readonly Name[]): Promise<void> {
  for (const name of names) {
    reach(world, names.length === 1 ? 'crash of one' : 'crash of all');
    assert.equal((await world.group.restart(name)).condition, 'running');
    const { seq: last } = world.group.pool(name)!.head();
    world.outside[name] = world.outside[name].filter(({ seq }) => seq <= last);
  }
}

function commandOf(world: World, act: Act): Command | null {
  const { kind, pick, pool, units } = act;
  const own = trader(nameOf(pool));
  if (kind < 12) return { type: 'TransferOut', ...sending(act) };
  if (kind < 24) return { type: 'PledgeOut', ...sending(act) };
  if (kind < 40) return releasing(world, act);
  if (kind < 51) return trade(act);
  if (kind < 61) return reportOf(`${80 + (pick % 41)}`, `${6 + (units % 8)}`, now(world));
  if (kind < 63) return { type: 'Withdraw', account: own, asset: USDC, amount: amount(`${units}`) };
  if (kind < 64) return { type: 'Deposit', account: own, asset: ETH, amount: amount(`${units}`) };
  return repeated(world, act);
}

export async function perform(world: World, act: Act): Promise<void> {
  const { kind, pool } = act;
  const name = nameOf(pool);
  if (kind < 72) {
    const command = commandOf(world, act);
    if (command !== null) tellWorld(world, name, command);
  } else if (kind < 77) {
    const message = early(world, act);
    if (message !== null) tellWorld(world, message.to, message.command);
  } else if (kind < 80) {
    world.timeMs += 61_000;
    tellWorld(world, name, { type: 'Tick' });
  } else if (kind < 84) {
    await world.group.commit(name);
  } else if (kind < 89) {
    await world.group.commitAll();
  } else if (kind < 98) {
    world.group.carry(now(world));
  } else {
    await crash(world, kind < 99 ? [name] : NAMES);
  }
}
