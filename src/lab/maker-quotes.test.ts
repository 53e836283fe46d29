/** What makers quote follows the curve, and is dealt within what they can carry. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accountId } from '../units/index.ts';
import { displacement, imbalanceAt, meanDisplacement } from './impact-curve.ts';
import { dealtLadder, ladderOf, type Rung } from './maker-quotes.ts';
import { moveBook, newBook, quotesOf, steepnessOf, type VenueBook } from './venue-book.ts';

const GRID = { tickSize: 0.0001, lotSize: 0.001 };

function bookAt(reference: number, imbalance = 0): VenueBook {
  const book = newBook({
    coefficient: 1,
    dailyVolatility: 0.05,
    dailyVolume: 1e7,
    refillHalfLifeMs: 20_000,
    volatilityTimeConstantMs: 600_000,
    halfSpread: 0.0001,
  });
  moveBook(book, 0, reference);
  book.imbalance = imbalance;
  return book;
}

/** Lots and money that walking a ladder down to a limit gives, at the prices of its rungs. */
function walked(ladder: readonly Rung[], sells: boolean, limit: number) {
  const met = ladder.filter(({ ticks }) => {
    const price = ticks * GRID.tickSize;
    return sells ? price >= limit : price <= limit;
  });
  const lots = met.reduce((sum, rung) => sum + rung.lots, 0);
  const money = met.reduce((sum, rung) => {
    return sum + rung.lots * GRID.lotSize * rung.ticks * GRID.tickSize;
  }, 0);
  return { lots, money };
}

describe('a ladder', () => {
  for (const side of ['buy', 'sell'] as const) {
    for (const imbalance of [0, 40_000, -40_000]) {
      const book = bookAt(100, imbalance);
      const ladder = ladderOf(book, side, GRID);
      const steepness = steepnessOf(book);
      const away = side === 'buy' ? -1 : 1;

      test(`${side}, imbalance ${imbalance}: begins at the quote, ends ever further away`, () => {
        const { bid, ask } = quotesOf(book);
        const best = ladder[0]!.ticks * GRID.tickSize;
        assert.ok(Math.abs(best - (side === 'buy' ? bid : ask)) <= GRID.tickSize);
        assert.ok(ladder.length >= 10 && ladder.length <= 16);
        ladder.slice(1).forEach(({ ticks }, at) => {
          assert.ok(away * (ticks - ladder[at]!.ticks) > 0);
        });
      });

      test(`${side}, imbalance ${imbalance}: walking all of it costs what the curve says`, () => {
        const { lots, money } = walked(ladder, side === 'buy', side === 'buy' ? 0 : 1e9);
        const end = imbalance + away * lots * GRID.lotSize * 100;
        const mean = 100 * (1 + meanDisplacement(imbalance, end, steepness));
        const paid = money / (lots * GRID.lotSize);
        // The first rung stands a half spread away, its own stretch included; the rest is exact.
        assert.ok(Math.abs(paid - mean) < 0.002, `${paid} against ${mean}`);
      });

      test(`${side}, imbalance ${imbalance}: up to a limit it offers what the curve does`, () => {
        const mid = 100 * (1 + displacement(imbalance, steepness));
        const ratios: number[] = [];
        for (let reach = 0.0004; reach < 0.05; reach *= 1.1) {
          const limit = mid * (1 + away * reach);
          const exact = away * (imbalanceAt(limit / 100 - 1, steepness) - imbalance);
          ratios.push((walked(ladder, side === 'buy', limit).lots * GRID.lotSize * 100) / exact);
        }
        // In steps instead of smoothly: a rung is there whole or not at all.
        const mean = Math.exp(ratios.reduce((sum, r) => sum + Math.log(r), 0) / ratios.length);
        assert.ok(mean > 0.8 && mean < 1.2, `${mean}`);
        assert.ok(ratios.every((ratio) => ratio > 0.4 && ratio < 2.2));
      });
    }
  }

  test('thins with volatility', () => {
    const calm = bookAt(100);
    const wild = bookAt(100);
    wild.variance *= 16;
    const ratios: number[] = [];
    for (let limit = 99.8; limit > 95; limit -= 0.1) {
      const within = (book: VenueBook) => walked(ladderOf(book, 'buy', GRID), true, limit).lots;
      ratios.push(within(wild) / within(calm));
    }
    // Four times the volatility, which brings four times the volume: a quarter of the money.
    const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    assert.ok(mean > 0.2 && mean < 0.3, `${mean}`);
  });

  test('never offers what is less than a lot or below a tick', () => {
    const coarse = ladderOf(bookAt(100), 'buy', { tickSize: 60, lotSize: 1_000 });
    assert.ok(coarse.length > 0 && coarse.every(({ ticks, lots }) => ticks === 1 && lots >= 1));
    assert.deepEqual(ladderOf(bookAt(0.5), 'buy', { tickSize: 1, lotSize: 1 }), []);
  });
});

describe('dealing', () => {
  const makers = ['a', 'b', 'c'].map(accountId);
  const ladder: Rung[] = [
    { ticks: 99, lots: 10 },
    { ticks: 98, lots: 20 },
    { ticks: 97, lots: 40 },
  ];
  const dealt = (capacities: readonly number[], turn = 0) =>
    dealtLadder(ladder, makers, capacities, turn).map(({ account, ticks, lots }) => [
      account,
      ticks,
      lots,
    ]);

  test('gives each rung to the next in turn', () => {
    assert.deepEqual(dealt([100, 100, 100], 1), [
      ['b', 99, 10],
      ['c', 98, 20],
      ['a', 97, 40],
    ]);
  });

  test('passes on what one cannot carry, and stops where nobody can', () => {
    assert.deepEqual(dealt([4, 0, 30]), [
      ['a', 99, 4],
      ['c', 99, 6],
      ['c', 98, 20],
      ['c', 97, 4],
    ]);
    assert.deepEqual(dealt([0, 0, 0]), []);
    assert.deepEqual(dealtLadder(ladder, [], [], 3), []);
  });
});
