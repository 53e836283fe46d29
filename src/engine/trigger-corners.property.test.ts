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
import type { Bound } from './trigger-bound.ts';
import { certificateBounds } from './trigger-bounds.ts';

/** The pool with every price and index that an account watches just inside its bound. */
function cornerOf(
  state: PoolView,
  bounds: readonly Bound[],
  way: (bound: Bound) => boolean,
): PoolView {
  const inside = (on: Bound['on'], number: number): bigint | null => {
    const bound = bounds.find((each) => each.on === on && each.number === number && way(each));
    if (bound === undefined) return null;
    return rawOf(bound.at) + (bound.crossedBy === 'fall' ? 1n : -1n);
  };
  const moved = <U extends Wad>(on: Bound['on'], number: number, value: U): U => {
    const raw = inside(on, number);
    return raw === null ? value : fromRaw<U>(raw);
  };
  return {
    ...state,
    markets: state.markets.map((each, at) => {
      return each.mark === null ? each : { ...each, mark: moved('mark', at, each.mark) };
    }),
    indexes: state.indexes.map((each, at) => {
      return each.price === null ? each : { ...each, price: moved('index', at, each.price) };
    }),
    desks: state.desks.map((desk, at) => {
      const supplyIndex = moved('supply', at, desk.supplyIndex);
      return { ...desk, debtIndex: moved('debt', at, desk.debtIndex), supplyIndex };
    }),
  };
}

const reached = { corners: 0, grown: 0, claims: 0 };

test('at the corner of its bounds a certified account is still healthy', () => {
  const isWell = (state: PoolView, number: number): boolean => {
    const margin = accountMargin(state, state.accounts[number]!);
    return !isLiquidatable({ ...margin, exposed: true });
  };
  const check = ({ engine: { state } }: World): void => {
    state.accounts.forEach((account, number) => {
      if (!isExposed(account) || !pricesValid(state, account) || !isWell(state, number)) return;
      const bounds = certificateBounds(state, account, accountMargin(state, account));
      for (const side of ['fall', 'rise'] as const) {
        // An asset that is held and owed has a bound on either side: one of them at a time.
        const way = ({ on, crossedBy }: Bound) => on !== 'index' || crossedBy === side;
        assert.ok(isWell(cornerOf(state, bounds, way), number), `${account.id}, ${side}`);
        reached.corners += 1;
        if (bounds.some(({ on }) => on === 'debt')) reached.grown += 1;
        if (bounds.some(({ on }) => on === 'supply')) reached.claims += 1;
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
