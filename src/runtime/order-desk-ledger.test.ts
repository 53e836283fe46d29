/** Which report's turn it is: gaps, the engine's window, and what is left after a restart. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VenueReport } from '../ports/index.ts';
import { engineTimeMs, ZERO_SIZE } from '../units/index.ts';
import { createReportLedger } from './order-desk-ledger.ts';

const report = (sequence: number): VenueReport => ({
  type: 'done',
  sequence,
  order: sequence,
  reason: 'expired',
  filled: ZERO_SIZE,
  timeMs: engineTimeMs(0),
});

const numbers = (reports: readonly VenueReport[]): number[] =>
  reports.map(({ sequence }) => sequence);

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at);

test('a report is heard once, whether it waits or is settled', () => {
  const ledger = createReportLedger([]);
  assert.ok(ledger.hear(report(1)));
  assert.ok(!ledger.hear(report(1)));
  ledger.settle(1);
  assert.ok(!ledger.hear(report(1)));
  assert.ok(ledger.isNext(2));
  assert.deepEqual(numbers(ledger.ready()), []);
});

test('what waits is ready in the order of the venue', () => {
  const ledger = createReportLedger([]);
  for (const sequence of [3, 1, 2]) ledger.hear(report(sequence));
  assert.deepEqual(numbers(ledger.ready()), [1, 2, 3]);
  assert.equal(ledger.missing(), null);
});

test('nothing runs further ahead of a missing number than the engine remembers', () => {
  const ledger = createReportLedger([]);
  for (const sequence of range(2, 70)) ledger.hear(report(sequence));
  assert.deepEqual(numbers(ledger.ready()), range(2, 64));
  for (const sequence of range(2, 64)) ledger.settle(sequence);
  assert.deepEqual(numbers(ledger.ready()), []);
  assert.equal(ledger.missing(), 1);
  ledger.hear(report(1));
  assert.equal(ledger.missing(), null);
  ledger.settle(1);
  assert.deepEqual(numbers(ledger.ready()), range(65, 70));
});

test('a number that is given up lets the others go', () => {
  const ledger = createReportLedger([]);
  for (const sequence of range(2, 70)) ledger.hear(report(sequence));
  for (const sequence of range(2, 64)) ledger.settle(sequence);
  ledger.settle(1);
  assert.deepEqual(numbers(ledger.ready()), range(65, 70));
  assert.ok(!ledger.hear(report(1)), 'it is not taken after all');
});

test('after a restart what the engine remembers is settled, what it does not is missing', () => {
  const ledger = createReportLedger([1, 2, 3, 7].map((sourceSeq) => ({ sourceSeq })));
  assert.ok(ledger.isNext(4));
  assert.equal(ledger.missing(), 4);
  for (const sequence of range(1, 9)) ledger.hear(report(sequence));
  assert.deepEqual(numbers(ledger.ready()), [4, 5, 6, 8, 9]);
  for (const sequence of [4, 5, 6]) ledger.settle(sequence);
  assert.ok(ledger.isNext(8));
  assert.ok(!ledger.hear(report(4)));
});

test('after a restart what lies before a full window is settled as well', () => {
  const recent = range(1, 64).map((at) => ({ sourceSeq: 2 * at }));
  const ledger = createReportLedger(recent);
  for (const sequence of range(1, 130)) ledger.hear(report(sequence));
  const odd = range(1, 31).map((at) => 2 * at + 1);
  assert.deepEqual(numbers(ledger.ready()), [...odd, 65], 'as far as the window reaches');
  assert.equal(ledger.hear(report(1)), false);
});
