import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatDecimal,
  fromRaw,
  type Money,
  money,
  type Price,
  price,
  ratio,
  type Size,
  size,
} from '../units/index.ts';
import type { AdlCandidate, AdlMarket } from './adl-candidate.ts';
import { cmpAdlRank, displayedScore, queueNotionalScore, queueScore } from './adl-rank.ts';

const longs: AdlMarket = { kind: 'linear', side: 1, markPrice: price('110') };
const shorts: AdlMarket = { ...longs, side: -1 };

/** 1000 units entered at 100, now worth 110 000, with 20 000 of equity. */
const winner: AdlCandidate = {
  account: 'winner',
  size: size('1000'),
  equity: money('20000'),
  unrealizedPnl: money('10000'),
  entryValue: money('100000'),
};

const shown = (score: ReturnType<typeof queueScore>): string | null => {
  const found = displayedScore(score);
  return found === null ? null : formatDecimal(found);
};

test('profit times leverage for those in profit', () => {
  // 10 % · 110 000 / 20 000
  assert.equal(shown(queueScore(longs, winner)), '0.55');
  const unstated = { ...winner, entryValue: null };
  assert.equal(shown(queueScore(longs, unstated)), '0.55', 'entry from mark and PnL');
});

test('loss divided by leverage for those in loss, so that the safest come last', () => {
  const loser = { ...winner, unrealizedPnl: money('-11000'), entryValue: money('121000') };
  // −9.09… % / 5.5
  assert.equal(shown(queueScore(longs, loser)), '-0.016528925619834711');
  const even = { ...winner, unrealizedPnl: money('0'), entryValue: money('110000') };
  assert.equal(shown(queueScore(longs, even)), '0');
});

test('leverage counts the equity behind the position: its part of the margin', () => {
  const half = {
    ...winner,
    maintenanceMargin: money('600'),
    legMaintenanceMargin: money('300'),
  };
  assert.equal(shown(queueScore(longs, half)), '1.1');
});

test('price gain times account leverage, mirrored for shorts', () => {
  // (110 / 100) · (110 000 / 20 000), the documented example.
  assert.equal(shown(queueNotionalScore(longs, winner)), '6.05');
  const short = {
    ...winner,
    unrealizedPnl: money('11000'),
    entryValue: money('-121000'),
  };
  // (121 / 110) · 5.5
  assert.equal(shown(queueNotionalScore(shorts, short)), '6.05');
  const unstated = { ...short, entryValue: null };
  assert.equal(shown(queueNotionalScore(shorts, unstated)), '6.05');
});

test('inverse contracts rank by prices, too', () => {
  // 10 000 contracts from 40 000 (0.25 coin) to 50 000 (0.2 coin), equity 0.1 coin.
  const market: AdlMarket = { kind: 'inverse', side: 1, markPrice: price('50000') };
  const holder: AdlCandidate = {
    account: 'a',
    size: size('10000'),
    equity: money('0.1'),
    unrealizedPnl: money('0.05'),
    entryValue: money('-0.25'),
  };
  assert.equal(shown(queueNotionalScore(market, holder)), '2.5', '(50 / 40) · 2');
  assert.equal(shown(queueScore(market, holder)), '0.4', '0.05 / 0.25 · 2');
  const unstated = { ...holder, entryValue: null };
  assert.equal(shown(queueNotionalScore(market, unstated)), '2.5');
  // The same the other way for a short from 62 500 (0.16 coin).
  const short = { ...holder, unrealizedPnl: money('0.04'), entryValue: money('0.16') };
  assert.equal(shown(queueNotionalScore({ ...market, side: -1 }, short)), '2.5');
  assert.equal(
    shown(queueNotionalScore({ ...market, side: -1 }, { ...short, entryValue: null })),
    '2.5',
  );
});

test('a given score overrides; a score out of range is shown as none', () => {
  const given = { ...winner, score: ratio('-3.5') };
  assert.equal(shown(queueScore(longs, given)), '-3.5');
  assert.equal(shown(queueNotionalScore(longs, given)), '-3.5');
  assert.equal(shown({ numerator: 2n ** 127n, denominator: 1n }), null);
});

test('higher scores come first, equal ones by id; nothing rounds a difference away', () => {
  const third = { account: 'b', score: { numerator: 1n, denominator: 3n } };
  const same = { account: 'a', score: { numerator: 2n, denominator: 6n } };
  const hair = {
    account: 'c',
    score: { numerator: 10n ** 40n + 3n, denominator: 3n * 10n ** 40n },
  };
  assert.deepEqual(
    [third, same, hair].toSorted(cmpAdlRank).map(({ account }) => account),
    ['c', 'a', 'b'],
  );
  assert.equal(cmpAdlRank(third, third), 0);
});

const raws = fc.bigInt({ min: 1n, max: 10n ** 24n });

test('more profit or less equity never ranks lower among those in profit', () => {
  fc.assert(
    fc.property(raws, raws, raws, raws, fc.boolean(), (quantity, equity, pnl, mark, isRich) => {
      const market: AdlMarket = { ...longs, markPrice: fromRaw<Price>(mark) };
      const holder: AdlCandidate = {
        account: 'a',
        size: fromRaw<Size>(quantity),
        equity: fromRaw<Money>(equity),
        unrealizedPnl: fromRaw<Money>(pnl),
        entryValue: fromRaw<Money>(10n ** 20n),
      };
      const other = isRich
        ? { ...holder, equity: fromRaw<Money>(equity + 1n) }
        : { ...holder, unrealizedPnl: fromRaw<Money>(pnl - 1n) };
      const ranked = [
        { account: 'b', score: queueScore(market, holder) },
        { account: 'a', score: queueScore(market, other) },
      ];
      assert.equal(ranked.toSorted(cmpAdlRank)[0]!.account, 'b');
    }),
    { numRuns: 300 },
  );
});
