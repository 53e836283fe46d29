/**
 * Every function that rounds, against an exact rational computed independently: the result lies
 * on the named side of the exact value and less than one unit from it, for every sign.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  amountDown,
  amountUp,
  ceilTo,
  cmpQuotients,
  coinNotionalDown,
  coinNotionalUp,
  divDown,
  divideDown,
  divideUp,
  divUp,
  exactFunding,
  floorTo,
  fromRaw,
  fundingDown,
  fundingIndexDelta,
  inverseFundingIndexDelta,
  inversePriceDown,
  inversePriceUp,
  isQuantity,
  type Money,
  meanDown,
  mulDown,
  mulUp,
  notionalDown,
  notionalUp,
  portionDown,
  portionUp,
  priceDown,
  priceUp,
  quoteSizeDown,
  quoteSizeUp,
  ratioDown,
  ratioUp,
  rawOf,
  rawOfExactDown,
  rawOfExactUp,
  rawOfTripleDown,
  rawOfTripleUp,
  sizeDown,
  sizeUp,
  unitPriceDown,
  valueDown,
  valueUp,
  type Wad,
} from './index.ts';

const ONE = 10n ** 18n;

/** A fraction with a positive denominator: the exact value, kept apart from the algebra. */
type Exact = { readonly top: bigint; readonly bottom: bigint };

const exact = (top: bigint, bottom: bigint): Exact =>
  bottom < 0n ? { top: -top, bottom: -bottom } : { top, bottom };

/** result ≤ exact < result + 1, by multiplication alone. */
const isFloor = (result: bigint, { top, bottom }: Exact): boolean =>
  result * bottom <= top && top < (result + 1n) * bottom;
const isCeiling = (result: bigint, { top, bottom }: Exact): boolean =>
  (result - 1n) * bottom < top && top <= result * bottom;

type Rounded = (a: never, b: never) => Wad;

/** Functions of two quantities: how they round, and what they round. */
const functions: readonly [
  name: string,
  down: Rounded | null,
  up: Rounded | null,
  of: (a: bigint, b: bigint) => Exact,
][] = [
  ['mul', mulDown, mulUp, (a, b) => exact(a * b, ONE)],
  ['div', divDown, divUp, (a, b) => exact(a * ONE, b)],
  ['notional', notionalDown, notionalUp, (a, b) => exact(a * b, ONE)],
  ['coinNotional', coinNotionalDown, coinNotionalUp, (a, b) => exact(a * ONE, b)],
  ['value', valueDown, valueUp, (a, b) => exact(a * b, ONE)],
  ['ratio', ratioDown, ratioUp, (a, b) => exact(a * ONE, b)],
  ['price', priceDown, priceUp, (a, b) => exact(a * ONE, b)],
  ['inversePrice', inversePriceDown, inversePriceUp, (a, b) => exact(a * ONE, b)],
  ['size', sizeDown, sizeUp, (a, b) => exact(a * ONE, b)],
  ['quoteSize', quoteSizeDown, quoteSizeUp, (a, b) => exact(a * b, ONE)],
  ['amount', amountDown, amountUp, (a, b) => exact(a * ONE, b)],
  ['unitPrice', unitPriceDown, null, (a, b) => exact(a * ONE, b)],
  ['funding', fundingDown, null, (a, b) => exact(a * b, ONE)],
  ['fundingIndexDelta', fundingIndexDelta, null, (a, b) => exact(a * b, ONE)],
  ['inverseFundingIndexDelta', inverseFundingIndexDelta, null, (a, b) => exact(b * ONE, a)],
];

/** Signed, small and large, with the awkward ones in between. */
const raw = fc.oneof(
  fc.bigInt({ min: -50n, max: 50n }),
  fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }),
  fc.bigInt({ min: -(2n ** 127n) + 1n, max: 2n ** 127n - 1n }),
  fc.constantFrom(ONE, -ONE, ONE - 1n, ONE + 1n, 3n * ONE),
);

for (const [name, down, up, of] of functions) {
  const directions = up === null ? 'Down' : 'Down and Up';
  test(`${name}${directions}: on the named side of the exact value, by less than a unit`, () => {
    let compared = 0;
    fc.assert(
      fc.property(raw, raw, (a, b) => {
        const [left, right] = [fromRaw<never>(a), fromRaw<never>(b)];
        const value = of(a, b);
        if (value.bottom === 0n) {
          assert.throws(() => down?.(left, right), /divisor was zero/);
          return;
        }
        const far = (value.top < 0n ? -value.top : value.top) / value.bottom;
        if (!isQuantity(far + 1n)) return;
        compared += 1;
        if (down !== null) assert.ok(isFloor(rawOf(down(left, right)), value));
        if (up !== null) assert.ok(isCeiling(rawOf(up(left, right)), value));
      }),
      { numRuns: 400 },
    );
    assert.ok(compared > 100, `only ${compared} of 400 pairs were compared`);
  });
}

test('canary: division that truncates, or rounds to nearest, is told from a floor', () => {
  const truncated = (a: bigint, b: bigint) => (a * b) / ONE;
  const nearest = (a: bigint, b: bigint) => (a * b + ONE / 2n) / ONE;
  for (const planted of [truncated, nearest]) {
    const caught = fc.check(
      fc.property(raw, raw, (a, b) => isFloor(planted(a, b), exact(a * b, ONE))),
      { numRuns: 400 },
    );
    assert.ok(caught.failed);
  }
});

test('divideDown and divideUp agree with the exact quotient and differ by at most one', () => {
  fc.assert(
    fc.property(raw, raw, (n, d) => {
      fc.pre(d !== 0n);
      const value = exact(n, d);
      assert.ok(isFloor(divideDown(n, d), value));
      assert.ok(isCeiling(divideUp(n, d), value));
      assert.equal(divideUp(n, d), -divideDown(-n, d));
    }),
  );
});

test('portionDown and portionUp round a · part / whole once', () => {
  const part = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });
  fc.assert(
    fc.property(part, part, part, (a, share, whole) => {
      fc.pre(whole !== 0n);
      const value = exact(a * share, whole);
      fc.pre(isQuantity((value.top < 0n ? -value.top : value.top) / value.bottom + 1n));
      const operands = [fromRaw<never>(a), fromRaw<never>(share), fromRaw<never>(whole)] as const;
      assert.ok(isFloor(rawOf(portionDown(...operands) as Wad), value));
      assert.ok(isCeiling(rawOf(portionUp(...operands) as Wad), value));
    }),
  );
});

test('two nested divisions round a product of three once', () => {
  const factor = fc.oneof(raw, fc.constantFrom(10n ** 12n, -(10n ** 12n)));
  fc.assert(
    fc.property(factor, factor, factor, fc.bigInt({ min: -2n, max: 2n }), (a, b, c, off) => {
      // Exact multiples and their neighbors are where a second rounding would show.
      const product = a * b * c + off;
      assert.ok(isFloor(rawOfTripleDown(product), exact(product, ONE * ONE)));
      assert.ok(isCeiling(rawOfTripleUp(product), exact(product, ONE * ONE)));
    }),
  );
});

test('floorTo and ceilTo give the neighboring multiples of a step', () => {
  const value = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });
  fc.assert(
    fc.property(value, fc.bigInt({ min: 1n, max: 10n ** 20n }), (a, step) => {
      const [given, by] = [fromRaw<Money>(a), fromRaw<Money>(step)];
      const low = rawOf(floorTo(given, by));
      const high = rawOf(ceilTo(given, by));
      assert.equal(low % step, 0n);
      assert.equal(high % step, 0n);
      assert.ok(low <= a && a < low + step && high - step < a && a <= high);
    }),
  );
});

test('the mean is the floor of the exact one', () => {
  fc.assert(
    fc.property(raw, raw, (a, b) => {
      const mean = rawOf(meanDown(fromRaw<never>(a), fromRaw<never>(b)) as Wad);
      assert.ok(isFloor(mean, exact(a + b, 2n)));
    }),
  );
});

test('quotients compare as their exact fractions do', () => {
  const positive = fc.bigInt({ min: 1n, max: 2n ** 127n - 1n });
  fc.assert(
    fc.property(raw, positive, raw, positive, (a, b, c, d) => {
      const difference = a * d - c * b;
      const expected = difference < 0n ? -1 : difference > 0n ? 1 : 0;
      const quotients = [
        fromRaw<Money>(a),
        fromRaw<Money>(b),
        fromRaw<Money>(c),
        fromRaw<Money>(d),
      ];
      assert.equal(cmpQuotients(...(quotients as [Money, Money, Money, Money])), expected);
    }),
  );
});

test('exact funding keeps what the rounded one leaves over', () => {
  fc.assert(
    fc.property(raw, raw, (a, b) => {
      const product = exactFunding(fromRaw<never>(a), fromRaw<never>(b));
      assert.equal(product, a * b);
      assert.ok(isFloor(rawOfExactDown(product), exact(product, ONE)));
      assert.ok(isCeiling(rawOfExactUp(product), exact(product, ONE)));
    }),
  );
});
