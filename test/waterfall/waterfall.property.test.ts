/** Random losses against every layer of the waterfall: seed 20251010, because reach is counted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  audit,
  chunkCount,
  encodeChunk,
  encodeHead,
  type PoolView,
  restorePool,
} from '../../src/engine/index.ts';
import { EXTREMES, exchanged } from '../pools/exchanged-numbers.ts';
import { LayerWitness, type Reached } from './layer-witness.ts';
import { type Act, happen, lossWorld, type Terms } from './waterfall-world.ts';

const below = (max: number) => fc.integer({ min: 0, max: max - 1 });
const upTo = (max: number) => fc.integer({ min: 1, max });
const who = below(2);
const layer = below(3);

const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('price' as const),
      percent: fc.oneof(fc.integer({ min: 94, max: 106 }), fc.integer({ min: 70, max: 140 })),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('trade' as const),
      who: below(8),
      contracts: upTo(5),
      long: fc.boolean(),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('fill' as const),
      percent: fc.constantFrom(30, 100, 100),
      better: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('provide' as const),
      who,
      layer,
      amount: upTo(60),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('deposit' as const, 'withdraw' as const),
      who: below(8),
      amount: upTo(40),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fund' as const), amount: upTo(30) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('leave' as const),
      who,
      layer,
      percent: fc.constantFrom(50, 100, 100),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('redeem' as const), who, layer }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      milliseconds: fc.constantFrom(1, 999, 2_000, 5_000, 17_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('reconfigure' as const),
      dropped: fc.option(below(3)),
    }),
  },
);

const terms: fc.Arbitrary<Terms> = fc.record({
  bufferMax: fc.constantFrom(0, 2, 50),
  bufferShare: fc.constantFrom(0, 1, 1),
  windowCap: fc.option(upTo(40)),
  marketCap: fc.option(upTo(40)),
  eventMax: fc.array(upTo(30), { minLength: 3, maxLength: 3 }),
  premiumRate: fc.constantFrom(0, 0.2, 10),
});

/** The same bytes come back from the bytes. */
function assertRestores(state: PoolView): void {
  const chunks = Array.from({ length: chunkCount(state) }, (_, at) => encodeChunk(state, at));
  const head = encodeHead(state);
  const restored = restorePool(head, chunks);
  assert.ok(restored.ok);
  assert.deepEqual(encodeHead(restored.state), head);
}

const REACHED = [
  'the buffer is filled',
  'the buffer pays',
  'the fund pays',
  'the fund is repaid',
  'a cap holds the fund back',
  'junior pays',
  'mezzanine pays',
  'senior pays',
  'a tranche is repaid',
  'profits bear a loss',
  'winners are deleveraged',
  'a premium',
  'a premium of nothing',
  'a deposit',
  'an exit',
];

test('whatever is lost, the layers pay in their order, to the unit and within their limits', () => {
  const reached: Reached = new Map();
  fc.assert(
    fc.property(terms, fc.array(acts, { minLength: 30, maxLength: 90 }), (given, history) => {
      const world = lossWorld(given);
      const witness = new LayerWitness(world, reached);
      for (const act of history) {
        witness.see(happen(world, act));
        assert.deepEqual(audit(world.pool.engine.state).problems, []);
      }
      assertRestores(world.pool.engine.state);
    }),
    { seed: 20251010, numRuns: 150 },
  );
  const missing = REACHED.filter((what) => !reached.has(what));
  assert.deepEqual(missing, [], `not reached; reached were ${JSON.stringify([...reached])}`);
});

const twist = fc.record({ place: fc.nat(99), extreme: fc.nat(EXTREMES.length - 1) });

test('whatever numbers are sent to the layers, an answer comes back and the books agree', () => {
  const step = fc.record({ act: acts, twists: fc.array(twist, { maxLength: 2 }) });
  fc.assert(
    fc.property(terms, fc.array(step, { minLength: 10, maxLength: 40 }), (given, history) => {
      const world = lossWorld(given);
      for (const { act, twists } of history) {
        happen(world, act, (command) => twists.reduce(exchanged, command));
      }
      assert.deepEqual(audit(world.pool.engine.state).problems, []);
      assertRestores(world.pool.engine.state);
    }),
    { numRuns: 150 },
  );
});
