import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  durationMs,
  engineTimeMs,
  formatDecimal,
  fromRaw,
  type Price,
  price,
  type Ratio,
  ratio,
  rawOf,
} from '../units/index.ts';
import { type IndexPriceInput, type IndexSource, indexPrice } from './index-price.ts';

const now = 100_000;

function source(id: string, quoted: string, part: Partial<IndexSource> = {}): IndexSource {
  return {
    id,
    price: price(quoted),
    weight: ratio('1'),
    timeMs: engineTimeMs(now),
    ...part,
  };
}

function indexOf(sources: IndexSource[], part: Partial<IndexPriceInput> = {}) {
  const result = indexPrice({
    nowMs: engineTimeMs(now),
    sources,
    stalenessMsMax: durationMs(10_000),
    sourcesMin: 1,
    ...part,
  });
  return {
    price: result.indexPrice === null ? null : formatDecimal(result.indexPrice),
    live: result.live.join(' '),
    rejected: result.rejected.map(({ id, reason }) => `${id} ${reason}`),
  };
}

test('the weighted median of the live sources', () => {
  const sources = [source('a', '101'), source('b', '99'), source('c', '100')];
  assert.deepEqual(indexOf(sources), { price: '100', live: 'a b c', rejected: [] });
  const heavy = [source('a', '101', { weight: ratio('2.5') }), ...sources.slice(1)];
  assert.equal(indexOf(heavy).price, '101');
  assert.equal(indexOf(sources.slice(0, 2)).price, '100');
});

test('a source is stale beyond the limit, not at it', () => {
  const at = (timeMs: number) =>
    indexOf([source('a', '100'), source('b', '102', { timeMs: engineTimeMs(timeMs) })]);
  assert.deepEqual(at(90_000).rejected, []);
  assert.deepEqual(at(89_999).rejected, ['b stale']);
  assert.deepEqual(at(100_000).rejected, []);
  assert.deepEqual(at(100_001).rejected, ['b from-the-future']);
});

test('prices of zero or less do not count', () => {
  const sources = [source('a', '100'), source('b', '0'), source('c', '-100')];
  assert.deepEqual(indexOf(sources), {
    price: '100',
    live: 'a',
    rejected: ['b non-positive', 'c non-positive'],
  });
});

test('an interval wider than the cap is too uncertain; an unstated one passes', () => {
  const sources = [
    source('a', '100', { confidence: ratio('0.01') }),
    source('b', '101', { confidence: ratio('0.010000000000000001') }),
    source('c', '102'),
    source('d', '103', { confidence: null }),
  ];
  assert.deepEqual(indexOf(sources, { confidenceMax: ratio('0.01') }).rejected, [
    'b too-uncertain',
  ]);
  assert.deepEqual(indexOf(sources).rejected, []);
});

test('the band is drawn around the median of the others, and its edge is inside', () => {
  const with3 = (quoted: string) =>
    indexOf([source('a', '100'), source('b', '100'), source('c', quoted)], {
      band: ratio('0.02'),
    });
  assert.deepEqual(with3('102').rejected, []);
  assert.deepEqual(with3('98').rejected, []);
  assert.deepEqual(with3('102.000000000000000001').rejected, ['c outside-band']);
  assert.deepEqual(with3('97.999999999999999999').rejected, ['c outside-band']);
});

test('the band is exact where the median of the others is half a unit', () => {
  // Others 1 and 2 units: median 1.5, band 1/3 ⇒ [1, 2] units. A median rounded down to 1
  // would have rejected 2, and a band of less than a third rejects both.
  const unit = '0.000000000000000001';
  const two = '0.000000000000000002';
  const sources = [source('a', unit), source('b', two), source('c', two)];
  assert.deepEqual(indexOf(sources, { band: ratio('0.333333333333333334') }).rejected, [
    'a outside-band',
  ]);
  assert.deepEqual(indexOf(sources, { band: ratio('0.5') }).rejected, []);
});

test('two sources that disagree reject each other: no price rather than a guess', () => {
  const sources = [source('a', '100'), source('b', '110')];
  assert.deepEqual(indexOf(sources, { band: ratio('0.05') }), {
    price: null,
    live: '',
    rejected: ['a outside-band', 'b outside-band'],
  });
});

test('a source alone has nothing to compare with', () => {
  assert.equal(indexOf([source('a', '100')], { band: ratio('0.001') }).price, '100');
});

test('rejected sources do not widen or move the band', () => {
  const stale = { timeMs: engineTimeMs(1) };
  const sources = [source('a', '100'), source('b', '101'), source('c', '500', stale)];
  assert.deepEqual(indexOf(sources, { band: ratio('0.02') }), {
    price: '100.5',
    live: 'a b',
    rejected: ['c stale'],
  });
});

test('fewer live sources than the minimum: no price, but the report stands', () => {
  const sources = [source('a', '100'), source('b', '0')];
  assert.deepEqual(indexOf(sources, { sourcesMin: 2 }), {
    price: null,
    live: 'a',
    rejected: ['b non-positive'],
  });
  assert.equal(indexOf(sources, { sourcesMin: 1 }).price, '100');
  assert.equal(indexOf([], { sourcesMin: 0 }).price, null);
});

const sourceLists = fc
  .array(
    fc.record({
      raw: fc.bigInt({ min: -3n, max: 60n }),
      weight: fc.bigInt({ min: 1n, max: 4n }),
      age: fc.integer({ min: -2, max: 12 }),
    }),
    { maxLength: 7 },
  )
  .map((list) =>
    list.map(({ raw, weight, age }, index) =>
      source(`s${index}`, '1', {
        price: fromRaw<Price>(raw),
        weight: fromRaw<Ratio>(weight),
        timeMs: engineTimeMs(now - age * 1000),
      }),
    ),
  );

test('property: each source is live or rejected once, in input order; the index in range', () => {
  fc.assert(
    fc.property(sourceLists, fc.bigInt({ min: 0n, max: 10n ** 18n }), (sources, band) => {
      const result = indexPrice({
        nowMs: engineTimeMs(now),
        sources,
        stalenessMsMax: durationMs(10_000),
        band: fromRaw<Ratio>(band),
        sourcesMin: 1,
      });
      const liveIds = new Set(result.live);
      const rejectedIds = result.rejected.map(({ id }) => id);
      assert.deepEqual(
        result.live,
        sources.map(({ id }) => id).filter((id) => liveIds.has(id)),
      );
      assert.deepEqual(
        rejectedIds,
        sources.map(({ id }) => id).filter((id) => !liveIds.has(id)),
      );
      assert.equal(result.indexPrice === null, result.live.length === 0);
      if (result.indexPrice === null) return;
      const index = rawOf(result.indexPrice);
      const live = sources.filter(({ id }) => liveIds.has(id)).map((each) => rawOf(each.price));
      assert.ok(index > 0n && live.some((raw) => raw <= index) && live.some((raw) => raw >= index));
    }),
    { numRuns: 300 },
  );
});

test('property: the order of the sources decides nothing', () => {
  fc.assert(
    fc.property(sourceLists, fc.bigInt({ min: 0n, max: 10n ** 18n }), (sources, band) => {
      const input = {
        nowMs: engineTimeMs(now),
        stalenessMsMax: durationMs(10_000),
        band: fromRaw<Ratio>(band),
        sourcesMin: 2,
      };
      const forward = indexPrice({ ...input, sources });
      const backward = indexPrice({ ...input, sources: sources.toReversed() });
      assert.equal(forward.indexPrice, backward.indexPrice);
      assert.deepEqual(forward.live, backward.live.toReversed());
      assert.deepEqual(forward.rejected, backward.rejected.toReversed());
    }),
    { numRuns: 300 },
  );
});

test('property: one liar among three honest sources cannot leave their range', () => {
  const honest = fc.bigInt({ min: 1000n, max: 1010n });
  fc.assert(
    fc.property(honest, honest, honest, fc.bigInt({ min: 1n, max: 10n ** 6n }), (a, b, c, lie) => {
      const quoted = [a, b, c, lie];
      const sources = quoted.map((raw, i) => source(`s${i}`, '1', { price: fromRaw<Price>(raw) }));
      const result = indexPrice({
        nowMs: engineTimeMs(now),
        sources,
        stalenessMsMax: durationMs(0),
        band: ratio('0.05'),
        sourcesMin: 3,
      });
      const index = rawOf(result.indexPrice!);
      const [low] = [a, b, c].sort((x, y) => (x < y ? -1 : 1)) as [bigint];
      const [high] = [a, b, c].sort((x, y) => (x > y ? -1 : 1)) as [bigint];
      assert.ok(index >= low && index <= high);
    }),
    { numRuns: 300 },
  );
});
