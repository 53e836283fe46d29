import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, money, ratio } from '../units/index.ts';
import { insuranceFundCover, insuranceFundDelta } from './insurance-fund.ts';

function delta(bankruptcyQuote: string, fillQuote: string, maxFeeFraction = '0.005'): string {
  return formatDecimal(
    insuranceFundDelta({
      bankruptcyQuote: money(bankruptcyQuote),
      fillQuote: money(fillQuote),
      maxFeeFraction: ratio(maxFeeFraction),
    }),
  );
}

test('dYdX: deltas of its own tests', () => {
  assert.equal(delta('5100', '5610'), '28.05');
  assert.equal(delta('-4900', '-4410'), '22.05');
  assert.equal(delta('5100', '5105.1'), '5.1');
  assert.equal(delta('5100', '5100'), '0');
  assert.equal(delta('-4900', '-4949'), '-49');
});

test('a better fill pays the difference up to the cap; a worse one costs the fund all', () => {
  assert.equal(delta('100', '100.5'), '0.5');
  assert.equal(delta('99.5', '100'), '0.5');
  assert.equal(delta('99.499999999999999999', '100'), '0.5');
  assert.equal(delta('99.500000000000000001', '100'), '0.499999999999999999');
  assert.equal(delta('100', '99', '0'), '-1');
  assert.equal(delta('100', '101', '0'), '0');
  assert.equal(delta('100', '99.999999999999999999'), '-0.000000000000000001');
});

test('the cap is rounded down', () => {
  assert.equal(delta('0', '0.000000000000000399'), '0.000000000000000001');
  assert.equal(delta('-1', '-0.000000000000000199'), '0');
});

test('contract violations of the delta', () => {
  assert.throws(() => delta('1', '2', '-0.1'), /FEE_FRACTION/);
});

function cover(deficit: string, fund: string, eventCap?: string | null): string {
  const amounts = { deficit: money(deficit), fund: money(fund) };
  if (eventCap === undefined) return formatDecimal(insuranceFundCover(amounts));
  const cap = eventCap === null ? null : money(eventCap);
  return formatDecimal(insuranceFundCover({ ...amounts, eventCap: cap }));
}

test('the least of deficit, fund and cap', () => {
  assert.equal(cover('10', '100'), '10');
  assert.equal(cover('100', '10'), '10');
  assert.equal(cover('10', '10', null), '10');
  assert.equal(cover('10', '100', '11'), '10');
  assert.equal(cover('10', '100', '9'), '9');
  assert.equal(cover('10', '8', '9'), '8');
  assert.equal(cover('0', '8', '9'), '0');
  assert.equal(cover('10', '0', '9'), '0');
  assert.equal(cover('10', '8', '0'), '0');
});

test('contract violations of the cover', () => {
  assert.throws(() => cover('-1', '1'), /DEFICIT/);
  assert.throws(() => cover('1', '-1'), /INSURANCE_FUND/);
  assert.throws(() => cover('1', '1', '-1'), /EVENT_CAP/);
});
