/**
 * Goal: lights tell who would be asked first. Method: the book of docs/adl.md as a pool, with the
 * table of that page; and random books against places counted one by one in plain fractions.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { crash, loadings } from '../../test/pools/hedge-stage.ts';
import { deleveraging, twoMarkets, waterfall } from '../../test/pools/loss-stage.ts';
import { POOL } from '../../test/pools/pool-driver.ts';
import type { AdlPolicyName } from '../risk/index.ts';
import {
  accountId,
  durationMs,
  formatDecimal,
  marketId,
  money,
  price,
  ratio,
  rawOf,
} from '../units/index.ts';
import { type AdlLightsOfSide, adlLights, type PoolParameters } from './index.ts';

const BOOK = [
  ['ada', '70', '103'],
  ['ben', '50', '120'],
  ['cho', '380', '112'],
  ['dev', '1050', '95'],
] as const;

/** The four shorts of the page at a mark of 100, against one long. */
function book(changes: Partial<PoolParameters> = {}) {
  const pool = twoMarkets(changes);
  for (const [name, deposit, at] of BOOK) {
    const short = pool.account(name, deposit);
    pool.fill(pool.maker, short, { market: 'BTC-PERP', size: '10', price: at });
  }
  return pool;
}

const lightsOf = (sides: readonly AdlLightsOfSide[], side: 'long' | 'short') =>
  sides.find((own) => own.market === 'BTC-PERP' && own.side === side)!;

test('by rank, with what stands before each; who has no profit is dark', () => {
  const side = lightsOf(adlLights(book({ adlPolicy: 'queue' }).engine.state), 'short');
  assert.equal(side.policy, 'queue');
  assert.equal(formatDecimal(side.rankedSize), '30');
  const rows = side.positions.map((light) =>
    [
      light.account,
      light.lights,
      light.rank,
      light.sizeAhead && formatDecimal(light.sizeAhead),
      formatDecimal(light.leverage!),
      formatDecimal(light.unrealizedPnl),
    ].join(' '),
  );
  assert.deepEqual(rows, [
    'ben 4 1 0 4 200',
    'ada 2 2 10 10 30',
    'cho 1 3 20 2 120',
    'dev 0   1 -50',
  ]);
  assert.equal(formatDecimal(side.positions[0]!.score!), '0.666666666666666666');
  // The maker lost all that they won; ETH has nobody.
  const long = lightsOf(adlLights(book().engine.state), 'long');
  assert.deepEqual([long.positions.length, long.positions[0]!.lights], [1, 0]);
  assert.equal(adlLights(book().engine.state).length, 2);
});

test('with a loading by exposure to the factor; a protected hedge is dark', () => {
  const rows = (hedges: 'ignore' | 'protect') => {
    const pool = book();
    // Ben stands against all of his 50, Cho against 20 of hers.
    pool.take(
      deleveraging(hedges, [
        { market: marketId('BTC-PERP'), loading: price('5') },
        { market: marketId('ETH-PERP'), loading: price('10') },
      ]),
    );
    const trade = (name: string, contracts: string) =>
      pool.fill(accountId(name), pool.maker, {
        market: 'ETH-PERP',
        size: contracts,
        price: '20',
      });
    trade('ben', '5');
    trade('cho', '2');
    const { positions } = lightsOf(adlLights(pool.engine.state), 'short');
    return positions.map(({ account, lights, score, protection }) => {
      const place = score === null ? (protection ?? '') : formatDecimal(score);
      return `${account} ${lights} ${place}`.trimEnd();
    });
  };
  assert.deepEqual(rows('ignore'), ['ada 4 0.5', 'cho 2 0.06', 'ben 1 0', 'dev 0']);
  assert.deepEqual(rows('protect'), ['ada 3 0.5', 'cho 1 0.06', 'ben 0 hedge', 'dev 0']);
});

/**
 * Hal, short of eight lots of BTC, is long of one ETH: 5 · 0.008 less what that weighs is what he
 * is exposed to. Alice faces him.
 */
function halOfEightLots(eth: string, hedges: 'ignore' | 'protect' = 'protect') {
  const pool = twoMarkets();
  pool.take(deleveraging(hedges, loadings({ 'BTC-PERP': '5', 'ETH-PERP': eth })));
  const [alice, hal] = [pool.account('alice', '0.08'), pool.account('hal', '32')];
  pool.fill(alice, hal, { market: 'BTC-PERP', size: '0.008', price: '100' });
  pool.fill(hal, pool.maker, { market: 'ETH-PERP', size: '1', price: '20' });
  const light = () => lightsOf(adlLights(pool.engine.state), 'short').positions[0]!;
  return { ...pool, light };
}

test('a position that may close less than a lot is as dark as a hedge, and says why', () => {
  const shown = (eth: string, hedges?: 'ignore') => {
    const pool = halOfEightLots(eth, hedges);
    pool.price('BTC', '99', ['BTC-PERP']);
    const { account, lights, rank, protection } = pool.light();
    return [account, lights, rank, protection];
  };
  const lit = ['hal', 1, 1, null];
  const dark = (why: string) => ['hal', 0, null, why];
  // At the mark he may close 2 · F / 5 contracts: a lot, and a unit less.
  assert.deepEqual(shown('0.0375'), lit);
  assert.deepEqual(shown('0.037500000000000001'), dark('less-than-a-lot'));
  assert.deepEqual(shown('0.039999999999999999'), dark('less-than-a-lot'));
  assert.deepEqual(shown('0.04'), dark('hedge'));
  assert.deepEqual(shown('0.041'), dark('hedge'));
  assert.deepEqual(shown('0.041', 'ignore'), lit);
});

test('who is protected is not asked before hedges are given up; who is lit is', () => {
  const first = (eth: string) => {
    const pool = halOfEightLots(eth);
    pool.price('BTC', '99', ['BTC-PERP']);
    const { protection } = pool.light();
    const asked = crash(pool).find(
      ({ type }) => type === 'HedgesOverridden' || type === 'PositionsDeleveraged',
    );
    return [protection, asked!.type];
  };
  assert.deepEqual(first('0.0374'), [null, 'PositionsDeleveraged']);
  assert.deepEqual(first('0.0376'), ['less-than-a-lot', 'HedgesOverridden']);
  assert.deepEqual(first('0.04'), ['hedge', 'HedgesOverridden']);
});

test('protection is of those who are asked at all: with equity, at valid prices', () => {
  const pool = halOfEightLots('0.04');
  // Without a profit he is dark for that, and protected all the same.
  assert.deepEqual([pool.light().unrealizedPnl, pool.light().protection], [money('0'), 'hedge']);
  pool.pass(durationMs(120_000));
  assert.equal(pool.light().protection, null);
});

test('docs/adl.md: the lights of the example', () => {
  const page = readFileSync(new URL('../../docs/adl.md', import.meta.url), 'utf8');
  const table = page
    .slice(page.indexOf('With the book of the example:'))
    .split('\n')
    .filter((line) => line.startsWith('|'));
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', ''));
  const [head, , ...rows] = table.slice(0, 2 + BOOK.length).map(cells);
  const policies = head!.slice(1) as AdlPolicyName[];
  assert.equal(policies.length, 6);
  const found = policies.map((adlPolicy) => {
    const { positions } = lightsOf(adlLights(book({ adlPolicy }).engine.state), 'short');
    return new Map<string, number>(positions.map(({ account, lights }) => [account, lights]));
  });
  assert.deepEqual(
    rows,
    BOOK.map(([name]) => [name, ...found.map((lights) => String(lights.get(name)))]),
  );
});

test('terms of the waterfall weigh leverage', () => {
  const pool = book({ adlPolicy: 'risk-aware-pro-rata' });
  const order = () =>
    lightsOf(adlLights(pool.engine.state), 'short')
      .positions.filter(({ rank }) => rank !== null)
      .map(({ account }) => account);
  // 0.03 · 10², 0.2 · 4² and 0.12 · 2².
  assert.deepEqual(order(), ['ben', 'ada', 'cho']);
  pool.take(waterfall({ adlRiskExponent: 2 }));
  assert.deepEqual(order(), ['ada', 'ben', 'cho']);
  // Above 9 there is only Ada; the others score alike and go by name.
  pool.take(waterfall({ adlRiskThreshold: ratio('9') }));
  assert.deepEqual(order(), ['ada', 'ben', 'cho']);
});

test('who is in liquidation, has no equity or no valid price is dark', () => {
  const pool = book();
  assert.equal(lightsOf(adlLights(pool.engine.state), 'short').positions[0]!.account, 'ada');
  // At 108 Ada has 20 of equity and needs 54: she is in liquidation.
  pool.price('BTC', '108', ['BTC-PERP']);
  const after = lightsOf(adlLights(pool.engine.state), 'short');
  const ada = after.positions.find(({ account }) => account === 'ada')!;
  assert.notEqual(pool.accountOf(ada.account).liquidation, null);
  assert.deepEqual([ada.lights, ada.rank, ada.score], [0, null, null]);
  // Stale prices confirm nobody's profit.
  pool.pass(durationMs(120_000));
  for (const { positions } of adlLights(pool.engine.state)) {
    assert.ok(positions.every(({ lights }) => lights === 0));
  }
});

test('a profit of an account in liquidation is nobody’s to ask for', () => {
  const pool = twoMarkets();
  const [eve, fay] = [pool.account('eve', '110'), pool.account('fay', '110')];
  pool.fill(pool.maker, eve, { market: 'BTC-PERP', size: '10', price: '100' });
  for (const who of [eve, fay]) {
    pool.fill(who, pool.maker, { market: 'ETH-PERP', size: '1', price: '20' });
  }
  pool.price('ETH', '40', ['ETH-PERP']);
  const ether = () => adlLights(pool.engine.state).find(({ market }) => market === 'ETH-PERP')!;
  assert.deepEqual(
    ether().positions.map(({ account, lights }) => [account, lights]),
    [
      ['eve', 3],
      ['fay', 1],
    ],
  );
  // 80 lost on BTC leave her 50 where 56 are required, in spite of 20 won on ETH.
  pool.price('BTC', '108', ['BTC-PERP']);
  assert.notEqual(pool.accountOf(eve).liquidation, null);
  assert.deepEqual(
    ether().positions.map(({ account, lights }) => [account, lights]),
    [
      ['fay', 1],
      ['eve', 0],
    ],
  );
});

test('the score of a queue is mirrored for shorts', () => {
  const pool = twoMarkets({ adlPolicy: 'queue-notional' });
  // Both at four times leverage: from 120 she has gained more than from 103.
  for (const [name, deposit, at] of [
    ['near', '220', '103'],
    ['wide', '50', '120'],
  ] as const) {
    const short = pool.account(name, deposit);
    pool.fill(pool.maker, short, { market: 'BTC-PERP', size: '10', price: at });
  }
  const { positions } = lightsOf(adlLights(pool.engine.state), 'short');
  assert.deepEqual(
    positions.map(({ account, score }) => `${account} ${formatDecimal(score!)}`),
    ['wide 4.8', 'near 4.12'],
  );
});

test('an empty pool has no lights', () => {
  assert.deepEqual(adlLights(twoMarkets().engine.state), []);
});

/** A position by hand: what is ranked ahead of it, by leverage, ties by name. */
const trades = fc.array(
  fc.record({
    who: fc.integer({ min: 0, max: 5 }),
    contracts: fc.integer({ min: 1, max: 9 }),
    long: fc.boolean(),
    at: fc.integer({ min: 70, max: 130 }),
  }),
  { minLength: 4, maxLength: 16 },
);

test('lights are fifths of what is ranked, counted one by one', () => {
  let ranked = 0;
  fc.assert(
    fc.property(trades, (history) => {
      const pool = twoMarkets({ ...POOL });
      const names = Array.from({ length: 6 }, (_, at) => pool.account(`trader-${at}`, '900'));
      for (const { who, contracts, long, at } of history) {
        const [buyer, seller] = long ? [names[who]!, pool.maker] : [pool.maker, names[who]!];
        const trade = { market: 'BTC-PERP', size: String(contracts), price: String(at) };
        pool.fill(buyer, seller, trade);
      }
      for (const { side, positions, rankedSize } of adlLights(pool.engine.state)) {
        const profitable = positions.filter(({ unrealizedPnl }) => rawOf(unrealizedPnl) > 0n);
        assert.equal(
          rawOf(rankedSize),
          profitable.reduce((sum, { size }) => sum + rawOf(size), 0n),
        );
        for (const own of positions) {
          const account = pool.accountOf(own.account);
          const held = account.positions[0]!.size;
          assert.equal(side, held < 0n ? 'short' : 'long');
          if (rawOf(own.unrealizedPnl) <= 0n) {
            assert.deepEqual([own.lights, own.rank, own.sizeAhead], [0, null, null]);
            continue;
          }
          const ahead = profitable.filter((other) => {
            const mine = rawOf(own.size) * rawOf(other.equity);
            const theirs = rawOf(other.size) * rawOf(own.equity);
            return theirs > mine || (theirs === mine && other.account < own.account);
          });
          const before = ahead.reduce((sum, { size }) => sum + rawOf(size), 0n);
          assert.equal(own.rank, ahead.length + 1);
          assert.equal(rawOf(own.sizeAhead!), before);
          const end = Number(before + rawOf(own.size)) / Number(rankedSize);
          assert.equal(own.lights, 6 - Math.ceil(5 * end - 1e-9));
          ranked += 1;
        }
      }
    }),
    { numRuns: 80, seed: 20251010 },
  );
  assert.ok(ranked > 100, `${ranked} were ranked; seeded, because that is counted`);
});
