/** What is not judged again would have come to the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { market, plainValue, poolDriver } from '../../test/pools/pool-driver.ts';
import { asset } from '../../test/pools/sample-commands.ts';
import { priceGuards } from '../../test/pools/sample-guards.ts';
import {
  amount,
  durationMs,
  engineTimeMs,
  indexId,
  marketId,
  price,
  ratio,
  size,
  ZERO_SIZE,
} from '../units/index.ts';
import { type Command, decide, pricesAreCurrent } from './index.ts';
import { judgedPrices } from './pricing.ts';
import type { PoolView } from './state.ts';
import { isStillMark, mayBeStillIndex, occasionOf } from './still-prices.ts';

const INDEXES = { BTC: ['a', 'b', 'c'], ETH: ['a', 'b'], SOL: ['a'] } as const;
const MARKETS = ['BTC-PERP', 'BTC-SECOND', 'ETH-PERP', 'SOL-PERP'] as const;
const INDEX_OF = { 'BTC-PERP': 'BTC', 'BTC-SECOND': 'BTC', 'ETH-PERP': 'ETH', 'SOL-PERP': 'SOL' };
/** A handful of values, so that many reports repeat what was known. */
const value = fc.constantFrom('99', '100', '101', '104', '120');
/** Around the limits, on both sides and on them. */
const age = fc.constantFrom(0, 1, 999, 1_000, 1_001, 2_500);
const staleness = fc.constantFrom(1_000, 2_500, 60_000);

const indexReport = fc.constantFrom(...Object.keys(INDEXES)).chain((index) =>
  fc.record({
    index: fc.constant(indexId(index)),
    source: fc.constantFrom(...INDEXES[index as keyof typeof INDEXES]),
    price: value.map(price),
    age,
  }),
);
const bookReport = fc.record({
  market: fc.constantFrom(...MARKETS).map(marketId),
  at: value.map(price),
  age,
});
const outsideReport = fc.record({ price: value.map(price), age });

/** Everything that a judgement depends on, as steps of a random world. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('report' as const),
      indexes: fc.uniqueArray(indexReport, { maxLength: 3, selector: ({ index }) => index }),
      books: fc.uniqueArray(bookReport, { maxLength: 2, selector: (report) => report.market }),
      outside: fc.array(outsideReport, { maxLength: 1 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('tick' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), by: age }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('index' as const),
      index: fc.constantFrom(...Object.keys(INDEXES)),
      stalenessMsMax: staleness,
      sourcesMin: fc.constantFrom(1, 2),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('market' as const),
      market: fc.constantFrom(...MARKETS),
      bookStalenessMsMax: staleness,
      markBand: fc.constantFrom(null, '0.01'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('guards' as const),
      markStepPerSecond: fc.constantFrom(null, '0.001'),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function indexCommand(index: string, stalenessMsMax: number, sourcesMin: number): Command {
  const sources = INDEXES[index as keyof typeof INDEXES];
  return {
    type: 'ConfigureIndex',
    parameters: {
      index: indexId(index),
      sources: sources.map((source) => ({ source, weight: ratio('1') })),
      sourcesMin: Math.min(sourcesMin, sources.length),
      stalenessMsMax: durationMs(stalenessMsMax),
      confidenceMax: null,
      sourceBand: index === 'BTC' ? ratio('0.03') : null,
    },
  };
}

function marketCommand(
  name: (typeof MARKETS)[number],
  bookStalenessMsMax: number,
  markBand: string | null,
): Command {
  return {
    type: 'ConfigureMarket',
    parameters: market(name, {
      index: indexId(INDEX_OF[name]),
      kind: name === 'ETH-PERP' ? 'inverse' : 'linear',
      outsideSources: name === 'BTC-PERP' ? [{ source: 'x', weight: ratio('1') }] : [],
      bookStalenessMsMax: durationMs(bookStalenessMsMax),
      markBand: markBand === null ? null : ratio(markBand),
    }),
  };
}

function commandOf(taken: Step, now: number): Command | null {
  const timeMs = (back: number) => engineTimeMs(Math.max(0, now - back));
  switch (taken.do) {
    case 'report':
      return {
        type: 'ReportPrices',
        indexes: taken.indexes.map(({ age: back, ...report }) => {
          return { ...report, timeMs: timeMs(back), confidence: null };
        }),
        books: taken.books.map(({ market: id, at, age: back }) => {
          return { market: id, bid: at, ask: at, last: at, timeMs: timeMs(back) };
        }),
        outside: taken.outside.map(({ age: back, price: at }) => {
          return { market: marketId('BTC-PERP'), source: 'x', price: at, timeMs: timeMs(back) };
        }),
      };
    case 'tick':
      return { type: 'Tick' };
    case 'index':
      return indexCommand(taken.index, taken.stalenessMsMax, taken.sourcesMin);
    case 'market':
      return marketCommand(taken.market, taken.bookStalenessMsMax, taken.markBand);
    case 'guards': {
      const { markStepPerSecond } = taken;
      return priceGuards({
        market: marketId('SOL-PERP'),
        markStepPerSecond: markStepPerSecond === null ? null : ratio(markStepPerSecond),
      });
    }
    case 'wait':
      return null;
  }
}

/** The same pool, of which it is not known when its prices were judged. */
const forgotten = (state: PoolView): PoolView => ({ ...state, pricesJudgedMs: null });

/** A pool as it could become without any report: more contracts than can be reckoned with. */
const swollen = (state: PoolView, held: string): PoolView => ({
  ...state,
  markets: state.markets.map((each) => ({ ...each, longSize: size(held), shortSize: size(held) })),
});

const reached = { stillIndexes: 0, stillMarks: 0, agedAlone: 0 };

function countReached(state: PoolView, command: Command, now: number): void {
  const none = { indexes: [], books: [], outside: [] };
  const reports = command.type === 'ReportPrices' ? command : none;
  const occasion = occasionOf(state, reports, engineTimeMs(now));
  for (const number of state.indexes.keys()) {
    if (mayBeStillIndex(state, number, occasion)) reached.stillIndexes += 1;
  }
  for (const number of state.markets.keys()) {
    if (isStillMark(state, number, occasion)) reached.stillMarks += 1;
  }
}

test('judging only what may have moved comes to what judging everything comes to', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
      const pool = poolDriver();
      pool.configure();
      for (const index of Object.keys(INDEXES)) pool.take(indexCommand(index, 2_500, 1));
      for (const name of MARKETS) pool.take(marketCommand(name, 2_500, null));
      const { state } = pool.engine;
      for (const [number, taken] of steps.entries()) {
        if (taken.do === 'wait') pool.wait(taken.by);
        const command = commandOf(taken, pool.now());
        if (command === null) continue;
        const envelope = { source: 'other', sourceSeq: number, command };
        for (const seen of [state, swollen(state, '1000000000000000'), swollen(state, '0.001')]) {
          const outcome = decide(seen, envelope, pool.now());
          assert.deepEqual(outcome, decide(forgotten(seen), envelope, pool.now()));
        }
        const later = engineTimeMs(pool.now() + 1_000);
        assert.equal(pricesAreCurrent(state, later), pricesAreCurrent(forgotten(state), later));
        countReached(state, command, pool.now());
        const { events } = pool.attempt(command);
        const moved = events.some(({ type }) => type === 'PricesUpdated');
        if (taken.do === 'tick' && moved) reached.agedAlone += 1;
      }
    }),
    { numRuns: 150, seed: 20210519 },
  );
  assert.ok(reached.stillIndexes > 1_000, `${reached.stillIndexes} indexes stayed as they were`);
  assert.ok(reached.stillMarks > 500, `${reached.stillMarks} marks stayed as they were`);
  assert.ok(reached.agedAlone > 50, `${reached.agedAlone} times did time alone move a price`);
});

test('a market that grew beyond what can be reckoned with is judged at once', () => {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.price('BTC', '100', ['BTC-PERP']);
  const { state } = pool.engine;
  const occasion = occasionOf(state, { indexes: [], books: [], outside: [] }, pool.now());
  assert.equal(state.markets[0]!.longSize, ZERO_SIZE);
  assert.equal(isStillMark(state, 0, occasion), true);
  assert.equal(isStillMark(swollen(state, '1000000000000000'), 0, occasion), true);
  assert.equal(isStillMark(swollen(state, '1000000000000001'), 0, occasion), false);
});

test('an inverse market is worth in coin what its price makes of it', () => {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP', { kind: 'inverse' });
  pool.price('BTC', '0.5', ['BTC-PERP']);
  const { state } = pool.engine;
  const occasion = occasionOf(state, { indexes: [], books: [], outside: [] }, pool.now());
  assert.equal(isStillMark(swollen(state, '50000000000000000'), 0, occasion), true);
  assert.equal(isStillMark(swollen(state, '50000000000000001'), 0, occasion), false);
});

test('of an earlier time than that of the last judgement nothing is known', () => {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC', ['a', 'b']);
  const report = (source: string, value: string): Command => ({
    type: 'ReportPrices',
    indexes: [
      { index: indexId('BTC'), source, price: price(value), timeMs: pool.now(), confidence: null },
    ],
    books: [],
    outside: [],
  });
  const before = pool.now();
  pool.take(report('a', '100'));
  pool.wait(69_000);
  pool.take(report('b', '110'));
  const { state } = pool.engine;
  const envelope = { source: 'other', sourceSeq: 1, command: { type: 'Tick' } as const };
  const earlier = engineTimeMs(before + 49_000);
  const outcome = decide(state, envelope, earlier);
  assert.deepEqual(outcome, decide(forgotten(state), envelope, earlier));
  // The report of b is from the future then, and that of a is fresh.
  assert.match(JSON.stringify(outcome, plainValue), /PricesUpdated/);
});

test('what is not live is judged every time: what kept it from being so may be gone', () => {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.take(asset('WBTC'));
  pool.price('BTC', '100', ['BTC-PERP']);
  const { state } = pool.engine;
  const reports = { indexes: [], books: [], outside: [] };
  const occasion = occasionOf(state, reports, pool.now());
  assert.equal(mayBeStillIndex(state, 0, occasion), true);
  // More of the asset than can be reckoned with, and then less: no report says so.
  const held = (units: string): PoolView => ({
    ...state,
    assets: state.assets.map((asset) => ({ ...asset, held: amount(units) })),
  });
  const pricesOf = (seen: PoolView) => judgedPrices(seen, reports, pool.now()).prices;
  assert.equal(pricesOf(held('1000000000000001')).indexes[0]!.indexPrice, null);
  const dead = { ...state, indexes: state.indexes.map((index) => ({ ...index, live: false })) };
  assert.equal(mayBeStillIndex(dead, 0, occasion), false);
  assert.equal(pricesOf(dead).indexes[0]!.indexPrice, price('100'));

  const frozen: PoolView = {
    ...state,
    markets: state.markets.map((each) => ({ ...each, mode: 'frozen' as const })),
  };
  assert.equal(isStillMark(frozen, 0, occasion), false);
  assert.equal(pricesOf(frozen).marks[0]!.mode, 'live');
});
