/**
 * Goal: losses put on open interest are borne exactly, by those who have a position there, and
 * the lazy index is the eager rule. Method: random books and gaps against an eager twin that
 * charges everybody at every event. Seed 20251011, because reach is counted.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  audit,
  chunkCount,
  encodeChunk,
  encodeHead,
  liquidatableByScan,
  type PoolView,
  restorePool,
} from '../../src/engine/index.ts';
import { EXTREMES, exchanged } from '../pools/exchanged-numbers.ts';
import { EagerLosses, type Reached } from './eager-losses.ts';
import { type Act, happen, sharedLossWorld } from './shared-loss-world.ts';

const kind = <K extends string>(name: K) => fc.constant(name);
const below = (max: number) => fc.integer({ min: 0, max: max - 1 });
const upTo = (max: number) => fc.integer({ min: 1, max });

const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: kind('price'),
      percent: fc.oneof(fc.integer({ min: 96, max: 104 }), fc.integer({ min: 60, max: 160 })),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: kind('trade'),
      pair: fc.tuple(below(8), below(8)),
      market: below(2),
      lots: upTo(90),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: kind('fill'), percent: fc.constantFrom(30, 100) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('deposit' as const, 'withdraw' as const),
      who: below(7),
      amount: upTo(40),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('fund'), amount: upTo(5) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind('accrue'),
      market: below(2),
      rate: fc.integer({ min: -30, max: 30 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('share'),
      basis: fc.constantFrom(
        'profits' as const,
        'open-interest' as const,
        'open-interest' as const,
      ),
      percent: fc.constantFrom(1, 1, 100),
    }),
  },
);

const REACHED = [
  'a flip',
  'a loss is capped',
  'a loss is spread',
  'a loss that does not divide',
  'a part is left to nobody',
  'one loss makes the next',
  'profits are the basis',
  'spread over BTC-INVERSE',
  'spread over BTC-PERP',
];

/** The same bytes come back from the bytes. */
function assertRestores(state: PoolView): void {
  const chunks = Array.from({ length: chunkCount(state) }, (_, at) => encodeChunk(state, at));
  const head = encodeHead(state);
  const restored = restorePool(head, chunks);
  assert.ok(restored.ok);
  assert.deepEqual(encodeHead(restored.state), head);
}

test('a loss on open interest is what charging every position at once comes to', () => {
  const reached: Reached = new Map();
  fc.assert(
    fc.property(fc.array(acts, { minLength: 50, maxLength: 90 }), (history) => {
      const world = sharedLossWorld();
      const twin = new EagerLosses(reached);
      const { state } = world.pool.engine;
      for (const act of history) {
        twin.see(happen(world, act));
        twin.compare(state);
        assert.deepEqual(audit(state).problems, []);
        // Whom a loss has left without enough margin is found by the index at once.
        assert.deepEqual(liquidatableByScan(state), []);
      }
      assertRestores(state);
    }),
    { seed: 20251011, numRuns: 120 },
  );
  const missing = REACHED.filter((what) => !reached.has(what));
  assert.deepEqual(missing, [], `not reached; reached were ${JSON.stringify([...reached])}`);
});

test('whatever numbers are sent, an answer comes back and the books agree', () => {
  const twist = fc.record({ place: fc.nat(99), extreme: fc.nat(EXTREMES.length - 1) });
  const step = fc.record({ act: acts, twists: fc.array(twist, { maxLength: 2 }) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 50 }), (history) => {
      const world = sharedLossWorld();
      for (const { act, twists } of history) {
        happen(world, act, (command) => twists.reduce(exchanged, command));
      }
      assert.deepEqual(audit(world.pool.engine.state).problems, []);
      assertRestores(world.pool.engine.state);
    }),
    { numRuns: 120 },
  );
});
