import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  fromRaw,
  gt,
  gte,
  isNegative,
  isPositive,
  lte,
  type Money,
  type Price,
  type Size,
  ZERO_MONEY,
} from '../units/index.ts';
import { confidenceMargin, medianConfidence } from './confidence-margin.ts';
import { fillValue } from './contract-value.ts';
import { boundedMark } from './mark-step.ts';
import { unrealizedPnl } from './unrealized-pnl.ts';
import { usablePnl } from './usable-pnl.ts';

const UNIT = 10n ** 18n;
const prices = fc
  .bigInt({ min: UNIT / 100n, max: 10_000n * UNIT })
  .map((raw) => fromRaw<Price>(raw));
const sizes = fc
  .bigInt({ min: -(1_000n * UNIT), max: 1_000n * UNIT })
  .filter((raw) => raw !== 0n)
  .map((raw) => fromRaw<Size>(raw));
const kinds = fc.constantFrom('linear' as const, 'inverse' as const);

test('usable profit is never more than profit, never below zero for it, and a loss is itself', () => {
  fc.assert(
    fc.property(
      kinds,
      sizes,
      prices,
      prices,
      prices,
      (kind, size, entry, markPrice, stablePrice) => {
        const entryValue = fillValue({ kind, size, price: entry });
        const position = { kind, size, entryValue, markPrice };
        const pnl = unrealizedPnl(position);
        const usable = usablePnl({ ...position, stablePrice });
        assert.ok(lte(usable, pnl));
        if (!isPositive(pnl)) assert.equal(usable, pnl);
        else assert.ok(!isNegative(usable));
        // Nothing confirms less than no stable price.
        assert.ok(gte(usable, usablePnl({ ...position, stablePrice: null })));
        const confirmed = usablePnl({ ...position, stablePrice: markPrice });
        assert.equal(confirmed, pnl);
      },
    ),
    { numRuns: 1_000 },
  );
});

test('a stable price that follows the mark frees profit, never takes it back', () => {
  fc.assert(
    fc.property(
      kinds,
      sizes,
      fc.tuple(prices, prices, prices),
      prices,
      (kind, size, stablePrices, entry) => {
        const rising = stablePrices.toSorted((a, b) => (gt(a, b) ? 1 : -1));
        const path = isNegative(size) ? rising.reverse() : rising;
        const markPrice = path.at(-1)!;
        const entryValue = fillValue({ kind, size, price: entry });
        const position = { kind, size, entryValue, markPrice };
        let before: Money | null = null;
        for (const stablePrice of path) {
          const usable = usablePnl({ ...position, stablePrice });
          if (before !== null) assert.ok(gte(usable, before));
          before = usable;
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('a bounded mark lies between the mark before and the one it would be', () => {
  fc.assert(
    fc.property(
      prices,
      prices,
      fc.bigInt({ min: 1n, max: 5n * UNIT }),
      fc.integer({ min: 0, max: 100_000 }),
      (previousMark, mark, step, elapsedMs) => {
        const stepPerSecond = fromRaw<Parameters<typeof boundedMark>[0]['stepPerSecond']>(step);
        const input = { mark, previousMark, stepPerSecond, elapsedMs: elapsedMs as never };
        const bounded = boundedMark(input);
        const [low, high] = gt(mark, previousMark) ? [previousMark, mark] : [mark, previousMark];
        assert.ok(gte(bounded, low) && lte(bounded, high));
        const moved = bounded > previousMark ? bounded - previousMark : previousMark - bounded;
        // |move| ≤ previous · step · time, exactly; what is left over is less than a unit.
        const exact = previousMark * step * BigInt(elapsedMs);
        assert.ok(moved * UNIT * 1_000n <= exact);
        if (bounded !== mark) assert.ok((moved + 1n) * UNIT * 1_000n > exact);
      },
    ),
    { numRuns: 1_000 },
  );
});

type Source = Parameters<typeof medianConfidence>[0][number];

test('sources of less than half of the weight decide no confidence, and margin grows with it', () => {
  const ratios = fc.bigInt({ min: 0n, max: UNIT });
  const confidences = ratios.map((raw) => fromRaw<Source['weight']>(raw));
  const one = fromRaw<Source['weight']>(UNIT);
  fc.assert(
    fc.property(
      fc.array(confidences, { minLength: 1, maxLength: 3 }),
      fc.array(confidences, { maxLength: 6 }),
      (honest, liars) => {
        const minority = liars.slice(0, honest.length - 1);
        const sources = [...honest, ...minority].map((confidence) => ({ confidence, weight: one }));
        const found = medianConfidence(sources);
        assert.ok(honest.some((value) => lte(found, value)));
        assert.ok(honest.some((value) => gte(found, value)));
        const notional = fromRaw<Money>(123n * UNIT + 7n);
        const added = confidenceMargin({ notional, confidence: found, factor: one });
        assert.ok(gte(added, ZERO_MONEY) && lte(added, notional));
        assert.ok(added * UNIT >= notional * found || added === notional);
      },
    ),
    { numRuns: 500 },
  );
});
