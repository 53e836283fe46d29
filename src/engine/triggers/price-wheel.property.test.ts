/**
 * Goal: a wheel tells of every bound that its value has reached and of no other, whether they are
 * near, far, whole turns apart, or beyond the value from the start; those count as reached once
 * the value is back where it was. Method: random bounds and walks of the value, rising and
 * falling, against a list that is looked through.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BOUND, createLegs, FLOATS, isWatched, takeRows } from './legs.ts';
import { advance, createWheel, unwatch, watch } from './price-wheel.ts';

/** Orders of magnitude apart, or a few parts in 10⁷ from a fixed number: the edges of buckets. */
const values = fc.oneof(
  fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
  fc.integer({ min: -3_000, max: 3_000 }).map((parts) => 1024 * (1 + parts / 1e7)),
  // Neighbors in floating point around the edge between two buckets.
  fc.integer({ min: -8, max: 8 }).map((units) => 1024 * (1 + units * 2 ** -52)),
);

const moves = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('move' as const), value: values }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('watch' as const), leg: fc.nat(19), value: values }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unwatch' as const), leg: fc.nat(19) }) },
);

for (const [name, sign] of [
  ['a falling value', 1],
  ['a rising value, watched by its negation', -1],
] as const) {
  test(`${name} reaches the bounds that a look through all of them finds`, () => {
    let reachedAtAll = 0;
    fc.assert(
      fc.property(values, fc.array(moves, { minLength: 30, maxLength: 80 }), (start, moveList) => {
        const legs = createLegs(0);
        for (let leg = 0; leg < 20; leg += 1) takeRows(legs, leg, 1);
        const wheel = createWheel(sign * start);
        const bounds = new Map<number, { readonly bound: number; readonly from: number }>();
        let last = sign * start;
        for (const move of moveList) {
          if (move.kind === 'watch') {
            bounds.set(move.leg, { bound: sign * move.value, from: last });
            legs.floats[move.leg * FLOATS + BOUND] = sign * move.value;
            watch(wheel, legs, move.leg);
          } else if (move.kind === 'unwatch') {
            if (bounds.delete(move.leg)) unwatch(wheel, legs, move.leg);
          } else {
            const value = sign * move.value;
            const told: number[] = [];
            advance(wheel, legs, value, (leg) => told.push(leg));
            const due = [...bounds].filter(([, { bound, from }]) => {
              return value <= last && value <= Math.min(bound, from);
            });
            for (const [leg] of due) assert.ok(told.includes(leg), `${leg} was not told of`);
            for (const leg of told) {
              assert.ok(value <= bounds.get(leg)!.bound, `${leg} was told of too early`);
              bounds.delete(leg);
            }
            last = value;
            reachedAtAll += told.length;
          }
          for (let leg = 0; leg < 20; leg += 1) assert.equal(isWatched(legs, leg), bounds.has(leg));
        }
      }),
      { numRuns: 400, seed: 11 },
    );
    assert.ok(reachedAtAll > 1_000, `only ${reachedAtAll} bounds were reached`);
  });
}
