import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  durationMs,
  engineTimeMs,
  fromRaw,
  gte,
  lte,
  max,
  min,
  type Price,
  price,
  ratio,
} from '../units/index.ts';
import type { MovingAverage } from './moving-average.ts';
import { stablePriceNext } from './stable-price.ts';

const timeConstantMs = durationMs(60_000);
const old: MovingAverage = {
  value: price('100'),
  weightMs: ratio('60000'),
  timeMs: engineTimeMs(1_000),
};

const next = (
  previous: MovingAverage | null,
  heldMark: string | null,
  { mark = '150', timeMs = 1_000 } = {},
): MovingAverage =>
  stablePriceNext({
    previous,
    heldMark: heldMark === null ? null : price(heldMark),
    mark: price(mark),
    timeMs: engineTimeMs(timeMs),
    timeConstantMs,
  });

test('the first is the mark that was held, else the one decided, with the weight of an old one', () => {
  assert.deepEqual(next(null, '100'), old);
  assert.deepEqual(next(null, null), { ...old, value: price('150') });
});

test('where none was held the average waits, and the time that passed counts for nothing', () => {
  assert.deepEqual(next(old, null, { timeMs: 9_000 }), { ...old, timeMs: 9_000 });
  assert.equal(next(old, null), old);
});

test('a second decision in the same moment changes nothing', () => {
  assert.equal(next(old, '150'), old);
});

test('a long time of one mark is followed whole, however long', () => {
  // Beyond 42 time constants nothing is left of what was before.
  const { value, weightMs } = next(old, '130', { timeMs: 1_000 + 43 * 60_000 });
  assert.deepEqual([value, weightMs], [price('130'), ratio('60000')]);
});

const marks = fc.bigInt({ min: 1n, max: 10n ** 24n }).map((raw) => fromRaw<Price>(raw));

test('it lies between what it was and the mark held, whatever mark is decided', () => {
  fc.assert(
    fc.property(
      marks,
      marks,
      marks,
      fc.integer({ min: 0, max: 10 ** 9 }),
      fc.integer({ min: 1, max: 10 ** 9 }),
      (value, heldMark, mark, elapsed, tau) => {
        const input = { heldMark, timeConstantMs: durationMs(tau) };
        const timeMs = engineTimeMs(1_000 + elapsed);
        const previous = stablePriceNext({
          ...input,
          previous: null,
          heldMark: value,
          mark,
          timeMs: engineTimeMs(1_000),
        });
        const moved = stablePriceNext({ ...input, previous, mark, timeMs });
        assert.ok(gte(moved.value, min(value, heldMark)) && lte(moved.value, max(value, heldMark)));
        const other = stablePriceNext({ ...input, previous, mark: heldMark, timeMs });
        assert.deepEqual(other, moved);
      },
    ),
    { numRuns: 500 },
  );
});
