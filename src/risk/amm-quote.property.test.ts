import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRaw, type Money, type Price, type Ratio, rawOf, type Size } from '../units/index.ts';
import { type AmmQuote, type AmmQuoteInput, ammQuote } from './amm-quote.ts';

const WAD = 10n ** 18n;

const pools = fc.record({
  depth: fc.bigInt({ min: 10n ** 15n, max: 10n ** 25n }),
  band: fc.option(fc.bigInt({ min: WAD / 1000n, max: WAD - 1n })),
  mark: fc.bigInt({ min: 10n ** 14n, max: 10n ** 23n }),
  /** Inventory as a share of the depth, either way. */
  skew: fc.bigInt({ min: -(WAD * 6n) / 5n, max: (WAD * 6n) / 5n }),
  limit: fc.bigInt({ min: 0n, max: 2n * WAD }),
  impactMax: fc.bigInt({ min: 0n, max: WAD - 1n }),
  side: fc.constantFrom('buy', 'sell'),
  /** Size as a share of the depth. */
  part: fc.oneof(fc.bigInt({ min: 0n, max: WAD / 100n }), fc.bigInt({ min: 0n, max: 3n * WAD })),
});
type Given = typeof pools extends fc.Arbitrary<infer T> ? T : never;

const inUnits = (share: bigint, { depth, mark }: Given): bigint => (share * depth) / mark;

function inputOf(given: Given): AmmQuoteInput {
  const depth = fromRaw<Money>(given.depth);
  return {
    pool:
      given.band === null
        ? { curve: 'constant-product', depth }
        : { curve: 'concentrated', depth, band: fromRaw<Ratio>(given.band) },
    markPrice: fromRaw<Price>(given.mark),
    inventory: fromRaw<Size>(inUnits(given.skew, given)),
    inventoryMax: fromRaw<Size>(inUnits(given.limit, given)),
    impactMax: fromRaw<Ratio>(given.impactMax),
    side: given.side as 'buy' | 'sell',
    size: fromRaw<Size>(inUnits(given.part, given)),
  };
}

const after = (input: AmmQuoteInput, { inventoryAfter }: AmmQuote): AmmQuoteInput => ({
  ...input,
  inventory: inventoryAfter,
});
const isSale = ({ side }: AmmQuoteInput) => side === 'sell';

test('neither bound is ever passed, and the size is the largest within them', () => {
  const seen = { none: 0, impact: 0, inventory: 0 };
  fc.assert(
    fc.property(pools, (given) => {
      const input = inputOf(given);
      const result = ammQuote(input);
      seen[result.bound] += 1;
      const [taken, wanted] = [rawOf(result.size), rawOf(input.size)];
      assert.ok(taken >= 0n && taken <= wanted);
      assert.equal(result.bound === 'none', taken === wanted);
      const change = isSale(input) ? taken : -taken;
      assert.equal(rawOf(result.inventoryAfter), rawOf(input.inventory) + change);
      const most = rawOf(input.inventoryMax);
      const held = rawOf(result.inventoryAfter) * (isSale(input) ? 1n : -1n);
      if (taken > 0n) assert.ok(held <= most, 'inventory');
      if (taken > 0n && result.marginalPrice !== null) {
        // The marginal price is rounded away from the mark by less than a unit.
        const at = rawOf(result.marginalPrice);
        const low = given.mark * (WAD - given.impactMax);
        const high = given.mark * (WAD + given.impactMax);
        assert.ok(isSale(input) ? (at + 1n) * WAD > low : (at - 1n) * WAD < high, 'impact');
        if (given.band !== null) {
          const [floor, inside] = [given.mark * (WAD - given.band), WAD - given.band];
          assert.ok(
            isSale(input) ? (at + 1n) * WAD > floor : (at - 1n) * inside < given.mark * WAD,
          );
        }
      }
      // A unit more is refused.
      if (taken < wanted) {
        const next = ammQuote({ ...after(input, result), size: fromRaw<Size>(1n) });
        assert.equal(rawOf(next.size), 0n, `${result.bound} let another unit through`);
      }
    }),
    { numRuns: 1500, seed: 20210519 },
  );
  for (const [bound, count] of Object.entries(seen)) assert.ok(count > 80, `${bound} ${count}`);
});

test('an order in parts is never better for the account than in one', () => {
  let split = 0;
  fc.assert(
    fc.property(
      pools,
      fc.array(fc.bigInt({ min: 0n, max: WAD }), { maxLength: 5 }),
      (given, cuts) => {
        const input = inputOf(given);
        const whole = ammQuote(input);
        let [now, left, total] = [input, rawOf(whole.size), 0n];
        for (const cut of [...cuts, WAD]) {
          const size = (left * cut) / WAD;
          const part = ammQuote({ ...now, size: fromRaw<Size>(size) });
          assert.equal(rawOf(part.size), size, 'a part of what was taken is taken');
          total += rawOf(part.quote);
          left -= size;
          now = after(now, part);
        }
        const quote = rawOf(whole.quote);
        const parts = BigInt(cuts.length + 1);
        assert.ok(isSale(input) ? total <= quote : total >= quote, 'splitting gained');
        assert.ok(
          isSale(input) ? quote - total <= parts : total - quote <= parts,
          'path dependent',
        );
        if (quote > 0n && cuts.length > 0) split += 1;
      },
    ),
    { numRuns: 600, seed: 20210519 },
  );
  assert.ok(split > 200, `${split}`);
});

test('the product of the reserves never falls', () => {
  fc.assert(
    fc.property(pools, (given) => {
      const input = inputOf(given);
      // The virtual reserves in money at the mark: D on the full curve.
      fc.pre(given.band === null);
      const depth = given.depth * WAD;
      const base = depth + rawOf(input.inventory) * given.mark;
      fc.pre(base > 0n);
      const result = ammQuote(input);
      const value = rawOf(result.size) * given.mark * (isSale(input) ? 1n : -1n);
      const paid = rawOf(result.quote) * WAD * (isSale(input) ? -1n : 1n);
      // x' · y' ≥ D², with y = D² / x before it.
      assert.ok((base + value) * (depth * depth + paid * base) >= depth * depth * base);
    }),
    { numRuns: 800, seed: 20210519 },
  );
});

test('quotes rise with size, and each further unit is worth no more to the account', () => {
  fc.assert(
    fc.property(pools, fc.bigInt({ min: 1n, max: WAD }), (given, share) => {
      const input = inputOf(given);
      const most = rawOf(ammQuote(input).size);
      const step = (most * share) / (2n * WAD);
      fc.pre(step > 0n);
      const at = (size: bigint) => rawOf(ammQuote({ ...input, size: fromRaw<Size>(size) }).quote);
      const [near, middle, far] = [at(most - 2n * step), at(most - step), at(most)];
      assert.ok(near <= middle && middle <= far, 'monotone');
      // Concave for who sells, convex for who buys, up to the rounding of three quotes.
      const bend = far - middle - (middle - near);
      assert.ok(isSale(input) ? bend <= 2n : bend >= -2n, `bend ${bend}`);
    }),
    { numRuns: 800, seed: 20210519 },
  );
});

test('a pool pays at most the mark, asks at least the mark, and round trips gain nothing', () => {
  fc.assert(
    fc.property(pools, (given) => {
      const input = inputOf(given);
      const result = ammQuote(input);
      const atMark = rawOf(result.size) * given.mark;
      const quote = rawOf(result.quote) * WAD;
      assert.ok(isSale(input) ? quote <= atMark : quote >= atMark);
      const opposite = isSale(input) ? 'buy' : 'sell';
      const back = ammQuote({ ...after(input, result), side: opposite, size: result.size });
      const returned = rawOf(back.quote);
      if (rawOf(back.size) !== rawOf(result.size)) return;
      assert.ok(isSale(input) ? returned >= rawOf(result.quote) : returned <= rawOf(result.quote));
    }),
    { numRuns: 800, seed: 20210519 },
  );
});

test('from no inventory a concentrated pool never pays more than its depth', () => {
  let nearly = 0;
  fc.assert(
    fc.property(pools, (given) => {
      fc.pre(given.band !== null);
      const input = { ...inputOf({ ...given, skew: 0n, side: 'sell' }) };
      const impactMax = fromRaw<Ratio>(WAD - 1n);
      const most = fromRaw<Size>(2n ** 127n - 1n);
      const huge = { ...input, impactMax, inventoryMax: most };
      const size = rawOf(ammQuote({ ...huge, size: fromRaw<Size>(2n ** 100n) }).size);
      const { quote } = ammQuote({ ...huge, size: fromRaw<Size>(size) });
      assert.ok(rawOf(quote) <= given.depth);
      if (rawOf(quote) * 1000n > given.depth * 999n) nearly += 1;
    }),
    { numRuns: 500, seed: 20210519 },
  );
  assert.ok(nearly > 60, `${nearly}`);
});
