import assert from 'node:assert/strict';
import { test } from 'node:test';
import { amount, durationMs, formatDecimal, ratio, shares, type Wad } from '../units/index.ts';
import { type BorrowInterest, interestAccrued } from './borrow-interest.ts';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;
const unit = '0.000000000000000001';

/** Half lent out at 10 % a year: the flat part of a curve with its kink at 0.5. */
const BASE = {
  cash: amount('1000'),
  debtShares: shares('1000'),
  debtIndex: ratio('1'),
  supplyShares: shares('2000'),
  supplyIndex: ratio('1'),
  reserveShare: ratio('0'),
  curve: {
    rateAtZero: ratio('0'),
    rateAtKink: ratio('0.1'),
    rateAtFull: ratio('2'),
    kinkUtilization: ratio('0.5'),
  },
  elapsedMs: durationMs(YEAR_MS),
};

function accrued(change: Partial<typeof BASE> = {}): Record<keyof BorrowInterest, string> {
  const result = interestAccrued({ ...BASE, ...change });
  const entries = Object.entries(result).map(([key, value]) => [key, formatDecimal(value as Wad)]);
  return Object.fromEntries(entries);
}

test('a year at ten per cent on half of the pool', () => {
  assert.deepEqual(accrued(), {
    utilization: '0.5',
    borrowRate: '0.1',
    debtIndexAfter: '1.1',
    supplyIndexAfter: '1.05',
    interest: '100',
    supplyInterest: '100',
    reserveInterest: '0',
  });
});

test('the reserve keeps its share', () => {
  const { supplyIndexAfter, supplyInterest, reserveInterest } = accrued({
    reserveShare: ratio('0.2'),
  });
  assert.deepEqual([supplyIndexAfter, supplyInterest, reserveInterest], ['1.04', '80', '20']);
  const all = accrued({ reserveShare: ratio('1') });
  assert.deepEqual([all.supplyIndexAfter, all.reserveInterest], ['1', '100']);
});

test('the reserve earns on what it has lent, and nobody else gets that', () => {
  // A quarter of what is behind the pool belongs to depositors: they get a quarter.
  const { supplyIndexAfter, supplyInterest, reserveInterest } = accrued({
    supplyShares: shares('500'),
  });
  assert.deepEqual([supplyIndexAfter, supplyInterest, reserveInterest], ['1.05', '25', '75']);
  const single = accrued({ supplyShares: shares(unit) });
  assert.equal(single.supplyIndexAfter, '1.05');
});

test('simple within a stretch', () => {
  assert.equal(accrued({ elapsedMs: durationMs(YEAR_MS / 2) }).debtIndexAfter, '1.05');
  assert.equal(accrued({ elapsedMs: durationMs(YEAR_MS * 2) }).debtIndexAfter, '1.2');
});

test('nothing moves without time, and a millisecond moves the debt up', () => {
  const still = accrued({ elapsedMs: durationMs(0) });
  assert.deepEqual([still.debtIndexAfter, still.supplyIndexAfter, still.interest], ['1', '1', '0']);
  const moment = accrued({ elapsedMs: durationMs(1) });
  // 0.1 / 31,536,000,000 of one, and half of that for the depositors.
  assert.equal(moment.debtIndexAfter, '1.00000000000317098');
  assert.equal(moment.supplyIndexAfter, '1.00000000000158549');
});

test('the debt rounds up and the deposits down', () => {
  // 0.1 / 31,536,000,000 is 3170979.198… units: 3170980. Half of that, less a quarter, is
  // 1189117.5 units: 1189117.
  const { debtIndexAfter, supplyIndexAfter } = accrued({
    reserveShare: ratio('0.25'),
    elapsedMs: durationMs(1),
  });
  assert.equal(debtIndexAfter, '1.00000000000317098');
  assert.equal(supplyIndexAfter, '1.000000000001189117');
});

test('an index of nobody does not move', () => {
  const idle = accrued({ debtShares: shares('0') });
  assert.deepEqual([idle.debtIndexAfter, idle.supplyIndexAfter, idle.interest], ['1', '1', '0']);
  const ownerless = accrued({ supplyShares: shares('0') });
  assert.deepEqual([ownerless.debtIndexAfter, ownerless.supplyIndexAfter], ['1.1', '1']);
  assert.deepEqual([ownerless.supplyInterest, ownerless.reserveInterest], ['0', '100']);
});

test('after a loss the depositors share what the debts pay and no more', () => {
  // Deposits of 4000 on 2000.
  const { supplyIndexAfter, supplyInterest } = accrued({ supplyShares: shares('4000') });
  assert.deepEqual([supplyIndexAfter, supplyInterest], ['1.025', '100']);
});

test('contract violations', () => {
  for (const wrong of [
    { cash: amount('-1') },
    { debtShares: shares('-1') },
    { debtIndex: ratio('0') },
    { supplyShares: shares('-1') },
    { supplyIndex: ratio('0') },
    { reserveShare: ratio('-0.1') },
    { reserveShare: ratio('1.1') },
  ]) {
    assert.throws(() => interestAccrued({ ...BASE, ...wrong }), /BORROW_INTEREST|UTILIZATION/);
  }
});
