/**
 * Goal: a certificate promises no more than is true. Method: in random worlds, of every healthy
 * account the worst corner of its certificate, each price and index just inside its bound, all at
 * once, where the account must still be healthy. Seeded, because what was reached is counted.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { moves, run, type World } from '../../test/pools/trigger-world.ts';
import { isLiquidatable } from '../risk/index.ts';
import { fromRaw, rawOf, type Wad } from '../units/index.ts';
import { accountMargin, isExposed, pricesValid } from './margin.ts';
import type { PoolView } from './state.ts';
import {
  type AccountRows,
  certificatesOf,
  firstLegOf,
  legCountOf,
} from './triggers/account-rows.ts';
import { candidates, createTriggerIndex, type TriggerIndex } from './triggers/index.ts';
import { BOUND, channelOfLeg, FLOATS, isWatched } from './triggers/legs.ts';
import {
  channelOf,
  coordinateOf,
  coordinateOfChannel,
  isOfRise,
  worthOf,
} from './triggers/watched-prices.ts';

type Corner = {
  readonly state: PoolView;
  readonly triggers: TriggerIndex;
  readonly number: number;
  readonly way: (channel: number) => boolean;
};

const legsOf = (accounts: AccountRows, number: number): number[] =>
  Array.from(
    { length: legCountOf(accounts, number) },
    (_, at) => firstLegOf(accounts, number) + at,
  );

/** The bound that an account has on a channel, signed like it. */
function boundOn({ triggers, number, way }: Corner, channel: number): number | null {
  const { accounts, legs } = triggers;
  if (!way(channel)) return null;
  const bounds: number[] = [];
  for (const leg of legsOf(accounts, number)) {
    if (channelOfLeg(legs, leg) !== channel || !isWatched(legs, leg)) continue;
    bounds.push(legs.floats[leg * FLOATS + BOUND]!);
  }
  return bounds.length === 0 ? null : Math.max(...bounds);
}

/** The furthest that a value can move, up or down, and be inside: found by halving. */
function furthest(from: bigint, up: boolean, inside: (raw: bigint) => boolean): bigint {
  if (!inside(from)) return from;
  let [near, far] = [from, up ? from * 1_000n : 0n];
  while ((far > near ? far - near : near - far) > 1n) {
    const middle = (near + far) / 2n;
    if (inside(middle)) near = middle;
    else far = middle;
  }
  return near;
}

/** A value just inside the bounds that the account has on its coordinate, in either direction. */
function moved<U extends Wad>(
  corner: Corner,
  coordinate: number,
  value: U,
  worth: (raw: U) => number,
): U {
  for (const crossedBy of ['fall', 'rise'] as const) {
    const channel = channelOf(coordinate, crossedBy);
    const bound = boundOn(corner, channel);
    if (bound === null) continue;
    const signed = (raw: bigint) => worth(fromRaw<U>(raw)) * (isOfRise(channel) ? -1 : 1);
    // Of an inverse market the worth of a contract falls where the mark rises.
    const up = signed(rawOf(value) * 2n) < signed(rawOf(value));
    return fromRaw<U>(furthest(rawOf(value), up, (raw) => signed(raw) > bound));
  }
  return value;
}

const itself = (raw: Wad): number => Number(rawOf(raw));

/** The pool with every price and index that an account watches just inside its bound. */
function cornerOf(corner: Corner): PoolView {
  const { state } = corner;
  return {
    ...state,
    markets: state.markets.map((each, at) => {
      const { mark } = each;
      if (mark === null) return each;
      const worth = (raw: typeof mark) => worthOf(each, raw);
      return { ...each, mark: moved(corner, coordinateOf('mark', at), mark, worth) };
    }),
    indexes: state.indexes.map((each, at) => {
      const { price } = each;
      if (price === null) return each;
      return { ...each, price: moved(corner, coordinateOf('index', at), price, itself) };
    }),
    desks: state.desks.map((desk, at) => {
      const debtIndex = moved(corner, coordinateOf('debt', at), desk.debtIndex, itself);
      const supplyIndex = moved(corner, coordinateOf('supply', at), desk.supplyIndex, itself);
      return { ...desk, debtIndex, supplyIndex };
    }),
  };
}

const [INDEX, DEBT, SUPPLY] = [
  coordinateOf('index', 0),
  coordinateOf('debt', 0),
  coordinateOf('supply', 0),
];

const reached = { corners: 0, grown: 0, claims: 0 };

test('at the corner of its bounds a certified account is still healthy', () => {
  const isWell = (state: PoolView, number: number): boolean => {
    const margin = accountMargin(state, state.accounts[number]!);
    return !isLiquidatable({ ...margin, exposed: true });
  };
  const check = ({ engine: { state } }: World): void => {
    const triggers = createTriggerIndex(state);
    candidates(state, triggers);
    const { accounts, legs } = triggers;
    state.accounts.forEach((account, number) => {
      if (certificatesOf(accounts, number) === 0) return;
      assert.ok(isExposed(account) && pricesValid(state, account) && isWell(state, number));
      const channels = legsOf(accounts, number).map((leg) => channelOfLeg(legs, leg));
      for (const side of ['fall', 'rise'] as const) {
        // An asset that is held and owed has a bound on either side: one of them at a time.
        const way = (channel: number) => {
          const coordinate = coordinateOfChannel(channel);
          if ((coordinate & 7) !== INDEX) return true;
          return isOfRise(channel) === (side === 'rise');
        };
        const corner = cornerOf({ state, triggers, number, way });
        assert.ok(isWell(corner, number), `${account.id}, ${side}`);
        reached.corners += 1;
        const kinds = channels.map((channel) => coordinateOfChannel(channel) & 7);
        if (kinds.includes(DEBT)) reached.grown += 1;
        if (kinds.includes(SUPPLY)) reached.claims += 1;
      }
    });
  };
  fc.assert(
    fc.property(fc.array(moves, { minLength: 20, maxLength: 60 }), (moveList) => {
      run(moveList, { moved: check, accrued: check });
    }),
    { numRuns: 40, seed: 7 },
  );
  const { corners, grown, claims } = reached;
  const enough = corners > 5_000 && grown > 2_000 && claims > 500;
  assert.ok(enough, `the worlds are too quiet: ${JSON.stringify(reached)}`);
});
