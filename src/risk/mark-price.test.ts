import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  durationMs,
  formatDecimal,
  fromRaw,
  type Price,
  price,
  type Ratio,
  ratio,
  rawOf,
} from '../units/index.ts';
import { clampToIndex, type MarkPriceInput, markPrice } from './mark-price.ts';
import {
  basisMedianMarkPrice,
  clampedLastMarkPrice,
  fundingMarkPrice,
} from './mark-price-variants.ts';

const book = (bid: string, ask: string, last: string) => ({
  bid: price(bid),
  ask: price(ask),
  last: price(last),
});
const outside = (...mids: string[]) =>
  mids.map((mid) => ({ price: price(mid), weight: ratio('1') }));

function markOf(input: MarkPriceInput): string {
  const { markPrice: mark, mode } = markPrice(input);
  return `${mode} ${mark === null ? 'none' : formatDecimal(mark)}`;
}

const allThree: MarkPriceInput = {
  indexPrice: price('10000'),
  basisAverage: price('20'),
  book: book('10005', '10015', '10012'),
  outside: outside('10018'),
};

test('Hyperliquid: the median of index + basis, book and outside', () => {
  assert.deepEqual(markPrice(allThree), {
    markPrice: price('10018'),
    mode: 'live',
    classes: {
      indexBasis: price('10020'),
      book: price('10012'),
      outside: price('10018'),
    },
  });
});

test('outside is a weighted median; mids of zero or less do not count', () => {
  const heavy = { price: price('10030'), weight: ratio('3') };
  const { classes } = markPrice({ ...allThree, outside: [...outside('0', '-5', '10018'), heavy] });
  assert.equal(classes.outside, price('10030'));
  const zero = markPrice({ ...allThree, outside: outside('0', '10018') });
  assert.equal(zero.classes.outside, price('10018'));
});

test('without an average basis the index stands alone', () => {
  const rest = { ...allThree, basisAverage: null };
  assert.equal(markPrice(rest).classes.indexBasis, price('10000'));
});

test('a negative basis lowers the index; one that eats it up leaves no price', () => {
  const at = (basis: string) =>
    markPrice({ ...allThree, basisAverage: price(basis) }).classes.indexBasis;
  assert.equal(at('-20'), price('9980'));
  assert.equal(at('-10000'), null);
  assert.equal(at('-9999.999999999999999999'), price('0.000000000000000001'));
});

test('two live: the mean of the two, or the median with the average of the book', () => {
  const two = { ...allThree, outside: [] };
  assert.equal(markOf(two), 'live 10016');
  assert.equal(markOf({ ...two, bookAverage: price('10013') }), 'live 10013');
  assert.equal(markOf({ ...two, bookAverage: price('9000') }), 'live 10012');
  assert.equal(markOf({ ...two, bookAverage: price('11000') }), 'live 10020');
  assert.equal(markOf({ ...two, bookAverage: price('0') }), 'live 10016');
  assert.equal(markOf({ ...two, bookAverage: null }), 'live 10016');
});

test('any two of the three are enough', () => {
  assert.equal(markOf({ ...allThree, book: null }), 'live 10019');
  assert.equal(markOf({ ...allThree, indexPrice: null }), 'live 10015');
  assert.equal(markOf({ ...allThree, indexPrice: price('0') }), 'live 10015');
});

test('the mean of two rounds down', () => {
  const odd = {
    indexPrice: price('0.000000000000000002'),
    book: book('0.000000000000000003', '0.000000000000000003', '0.000000000000000003'),
  };
  assert.equal(markOf(odd), 'live 0.000000000000000002');
});

test('one or none: frozen at the previous mark, and never clamped', () => {
  const one = { indexPrice: price('10000'), previousMark: price('12345'), band: ratio('0.01') };
  assert.equal(markOf(one), 'frozen 12345');
  assert.equal(markOf({ indexPrice: null, previousMark: price('12345') }), 'frozen 12345');
  assert.equal(markOf({ indexPrice: price('10000') }), 'frozen none');
  assert.equal(markOf({ indexPrice: null, bookAverage: price('10') }), 'frozen none');
});

test('the band around the index wins, even over every class', () => {
  const pushed = {
    indexPrice: price('100'),
    basisAverage: price('20'),
    book: book('119', '121', '120'),
    bookAverage: price('120'),
  };
  assert.equal(markOf(pushed), 'live 120');
  assert.equal(markOf({ ...pushed, band: ratio('0.05') }), 'live 105');
  assert.equal(markOf({ ...pushed, band: ratio('0.2') }), 'live 120');
  assert.equal(markOf({ ...pushed, band: ratio('0') }), 'live 100');
  const down = { ...pushed, basisAverage: price('-20'), book: book('79', '81', '80') };
  assert.equal(markOf({ ...down, band: ratio('0.05'), bookAverage: null }), 'live 95');
  const noIndex = { ...pushed, indexPrice: null, outside: outside('130'), band: ratio('0.05') };
  assert.equal(markOf({ ...noIndex, bookAverage: null }), 'live 125');
});

test('the band is rounded inward', () => {
  const unit = price('0.000000000000000003');
  const low = clampToIndex(price('0.000000000000000001'), unit, ratio('0.5'));
  assert.equal(formatDecimal(low), '0.000000000000000002');
  const high = clampToIndex(price('0.000000000000000009'), unit, ratio('0.5'));
  assert.equal(formatDecimal(high), '0.000000000000000004');
});

test('BitMEX: fair price by the funding still due', () => {
  const at = (timeToFundingMs: number) =>
    formatDecimal(
      fundingMarkPrice({
        indexPrice: price('500'),
        fundingRate: ratio('0.01'),
        timeToFundingMs: durationMs(timeToFundingMs),
        fundingIntervalMs: durationMs(28_800_000),
      }),
    );
  assert.equal(at(28_800_000), '505');
  assert.equal(at(14_400_000), '502.5');
  assert.equal(at(0), '500');
  assert.equal(at(9_600_000), '501.666666666666666666');
});

test('Binance: the median of funding mark, index plus basis, and last', () => {
  const at = (basisAverage: string, lastPrice: string) =>
    formatDecimal(
      basisMedianMarkPrice({
        indexPrice: price('500'),
        fundingRate: ratio('0.01'),
        timeToFundingMs: durationMs(14_400_000),
        fundingIntervalMs: durationMs(28_800_000),
        basisAverage: price(basisAverage),
        lastPrice: price(lastPrice),
      }),
    );
  assert.equal(at('1', '510'), '502.5');
  assert.equal(at('3', '510'), '503');
  assert.equal(at('3', '502.75'), '502.75');
});

test('Deribit: the last price moved into the book, then into the band', () => {
  const at = (lastPrice: string, band = '0.03') =>
    formatDecimal(
      clampedLastMarkPrice({
        lastPrice: price(lastPrice),
        bid: price('271'),
        ask: price('271.5'),
        indexPrice: price('270'),
        band: ratio(band),
      }),
    );
  assert.equal(at('271.7'), '271.5');
  assert.equal(at('271.2'), '271.2');
  assert.equal(at('200'), '271');
  assert.equal(at('271.7', '0.001'), '270.27');
});

const WAD = 10n ** 18n;
const rawPrices = fc.oneof(
  fc.bigInt({ min: -2n, max: 8n }),
  fc.bigInt({ min: 1n, max: 10n ** 24n }),
);
const prices = rawPrices.map((raw) => fromRaw<Price>(raw));
const inputs = fc.record({
  indexPrice: fc.option(prices),
  basisAverage: fc.option(prices),
  book: fc.option(fc.record({ bid: prices, ask: prices, last: prices })),
  bookAverage: fc.option(prices),
  outside: fc.array(
    fc.record({
      price: prices,
      weight: fc.bigInt({ min: 0n, max: 3n }).map((raw) => fromRaw<Ratio>(raw)),
    }),
    { maxLength: 4 },
  ),
  previousMark: fc.option(prices),
  band: fc.option(fc.bigInt({ min: 0n, max: WAD }).map((raw) => fromRaw<Ratio>(raw))),
});

test('property: a live mark is positive, within its live inputs and within the band', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const { markPrice: mark, mode, classes } = markPrice(input);
      const live = Object.values(classes).flatMap((each) => (each === null ? [] : [rawOf(each)]));
      assert.equal(mode, live.length >= 2 ? 'live' : 'frozen');
      if (mode === 'frozen') {
        assert.equal(mark, input.previousMark);
        return;
      }
      const raw = rawOf(mark!);
      const index = input.indexPrice;
      const hasBand = input.band != null && index !== null && rawOf(index) > 0n;
      const hull = hasBand ? [...live, rawOf(index)] : live;
      assert.ok(raw > 0n && hull.some((each) => each <= raw) && hull.some((each) => each >= raw));
      if (!hasBand) return;
      const gap = raw - rawOf(index);
      assert.ok((gap < 0n ? -gap : gap) * WAD <= rawOf(index) * rawOf(input.band!));
    }),
    { numRuns: 500 },
  );
});

test('property: with all three, the mark is the middle one, so no single class decides', () => {
  const positive = fc.bigInt({ min: 1n, max: 10n ** 24n });
  fc.assert(
    fc.property(positive, positive, positive, (a, b, c) => {
      const { markPrice: mark } = markPrice({
        indexPrice: fromRaw<Price>(a),
        book: { bid: fromRaw<Price>(b), ask: fromRaw<Price>(b), last: fromRaw<Price>(b) },
        outside: [{ price: fromRaw<Price>(c), weight: ratio('1') }],
      });
      const raw = rawOf(mark!);
      const sorted = [a, b, c].sort((x, y) => (x < y ? -1 : x > y ? 1 : 0));
      assert.equal(raw, sorted[1]);
    }),
    { numRuns: 200 },
  );
});

test('property: the funding mark is the exact one rounded down', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 10n ** 24n }),
      fc.bigInt({ min: -(WAD / 10n), max: WAD / 10n }),
      fc.integer({ min: 0, max: 28_800_000 }),
      (index, rate, timeToFunding) => {
        const mark = fundingMarkPrice({
          indexPrice: fromRaw<Price>(index),
          fundingRate: fromRaw<Ratio>(rate),
          timeToFundingMs: durationMs(timeToFunding),
          fundingIntervalMs: durationMs(28_800_000),
        });
        const bottom = WAD * 28_800_000n;
        const top = index * (bottom + rate * BigInt(timeToFunding));
        assert.ok(rawOf(mark) * bottom <= top && (rawOf(mark) + 1n) * bottom > top);
      },
    ),
    { numRuns: 200 },
  );
});
