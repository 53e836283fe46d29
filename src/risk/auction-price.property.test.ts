import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { durationMs, fromRaw, type Price, type Ratio, rawOf } from '../units/index.ts';
import { type AuctionCurve, auctionPrice } from './auction-price.ts';

const WAD = 10n ** 18n;
const starts = fc.oneof(
  fc.bigInt({ min: 1n, max: 1000n }),
  fc.bigInt({ min: 1n, max: 10n ** 33n }),
);
const lengths = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 10 ** 8 }));
const cuts = fc.oneof(
  fc.bigInt({ min: 1n, max: WAD }),
  fc.bigInt({ min: WAD - WAD / 1000n, max: WAD }),
);
/** A share of something, in 2^-20. */
const shares = fc.bigInt({ min: 0n, max: 1n << 20n });

type Drawn = { readonly start: bigint; readonly end: bigint; readonly curve: AuctionCurve };

const auctions: fc.Arbitrary<Drawn> = fc
  .tuple(starts, fc.oneof(fc.constant(0n), shares), shares, lengths, lengths, cuts)
  .chain(([start, endShare, cutoffShare, first, second, cut]) => {
    const curves: readonly AuctionCurve[] = [
      { curve: 'linear', durationMs: durationMs(first) },
      { curve: 'exponential', cut: fromRaw<Ratio>(cut) },
      { curve: 'stairstep', cut: fromRaw<Ratio>(cut), stepMs: durationMs(first) },
      {
        curve: 'two-phase',
        cutoff: fromRaw<Price>((start * cutoffShare) >> 20n),
        fastMs: durationMs(first),
        slowMs: durationMs(second),
      },
    ];
    return fc.constantFrom(...curves).map((curve) => ({
      ...{ start, end: (start * endShare) >> 20n },
      curve,
    }));
  });
const times = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 3 * 10 ** 8 }));

const priceAt = ({ start, end, curve }: Drawn, elapsed: number): bigint =>
  rawOf(
    auctionPrice({
      ...curve,
      startPrice: fromRaw<Price>(start),
      endPrice: fromRaw<Price>(end),
      elapsedMs: durationMs(elapsed),
    }),
  );

test('between the end and the start, at the start first, never rising', () => {
  fc.assert(
    fc.property(auctions, times, times, (auction, elapsed, more) => {
      const [now, later] = [priceAt(auction, elapsed), priceAt(auction, elapsed + more)];
      assert.ok(auction.end <= later && later <= now && now <= auction.start);
      assert.equal(priceAt(auction, 0), auction.start);
    }),
    { numRuns: 500 },
  );
});

test('on a line the price is the exact one, rounded up', () => {
  fc.assert(
    fc.property(starts, lengths, times, (start, length, elapsed) => {
      const curve = { curve: 'linear', durationMs: durationMs(length) } as const;
      const ours = priceAt({ start, end: 0n, curve }, elapsed);
      const left = BigInt(Math.max(0, length - elapsed));
      const excess = ours * BigInt(length) - start * left;
      assert.ok(excess >= 0n && excess < BigInt(length));
    }),
    { numRuns: 300 },
  );
});

test('the two phases meet at the cutoff, and each is a line', () => {
  fc.assert(
    fc.property(starts, shares, lengths, lengths, times, (start, share, fast, slow, elapsed) => {
      const cutoff = (start * share) >> 20n;
      const curve = {
        curve: 'two-phase',
        cutoff: fromRaw<Price>(cutoff),
        fastMs: durationMs(fast),
        slowMs: durationMs(slow),
      } as const;
      const ours = priceAt({ start, end: 0n, curve }, elapsed);
      const [from, to, length, spent] =
        elapsed < fast ? [start, cutoff, fast, elapsed] : [cutoff, 0n, slow, elapsed - fast];
      const left = BigInt(Math.max(0, length - spent));
      const excess = (ours - to) * BigInt(length) - (from - to) * left;
      assert.ok(excess >= 0n && excess < BigInt(length));
    }),
    { numRuns: 300 },
  );
});

test('a stair is its exact power, rounded up, and flat between steps', () => {
  fc.assert(
    fc.property(
      starts,
      cuts,
      lengths,
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 0, max: 10 ** 8 }),
      (start, cut, step, steps, within) => {
        const curve = {
          curve: 'stairstep',
          cut: fromRaw<Ratio>(cut),
          stepMs: durationMs(step),
        } as const;
        const ours = priceAt({ start, end: 0n, curve }, steps * step + (within % step));
        const scale = WAD ** BigInt(steps);
        const excess = ours * scale - start * cut ** BigInt(steps);
        assert.ok(excess >= 0n && excess < scale);
      },
    ),
    { numRuns: 300 },
  );
});
