/** The simulated venue: its curve, its memory, and that no fill ever passes a limit. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { poolDriver } from '../../test/pools/pool-driver.ts';
import { CRASH } from '../../test/pools/sample-scenario.ts';
import type { Command } from '../engine/index.ts';
import {
  type AccountId,
  accountId,
  approximate,
  engineTimeMs,
  formatDecimal,
  marketId,
  money,
  price,
  size,
} from '../units/index.ts';
import { curveSteepness, displacement, imbalanceAt, meanDisplacement } from './impact-curve.ts';
import type { LabMarket } from './pool-setup.ts';
import { answerTo, bookReports, type CloseOutOrder, createVenue, moveBooks } from './venue.ts';
import { midOf, moveBook, newBook, quotesOf, steepnessOf } from './venue-book.ts';

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

  test('thins with volatility, never below the ordinary steepness, and widens its quotes', () => {
    const book = newBook(TERMS);
    moveBook(book, 0, 100);
    const calm = steepnessOf(book);
    const calmQuotes = quotesOf(book);
    for (let step = 1; step <= 10; step += 1) moveBook(book, step * 20_000, 100 - (step % 2));
    assert.ok(steepnessOf(book) > 1.5 * calm);
    const wild = quotesOf(book);
    assert.ok(wild.ask - wild.bid > 1.5 * (calmQuotes.ask - calmQuotes.bid));
    assert.ok(wild.bid < wild.ask && calmQuotes.bid < calmQuotes.last);
    for (let step = 11; step <= 2_000; step += 1) moveBook(book, step * 20_000, 100);
    assert.ok(Math.abs(steepnessOf(book) - calm) < 1e-12);
  });
});

/** Alice is long; the maker is rich; the venue makes one market around 100. */
function poolWithVenue() {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.market('BTC-PERP');
  pool.price('BTC', '100', ['BTC-PERP']);
  const alice = pool.account('alice', '1000');
  const maker = pool.account('maker', '50000');
  const poor = pool.account('poor');
  pool.fill(alice, maker, { market: 'BTC-PERP', size: '50', price: '100' });
  const market: LabMarket = {
    coin: 'BTC',
    market: marketId('BTC-PERP'),
    terms: { ...CRASH.defaultMarket, dailyVolumeToOpenInterest: 20, dailyVolatility: 0.05 },
    lot: size('0.001'),
    startPrice: price('100'),
  };
  const venue = createVenue({
    terms: CRASH.venue,
    markets: [market],
    makersOf: [[poor, maker]],
    openInterest: [5_000],
  });
  moveBooks(venue, 1_000, [100]);
  return { ...pool, alice, maker, venue };
}

const orderOf = (account: AccountId, signed: string, limit: string): CloseOutOrder => ({
  type: 'CloseOutOrderPlaced',
  liquidation: 1,
  order: 1,
  account,
  market: marketId('BTC-PERP'),
  size: size(signed),
  limitPrice: price(limit),
  expiresAtMs: engineTimeMs(61_000),
  markPrice: price('100'),
  fillablePrice: price(limit),
  bankruptcyPrice: null,
  equity: money('1'),
  marginEquity: money('1'),
  maintenanceMargin: money('2'),
});

const fillsOf = (commands: Iterable<Command>) =>
  [...commands].filter((command) => command.type === 'RecordFill');

describe('answers to close-out orders', () => {
  test('walk the curve up to the limit, in whole lots, at the mean price of the way', () => {
    const { venue, engine, alice, maker } = poolWithVenue();
    const [fill, ...others] = fillsOf(answerTo(venue, orderOf(alice, '-50', '99.5'), engine.state));
    assert.deepEqual(others, []);
    assert.ok(fill);
    assert.equal(fill.seller, alice);
    assert.equal(fill.buyer, maker, 'who cannot carry it is passed over');
    // 0.5% = 5% · √(x / 100,000) at x = 1,000 of money, ten contracts, at two thirds of it.
    assert.equal(formatDecimal(fill.size), '10');
    assert.ok(Math.abs(approximate(fill.price) - (100 - (2 / 3) * 0.5)) < 1e-3);
    const again = fillsOf(answerTo(venue, orderOf(alice, '-40', '99.5'), engine.state));
    assert.deepEqual(again, [], 'the book has nothing left at this limit');
    const [report] = bookReports(venue, 1_000);
    assert.ok(Math.abs(approximate(report!.bid) - 99.5) < 0.02);
    assert.equal(formatDecimal(report!.last), formatDecimal(fill.price));
  });

  test('buy as they sell, mirrored', () => {
    const { venue, engine, alice } = poolWithVenue();
    const [fill] = fillsOf(answerTo(venue, orderOf(alice, '5', '100.5'), engine.state));
    assert.ok(fill);
    assert.equal(fill.buyer, alice);
    assert.ok(approximate(fill.price) > 100 && approximate(fill.price) < 100.5);
  });

  test('never fill past the limit, whatever the size, the limit and the state of the book', () => {
    for (const sells of [true, false]) {
      for (const limit of ['99.9987', '99.31', '95', '100', '100.0004', '101.5', '104']) {
        for (const amount of ['0.001', '0.017', '3', '49.999']) {
          const { venue, engine, alice } = poolWithVenue();
          venue.markets[0]!.book.imbalance = sells ? 250 : -250;
          const order = orderOf(alice, sells ? `-${amount}` : amount, limit);
          for (const fill of fillsOf(answerTo(venue, order, engine.state))) {
            const paid = approximate(fill.price);
            assert.ok(sells ? paid >= Number(limit) : paid <= Number(limit), `${limit} ${amount}`);
            assert.ok(approximate(fill.size) <= Number(amount));
          }
        }
      }
    }
  });

  test('end what they cannot fill, once', () => {
    const { venue, engine, alice } = poolWithVenue();
    const open = { ...engine.state, orders: new Map([[1, 1]]) };
    const answers = [...answerTo(venue, orderOf(alice, '-50', '100.01'), open)];
    assert.deepEqual(answers, [{ type: 'FinishOrder', order: 1, reason: 'expired' }]);
    assert.equal(accountId('alice'), alice);
  });
});
