/** The simulated venue: its curve, its memory, and that no fill ever passes a limit. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { poolDriver } from '../../test/pools/pool-driver.ts';
import { CRASH } from '../../test/pools/sample-scenario.ts';
import type { LiquidityParameters } from '../engine/index.ts';
import { venueContract } from '../ports/contracts.ts';
import { inMemoryJournal, type VenueFill, type VenueReport } from '../ports/index.ts';
import {
  type AccountId,
  accountId,
  amount,
  approximate,
  assetId,
  durationMs,
  engineTimeMs,
  formatDecimal,
  isNegative,
  marketId,
  money,
  price,
  ratio,
  size,
} from '../units/index.ts';
import { curveSteepness, displacement, imbalanceAt, meanDisplacement } from './impact-curve.ts';
import { limitTicks, wholeLots } from './order-book-scale.ts';
import type { LabMarket } from './pool-setup.ts';
import { replay } from './replay.ts';
import { bookReports, createVenue, depthReports, moveVenue } from './venue.ts';
import { midOf, moveBook, newBook, quotesOf, steepnessOf } from './venue-book.ts';
import { enterOwn } from './venue-matching.ts';

describe('the curve', () => {
  const steepness = curveSteepness({ coefficient: 1, dailyVolatility: 0.05, dailyVolume: 1e6 });

  test('follows the square root, the same in both directions', () => {
    assert.equal(displacement(0, steepness), 0);
    const one = displacement(10_000, steepness);
    assert.ok(Math.abs(one - 0.05 * Math.sqrt(0.01)) < 1e-12);
    assert.ok(Math.abs(displacement(40_000, steepness) - 2 * one) < 1e-12);
    assert.equal(displacement(-10_000, steepness), -one);
  });

  test('costs two thirds of the peak on average, and inverts', () => {
    const peak = displacement(10_000, steepness);
    assert.ok(Math.abs(meanDisplacement(0, 10_000, steepness) - (2 / 3) * peak) < 1e-12);
    assert.equal(meanDisplacement(5_000, 5_000, steepness), displacement(5_000, steepness));
    assert.ok(Math.abs(meanDisplacement(-7_000, 7_000, steepness)) < 1e-15);
    for (const imbalance of [-30_000, -1, 0, 2, 55_555]) {
      const level = displacement(imbalance, steepness);
      assert.ok(Math.abs(imbalanceAt(level, steepness) - imbalance) < 1e-6);
    }
  });
});

const TERMS = {
  coefficient: 1,
  dailyVolatility: 0.05,
  dailyVolume: 1e6,
  refillHalfLifeMs: 20_000,
  volatilityTimeConstantMs: 600_000,
  halfSpread: 0.0001,
};

describe('a book', () => {
  test('refills by half in its half-life', () => {
    const book = newBook(TERMS);
    moveBook(book, 0, 100);
    book.imbalance = -8_000;
    assert.ok(midOf(book) < 100);
    moveBook(book, 20_000, 100);
    assert.ok(Math.abs(book.imbalance + 4_000) < 1e-6);
    moveBook(book, 60_000, 100);
    assert.ok(Math.abs(book.imbalance + 1_000) < 1e-6);
  });

  test('thins with volatility, never below the ordinary steepness', () => {
    const book = newBook(TERMS);
    moveBook(book, 0, 100);
    const calm = steepnessOf(book);
    for (let step = 1; step <= 10; step += 1) moveBook(book, step * 20_000, 100 - (step % 2));
    assert.ok(steepnessOf(book) > 1.5 * calm);
    const { bid, ask, last } = quotesOf(book);
    assert.ok(bid < last && last < ask);
    for (let step = 11; step <= 2_000; step += 1) moveBook(book, step * 20_000, 100);
    assert.ok(Math.abs(steepnessOf(book) - calm) < 1e-12);
  });
});

const MARKET = marketId('BTC-PERP');
const START_MS = 1_000;

/** Alice is long, Bob is short; the maker is rich; the venue makes one market around 100. */
function poolWithVenue(makers: readonly string[] = ['poor', 'maker']) {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.price('BTC', '100', ['BTC-PERP']);
  const alice = pool.account('alice', '1000');
  const bob = pool.account('bob', '1000');
  const maker = pool.account('maker', '50000');
  pool.account('poor');
  pool.fill(alice, bob, { market: 'BTC-PERP', size: '50', price: '100' });
  const market: LabMarket = {
    coin: 'BTC',
    market: MARKET,
    terms: { ...CRASH.defaultMarket, dailyVolumeToOpenInterest: 20, dailyVolatility: 0.05 },
    lot: size('0.001'),
    startPrice: price('100'),
  };
  const { state } = pool.engine;
  const venue = createVenue({
    terms: CRASH.venue,
    markets: [market],
    makersOf: [makers.map(accountId)],
    openInterest: [5_000],
    state,
  });
  moveVenue(venue, START_MS, [100]);
  let orders = 0;
  const place = (account: AccountId, signed: string, limit: string, limits = false): number => {
    orders += 1;
    venue.port.place({
      order: orders,
      account,
      market: MARKET,
      size: size(signed),
      limitPrice: price(limit),
      style: limits ? 'limit' : 'immediate-or-cancel',
      expiresAtMs: engineTimeMs(START_MS + 60_000),
    });
    return orders;
  };
  return { ...pool, alice, bob, maker, venue, state, place };
}

type Stage = ReturnType<typeof poolWithVenue>;

/** Everything that the venue has to report. */
function heard({ venue }: Stage): VenueReport[] {
  const all: VenueReport[] = [];
  for (let said = venue.port.reports(); said.length > 0; said = venue.port.reports()) {
    all.push(...said);
  }
  return all;
}

const fillsIn = (reports: readonly VenueReport[]): VenueFill[] =>
  reports.filter((report): report is VenueFill => report.type === 'filled');

const contractsOf = (fills: readonly VenueFill[]): number =>
  fills.reduce((total, fill) => total + approximate(fill.size), 0);

const meanPriceOf = (fills: readonly VenueFill[]): number =>
  fills.reduce((paid, fill) => paid + approximate(fill.size) * approximate(fill.price), 0) /
  contractsOf(fills);

venueContract('venue of the lab', {
  open: () => {
    const stage = poolWithVenue([]);
    stage.account('other-maker', '50000');
    const { venue } = stage;
    const kept: VenueReport[] = [];
    // Whatever was asked for before comes first.
    const workOff = (): void => {
      kept.push(...heard(stage));
    };
    return {
      venue: {
        ...venue.port,
        reports: () => {
          workOff();
          return kept.splice(0);
        },
      },
      market: MARKET,
      now: () => venue.matching.timeMs,
      pass: (milliseconds) => {
        workOff();
        moveVenue(venue, venue.matching.timeMs + milliseconds, [100]);
      },
      offer: (account, signed, at) => {
        workOff();
        const { scale } = venue.markets[0]!;
        const side = isNegative(signed) ? 'sell' : 'buy';
        const ticks = limitTicks(scale, side, at);
        const lots = wholeLots(scale, signed)!;
        enterOwn(venue.matching, MARKET, { account, side, ticks, lots });
      },
    };
  },
});

describe('close-out orders', () => {
  test('walk the makers’ quotes up to the limit, at what the curve says it costs', () => {
    const stage = poolWithVenue();
    stage.place(stage.alice, '-50', '99.5');
    const reports = heard(stage);
    const fills = fillsIn(reports);
    assert.ok(fills.length > 1 && fills.every(({ counterparty }) => counterparty === stage.maker));
    const sold = contractsOf(fills);
    // 0.5% = 5% · √(x / 100,000) at x = 1,000 of money, ten contracts, give or take a rung.
    assert.ok(sold > 5 && sold < 17, `${sold}`);
    const peak = 5 * Math.sqrt((sold * 100) / 100_000);
    assert.ok(Math.abs(meanPriceOf(fills) - (100 - (2 / 3) * peak)) < 0.01);
    assert.equal(reports.at(-1)!.type, 'done');
    stage.place(stage.alice, '-20', '99.5');
    assert.deepEqual(fillsIn(heard(stage)), [], 'the book has nothing left at this limit');
  });

  test('move the quotes until the book has refilled', () => {
    const stage = poolWithVenue();
    const quote = () => bookReports(stage.venue, START_MS)[0]!;
    const before = quote();
    stage.place(stage.alice, '-10', '99');
    const fills = fillsIn(heard(stage));
    const after = quote();
    assert.ok(approximate(after.bid) < approximate(before.bid) - 0.2);
    assert.equal(after.last, fills.at(-1)!.price);
    moveVenue(stage.venue, START_MS + 200_000, [100]);
    assert.ok(approximate(quote().bid) > approximate(before.bid) - 0.02);
  });

  test('buy as they sell, mirrored', () => {
    const sale = poolWithVenue();
    sale.place(sale.alice, '-5', '99.5');
    const purchase = poolWithVenue();
    purchase.place(purchase.bob, '5', '100.5');
    const below = 100 - meanPriceOf(fillsIn(heard(sale)));
    const above = meanPriceOf(fillsIn(heard(purchase))) - 100;
    assert.ok(below > 0 && Math.abs(above - below) < 1e-3);
  });

  test('are never filled past the limit, whatever the size and the state of the book', () => {
    for (const sells of [true, false]) {
      for (const limit of ['99.9987', '99.31', '95', '100', '100.0004', '101.5', '104']) {
        for (const contracts of ['0.001', '0.017', '3', '49.999']) {
          const stage = poolWithVenue();
          stage.venue.markets[0]!.book.imbalance = sells ? 250 : -250;
          const [account, signed] = sells ? [stage.alice, `-${contracts}`] : [stage.bob, contracts];
          stage.place(account, signed, limit);
          for (const { price: paid } of fillsIn(heard(stage))) {
            assert.ok(sells ? paid >= price(limit) : paid <= price(limit), `${limit} ${contracts}`);
          }
        }
      }
    }
  });

  test('that rest are hit by the makers when the reference price comes to them', () => {
    const stage = poolWithVenue();
    const order = stage.place(stage.bob, '1', '98', true);
    assert.deepEqual(heard(stage), []);
    moveVenue(stage.venue, START_MS + 10_000, [99]);
    assert.deepEqual(heard(stage), [], 'not yet');
    moveVenue(stage.venue, START_MS + 20_000, [97]);
    const fills = fillsIn(heard(stage));
    assert.ok(fills.length > 0, 'the makers came to it');
    for (const fill of fills) {
      assert.equal(fill.order, order);
      assert.equal(fill.counterparty, stage.maker);
      assert.equal(formatDecimal(fill.price), '98', 'at the price that rested');
    }
  });

  test('of two accounts meet through a maker, at one price, and leave it with nothing', () => {
    const stage = poolWithVenue();
    stage.place(stage.alice, '-40', '99.9', true);
    heard(stage);
    const { book } = stage.venue.matching.markets.get(MARKET)!;
    const resting = [...book.orders.values()].find(({ owner }) => owner.closeOut === 1)!;
    assert.equal(resting.side, 'sell');
    stage.place(stage.bob, '2', '99.9');
    const fills = fillsIn(heard(stage));
    assert.ok(fills.every(({ counterparty }) => counterparty === stage.maker));
    assert.equal(contractsOf(fills.filter(({ order }) => order === 2)).toFixed(3), '2.000');
    const met = fills.filter(({ price: paid }) => formatDecimal(paid) === '99.9');
    const [sold, bought] = [1, 2].map((order) => met.filter((fill) => fill.order === order));
    assert.ok(contractsOf(sold!) > 1);
    assert.equal(contractsOf(bought!), contractsOf(sold!));
  });

  test('of two accounts that no maker can join: the one that rests ends', () => {
    const stage = poolWithVenue(['poor']);
    stage.place(stage.alice, '-40', '99.9', true);
    stage.place(stage.bob, '2', '99.9');
    const reports = heard(stage).map((report) => [report.type, report.order]);
    assert.deepEqual(reports, [
      ['done', 1],
      ['done', 2],
    ]);
  });
});

describe('makers', () => {
  test('quote no more than their margin carries', () => {
    const stage = poolWithVenue(['small']);
    const small = stage.account('small', '50');
    stage.place(stage.alice, '-50', '95');
    const fills = fillsIn(heard(stage));
    const { makerMargin } = stage.venue.markets[0]!;
    const affordable = Math.floor(50 / (makerMargin * 100 * 0.001)) * 0.001;
    assert.ok(Math.abs(contractsOf(fills) - affordable) < 1e-9);
    assert.ok(fills.every(({ counterparty }) => counterparty === small));
  });

  test('take back what they can no longer carry before somebody meets it', () => {
    const stage = poolWithVenue(['small']);
    const small = stage.account('small', '50');
    // A little of every rung is met, so that the quotes are there.
    stage.place(stage.alice, '-0.001', '99');
    assert.equal(fillsIn(heard(stage)).length, 1);
    stage.take({ type: 'Withdraw', account: small, asset: assetId('USDC'), amount: amount('50') });
    stage.place(stage.alice, '-50', '95');
    assert.deepEqual(fillsIn(heard(stage)), []);
  });

  test('take nothing while the market has no live price', () => {
    const stage = poolWithVenue();
    stage.pass(600_000);
    assert.equal(stage.state.markets[0]!.mode, 'frozen');
    stage.place(stage.alice, '-5', '95');
    assert.deepEqual(fillsIn(heard(stage)), []);
  });

  test('that are liquidated have nothing on the book any more', () => {
    const stage = poolWithVenue();
    const { book } = stage.venue.matching.markets.get(MARKET)!;
    stage.place(stage.alice, '-0.001', '99');
    heard(stage);
    assert.ok(book.orders.size > 5);
    stage.venue.port.cancelAll(stage.maker);
    heard(stage);
    assert.equal(book.orders.size, 0);
  });
});

describe('depth', () => {
  const liquidity: LiquidityParameters = {
    market: MARKET,
    impactModel: 'square-root',
    impactCoefficient: ratio('1'),
    dailyVolatility: ratio('0.05'),
    dailyVolume: money('100000'),
    volatilityTimeConstantMs: durationMs(600_000),
    depthTimeConstantMs: durationMs(600_000),
    depthStalenessMsMax: durationMs(120_000),
    depthShare: null,
    windowMs: durationMs(60_000),
    windowNotionalMax: null,
    windowDepthMultiple: null,
    openOrdersNotionalMax: null,
    rampMs: durationMs(0),
    rampInitialFraction: ratio('0'),
    smallNotional: money('0'),
    hedgeGroup: null,
    openInterestMax: null,
  };

  test('is reported once a minute where the pool keeps track of it, as it stands', () => {
    const stage = poolWithVenue();
    const reports = (timeMs: number) => [...depthReports(stage.venue, timeMs, stage.state)];
    assert.deepEqual(reports(START_MS), [], 'nobody asked');
    stage.take({ type: 'ConfigureLiquidity', parameters: liquidity });
    assert.deepEqual(reports(START_MS + 59_999), []);
    stage.wait(60_000);
    moveVenue(stage.venue, START_MS + 60_000, [100]);
    const [report, ...others] = reports(START_MS + 60_000);
    assert.ok(report?.type === 'ReportDepth' && others.length === 0);
    assert.equal(report.bids.length, 8);
    const [quote] = bookReports(stage.venue, START_MS + 60_000);
    assert.equal(report.bids[0]!.price, quote!.bid);
    assert.equal(report.asks[0]!.price, quote!.ask);
    stage.take(report);
    assert.equal(stage.state.markets[0]!.depth!.asks.length, 8);
  });
});

test('a crash closed with resting limit orders leaves a balanced pool behind', async () => {
  const closeOuts = { ...CRASH.closeOuts, orderStyle: 'limit', reportGraceMs: 1_000 } as const;
  const result = await replay({
    scenario: { ...CRASH, closeOuts },
    journal: inMemoryJournal(),
    healthCheckEvery: 1,
    now: () => 0,
  });
  assert.equal(result.conservationImbalance, '0');
  assert.equal(result.lossLedgerSum, '0');
  assert.equal(result.rejections, 0);
  assert.equal(result.unhealthyAtEnd, 0);
  assert.equal(result.liquidations.ended, result.liquidations.started);
  assert.ok(result.liquidations.started > 50);
});
