/** Goal: equal hashes mean the same rules. Method: every part is changed alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { arbitraryPool } from '../../test/pools/arbitrary-state.ts';
import { emptyPool, type PoolView } from '../engine/index.ts';
import { configurationHash } from './configuration-hash.ts';

const PARTS = [
  'closeOuts',
  'routing',
  'direct',
  'finders',
  'vault',
  'waterfall',
  'links',
  'lossSharing',
  'deleveraging',
  'auctions',
] as const satisfies readonly (keyof PoolView)[];

const LISTS = ['indexes', 'assets', 'desks', 'markets'] as const;

/** Of what a pool holds the configuration alone is looked at. */
const hashOf = (state: object): string | null =>
  configurationHash({ ...emptyPool(), ...state } as unknown as PoolView);

test('every part of the configuration has a part in its hash, and nothing else', () => {
  const changed = new Set<string>();
  fc.assert(
    fc.property(arbitraryPool, (state) => {
      if (state.parameters === null) {
        assert.equal(hashOf(state), null);
        return;
      }
      const hash = hashOf(state);
      for (const part of PARTS) {
        if (state[part] === null) continue;
        assert.notEqual(hashOf({ ...state, [part]: null }), hash, part);
        changed.add(part);
      }
      for (const part of LISTS) {
        if (state[part].length === 0) continue;
        assert.notEqual(hashOf({ ...state, [part]: state[part].slice(1) }), hash, part);
        changed.add(part);
      }
      const grown = { ...state, turn: state.turn + 1, nextOrder: 7, timeMs: 1, fees: 3n };
      assert.equal(hashOf(grown), hash);
    }),
    { numRuns: 150 },
  );
  assert.deepEqual([...changed].sort(), [...PARTS, ...LISTS].sort());
});
