import assert from 'node:assert/strict';
import { test } from 'node:test';
import { money, price, size } from '../units/index.ts';
import {
  type AdlCandidate,
  type AdlMarket,
  exactLeverage,
  legEquity,
  legMarginEquity,
} from './adl-candidate.ts';
import { queueScore } from './adl-rank.ts';
import { cmpQuotient, type Quotient } from './exact-quotient.ts';

const linear: AdlMarket = { kind: 'linear', side: 1, markPrice: price('40') };
const holder: AdlCandidate = {
  account: 'a',
  size: size('10'),
  equity: money('90'),
  unrealizedPnl: money('5'),
};

const equals = (found: Quotient, numerator: bigint, denominator = 1n) =>
  assert.equal(cmpQuotient(found, { numerator, denominator }), 0);

const raw = (whole: bigint): bigint => whole * 10n ** 18n;

test('the equity behind a leg is its part of the maintenance margin', () => {
  const margins = { maintenanceMargin: money('30'), legMaintenanceMargin: money('10') };
  equals(legEquity({ ...holder, ...margins }), raw(30n));
  equals(legEquity({ ...holder, ...margins, legMaintenanceMargin: money('0') }), 0n);
  const seventh = { maintenanceMargin: money('7'), legMaintenanceMargin: money('1') };
  equals(legEquity({ ...holder, ...seventh }), raw(90n), 7n);
});

test('without both margins, or with none required, all of the equity stands behind the leg', () => {
  equals(legEquity(holder), raw(90n));
  equals(legEquity({ ...holder, maintenanceMargin: money('30') }), raw(90n));
  equals(legEquity({ ...holder, legMaintenanceMargin: money('30') }), raw(90n));
  const nothing = { maintenanceMargin: money('0'), legMaintenanceMargin: money('0') };
  equals(legEquity({ ...holder, ...nothing }), raw(90n));
});

test('what counts of the equity is split alike; without a word about it, all of it counts', () => {
  const margins = { maintenanceMargin: money('30'), legMaintenanceMargin: money('10') };
  const weighted = { ...holder, ...margins, marginEquity: money('60') };
  equals(legMarginEquity(weighted), raw(20n));
  equals(legEquity(weighted), raw(30n));
  equals(legMarginEquity({ ...weighted, marginEquity: money('-60') }), raw(-20n));
  equals(legMarginEquity({ ...weighted, marginEquity: null }), raw(30n));
  equals(legMarginEquity({ ...holder, marginEquity: money('60') }), raw(60n));
});

test('leverage is notional over equity, exactly; a closed position has none', () => {
  equals(exactLeverage(linear, size('10'), money('90')), 40n, 9n);
  equals(exactLeverage({ ...linear, kind: 'inverse' }, size('10'), money('90')), 1n, 360n);
  equals(exactLeverage(linear, size('0'), money('0')), 0n);
});

test('a leg without equity behind it ranks by one unit of equity', () => {
  const bare = { maintenanceMargin: money('30'), legMaintenanceMargin: money('0') };
  const found = queueScore(linear, { ...holder, ...bare, entryValue: money('100') });
  // 5 / 100 · (400 / 1e-18)
  equals(found, 20n * 10n ** 18n);
});
