import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromRaw, type Money, type Price, rawOf, type Size } from '../units/index.ts';
import { bankruptcyPrice, bankruptcyQuote } from './bankruptcy-price.ts';
import type { ContractKind } from './contract-value.ts';

const WAD = 10n ** 18n;
const E27 = 10n ** 27n;

type Close = {
  readonly kind: ContractKind;
  readonly delta: bigint;
  readonly mark: bigint;
  readonly equity: bigint;
  readonly released: bigint;
  readonly required: bigint;
};

const within = (min: bigint, max: bigint) =>
  fc.oneof(fc.bigInt({ min, max: min + 100n }), fc.bigInt({ min, max }));
const signed = (max: bigint) =>
  fc.oneof(fc.bigInt({ min: -100n, max: 100n }), fc.bigInt({ min: -max, max }));
const kinds = fc.constantFrom<ContractKind>('linear', 'inverse');
const closes: fc.Arbitrary<Close> = fc
  .record({
    kind: kinds,
    delta: signed(10n ** 24n),
    mark: within(10n ** 12n, 10n ** 24n),
    equity: signed(E27),
    released: within(0n, E27),
    rest: within(1n, E27),
  })
  .map(({ rest, ...close }) => ({ ...close, required: close.released + rest }));

function quoteOf({ kind, delta, mark, equity, released, required }: Close): bigint {
  return rawOf(
    bankruptcyQuote({
      kind,
      sizeDelta: fromRaw<Size>(delta),
      markPrice: fromRaw<Price>(mark),
      equity: fromRaw<Money>(equity),
      maintenanceMarginReleased: fromRaw<Money>(released),
      maintenanceMargin: fromRaw<Money>(required),
    }),
  );
}

function priceOf({ kind, delta }: Close, quote: bigint): bigint | null {
  const found = bankruptcyPrice({
    kind,
    sizeDelta: fromRaw<Size>(delta),
    quote: fromRaw<Money>(quote),
  });
  return found === null ? null : rawOf(found);
}

/** Exact value of a holding at a price, as [numerator, denominator] of raw money. */
function exactValue(kind: ContractKind, held: bigint, mark: bigint): [bigint, bigint] {
  return kind === 'linear' ? [held * mark, WAD] : [-held * WAD, mark];
}

test('equity ÷ maintenance margin is kept, and gains less than one unit by rounding', () => {
  fc.assert(
    fc.property(closes, (close) => {
      const [value, scale] = exactValue(close.kind, -close.delta, close.mark);
      // Equity after the close, times scale: E + quote − value.
      const after = (close.equity + quoteOf(close)) * scale - value;
      const kept = close.equity * (close.required - close.released) * scale;
      const gain = after * close.required - kept;
      assert.ok(gain >= 0n && gain < close.required * scale);
    }),
    { numRuns: 500 },
  );
});

test('closing every leg at its quote leaves equity of zero up to a unit each', () => {
  const legs = fc.array(
    fc.record({
      kind: kinds,
      held: signed(10n ** 24n),
      mark: within(10n ** 12n, 10n ** 24n),
      margin: within(1n, E27),
    }),
    { minLength: 1, maxLength: 5 },
  );
  fc.assert(
    fc.property(legs, signed(E27), (positions, equity) => {
      const required = positions.reduce((total, { margin }) => total + margin, 0n);
      let left = { numerator: equity, denominator: 1n };
      for (const { kind, held, mark, margin } of positions) {
        const close = { kind, delta: -held, mark, equity, released: margin, required };
        const [value, scale] = exactValue(kind, held, mark);
        left = {
          numerator: left.numerator * scale + (quoteOf(close) * scale - value) * left.denominator,
          denominator: left.denominator * scale,
        };
      }
      assert.ok(left.numerator >= 0n);
      assert.ok(left.numerator < BigInt(positions.length) * left.denominator);
    }),
    { numRuns: 300 },
  );
});

test('an account with more equity can close for less', () => {
  fc.assert(
    fc.property(closes, within(0n, E27), (close, extra) => {
      const richer = { ...close, equity: close.equity + extra };
      assert.ok(quoteOf(richer) <= quoteOf(close));
    }),
    { numRuns: 300 },
  );
});

test('the price settles at least the quote, and one unit less would not', () => {
  let found = 0;
  fc.assert(
    fc.property(closes, (close) => {
      fc.pre(close.delta !== 0n);
      const quote = quoteOf(close);
      const raw = priceOf(close, quote);
      if (raw === null) return;
      found += 1;
      // Proceeds at a price p, times p for inverse contracts, against the quote.
      const surplus = (p: bigint): bigint =>
        close.kind === 'linear' ? -close.delta * p - quote * WAD : close.delta * WAD - quote * p;
      const worse = close.delta < 0n ? raw - 1n : raw + 1n;
      assert.ok(surplus(raw) >= 0n);
      assert.ok(surplus(worse) < 0n);
    }),
    { numRuns: 500 },
  );
  assert.ok(found > 100);
});

test('there is a price wherever one of the right sign and size exists', () => {
  fc.assert(
    fc.property(closes, (close) => {
      fc.pre(close.delta !== 0n);
      const quote = quoteOf(close);
      if (priceOf(close, quote) !== null) return;
      const [top, bottom] =
        close.kind === 'linear' ? [-quote * WAD, close.delta] : [close.delta * WAD, quote];
      const positive = top > 0n === bottom > 0n && top !== 0n && bottom !== 0n;
      if (!positive) return;
      const magnitude = (top < 0n ? -top : top) / (bottom < 0n ? -bottom : bottom);
      assert.ok(magnitude === 0n || magnitude >= 2n ** 127n - 1n);
    }),
    { numRuns: 500 },
  );
});

test('positive equity closes for less than the mark value, negative equity needs more', () => {
  fc.assert(
    fc.property(closes, (close) => {
      const [value, scale] = exactValue(close.kind, -close.delta, close.mark);
      const quote = quoteOf(close);
      // Apart from the rounding up of the quote, by less than one unit.
      if (close.equity >= 0n) assert.ok((quote - 1n) * scale < value);
      if (close.equity <= 0n) assert.ok(quote * scale >= value);
    }),
    { numRuns: 300 },
  );
});

test('symmetry: a linear long and the equal short miss the mark by the same amount', () => {
  fc.assert(
    fc.property(closes, (close) => {
      const long = quoteOf({ ...close, kind: 'linear', delta: -1n * WAD });
      const short = quoteOf({ ...close, kind: 'linear', delta: 1n * WAD });
      // The value of one contract is exact, so both quotes round the same share of equity.
      assert.equal(long - close.mark, short + close.mark);
    }),
    { numRuns: 200 },
  );
});

test('scale: k times the account has k times the quote, rounded once', () => {
  fc.assert(
    fc.property(closes, fc.bigInt({ min: 2n, max: 9n }), (close, k) => {
      const large = quoteOf({
        ...close,
        delta: close.delta * k,
        equity: close.equity * k,
        released: close.released * k,
        required: close.required * k,
      });
      const gap = k * quoteOf(close) - large;
      assert.ok(gap >= 0n && gap < k);
    }),
    { numRuns: 300 },
  );
});
