/**
 * Watches pools that exchange capital, with whole numbers and events alone: what is inside all of
 * them is what came in from outside, and everything that was sent ends once.
 * @module
 */
import assert from 'node:assert/strict';
import type { JournalRecord } from '../../src/engine/index.ts';
import { audit, type Event, type EventOf, type PoolView } from '../../src/engine/index.ts';
import { NAMES, type Name } from './group-stage.ts';
import { reach, type World } from './group-world.ts';
import { ETH, USDC } from './linked-pools.ts';

const sumOf = (numbers: Iterable<bigint>): bigint => {
  let total = 0n;
  for (const number of numbers) total += number;
  return total;
};

type Outgoing = NonNullable<PoolView['links']>['links'][number]['outgoing'][number];

/** Settlement asset in a pool's accounts and its own purses, counted by hand; no funding here. */
function moneyInside(state: PoolView): bigint {
  const accounts = state.accounts.map(
    ({ balance, positions }) => balance - sumOf(positions.map(({ entryValue }) => entryValue)),
  );
  const own = state.insuranceFund + state.fees + state.burned - state.unallocatedLoss;
  return sumOf(accounts) + own;
}

const etherInside = (state: PoolView): bigint =>
  sumOf(
    state.accounts.flatMap(({ collaterals }) => collaterals.map(({ amount }): bigint => amount)),
  );

function outgoing(state: PoolView): { readonly to: string; readonly entry: Outgoing }[] {
  return state.links!.links.flatMap(({ outgoing: open, pool: to }) =>
    open.map((entry) => ({ to, entry })),
  );
}

/** What was sent counts where it was sent from until it has arrived, and nowhere twice. */
export function checkConservation({ group, outside }: World): void {
  const states = new Map(NAMES.map((name) => [name, group.pool(name)!.engine.state] as const));
  const onTheWay = { money: 0n, ether: 0n };
  for (const [name, state] of states) {
    for (const { to, entry } of outgoing(state)) {
      const { received, refused } = states
        .get(to as Name)!
        .links!.links.find(({ pool }) => pool === name)!;
      const arrived = entry.number <= received && !refused.includes(entry.number);
      if (!arrived) onTheWay[entry.asset === null ? 'money' : 'ether'] += entry.amount;
    }
  }
  const all = [...states.values()];
  const moves = NAMES.flatMap((name) => outside[name]);
  const broughtIn = (asset: string): bigint =>
    sumOf(moves.filter((move) => move.asset === asset).map(({ delta }) => delta));
  assert.equal(sumOf(all.map(moneyInside)) + onTheWay.money, broughtIn(USDC), 'USDC');
  assert.equal(sumOf(all.map(etherInside)) + onTheWay.ether, broughtIn(ETH), 'ETH');
  for (const state of all) assert.deepEqual(audit(state).problems, []);
}

type Told = { readonly pool: Name; readonly event: Event };

const eventsOf = (records: readonly JournalRecord[]): readonly Event[] =>
  records.flatMap(({ outcome }) => (outcome.type === 'Accepted' ? outcome.events : []));

type Transfer = {
  readonly sent: EventOf<'TransferSent'>;
  readonly closings: string[];
  readonly answers: string[];
};

/** Everything that was sent, with what the two pools say became of it. */
function transfersOf({ records }: World): Map<string, Transfer> {
  const told: Told[] = NAMES.flatMap((pool) =>
    eventsOf(records[pool]).map((event) => ({ pool, event })),
  );
  const transfers = new Map<string, Transfer>();
  for (const { pool, event } of told) {
    if (event.type !== 'TransferSent') continue;
    const key = `${pool} ${event.toPool} ${event.number}`;
    assert.ok(!transfers.has(key), `${key} was sent twice`);
    transfers.set(key, { sent: event, closings: [], answers: [] });
  }
  for (const { pool, event } of told) {
    if (event.type === 'TransferConfirmed' || event.type === 'TransferReturned') {
      const transfer = transfers.get(`${pool} ${event.toPool} ${event.number}`)!;
      assert.deepEqual({ ...event, type: 'TransferSent' }, transfer.sent);
      transfer.closings.push(event.type);
    }
    if (event.type === 'TransferReceived' || event.type === 'TransferRefused') {
      const transfer = transfers.get(`${event.fromPool} ${pool} ${event.number}`)!;
      assert.equal(event.amount, transfer.sent.amount);
      assert.equal(event.asset, transfer.sent.asset);
      assert.equal(event.account, transfer.sent.toAccount);
      transfer.answers.push(event.type);
    }
  }
  return transfers;
}

/** Once everything was carried that can be. */
export function checkEnds(world: World): void {
  const transfers = transfersOf(world);
  for (const [key, { sent, answers, closings }] of transfers) {
    const ended = `${answers.join()} ${closings.join()}`;
    const lawful =
      ended === 'TransferReceived TransferConfirmed' ||
      ended === 'TransferRefused TransferReturned';
    assert.ok(lawful, `${key}: ${ended}`);
    reach(world, `${sent.purpose} ${answers[0]}`);
  }
  checkPledges(world, transfers);
}

/** Of every pledge at most its amount comes home, once, and what is not home is still held. */
function checkPledges(world: World, transfers: ReadonlyMap<string, Transfer>): void {
  const home = new Map<string, bigint>();
  for (const [key, { sent }] of transfers) {
    if (sent.purpose !== 'release') continue;
    const pledge = `${sent.toPool} ${key.split(' ')[0]} ${sent.pledge}`;
    assert.ok(!home.has(pledge), `${pledge} came home twice`);
    home.set(pledge, sent.amount);
  }
  for (const [key, { sent, answers }] of transfers) {
    if (sent.purpose !== 'pledge' || answers[0] !== 'TransferReceived') continue;
    const [from, to] = key.split(' ') as [Name, Name];
    const back = home.get(key);
    const away = (pool: Name, other: Name, list: 'pledges' | 'held'): boolean =>
      world.group
        .pool(pool)!
        .engine.state.links!.links.find((link) => link.pool === other)!
        [list].some(({ number }) => number === sent.number);
    assert.equal(away(from, to, 'pledges'), back === undefined, `${key} as its giver sees it`);
    assert.equal(away(to, from, 'held'), back === undefined, `${key} as its holder sees it`);
    if (back === undefined) continue;
    assert.ok(back >= 0n && back <= sent.amount, `${key}: more came home than was given`);
    reach(world, back === sent.amount ? 'home whole' : back === 0n ? 'home lost' : 'home in part');
  }
}
