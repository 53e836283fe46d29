/** Goal: docs/receipts.md names every field. Method: the fields of receipts are looked up there. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bid, directStage, point } from '../../test/pools/direct-stage.ts';
import { journalOf } from '../../test/pools/recorded-journal.ts';
import { sealedRun } from '../../test/pools/recorded-run.ts';
import { inMemoryJournal, type Journal } from '../ports/index.ts';
import { durationMs } from '../units/index.ts';
import { receiptsOf } from './index.ts';

/** Their fields are those of the engine's schema. */
const DOCUMENTED_THERE = new Set(['terms', 'termsAfter', 'events', 'change']);

function fieldsOf(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) for (const entry of value) fieldsOf(entry, found);
  else if (value !== null && typeof value === 'object') {
    for (const [key, entry] of Object.entries(value)) {
      found.add(key);
      if (!DOCUMENTED_THERE.has(key)) fieldsOf(entry, found);
    }
  }
}

/** Of pools with a ladder. */
async function routedJournals(): Promise<Journal[]> {
  const window = { priorityWindowMs: durationMs(2_000), priorityExclusiveMs: durationMs(60_000) };
  const pool = directStage({ terms: window, finders: {} });
  pool.fall('84.2');
  pool.take(point());
  pool.take(bid(pool.keeper, '3'));
  pool.pass(2_000);
  pool.take(pool.takeover('5'));
  return [(await journalOf(pool.records, pool.engine.state)).journal];
}

test('every field of a receipt is explained on the page about receipts', async () => {
  const page = readFileSync(new URL('../../docs/receipts.md', import.meta.url), 'utf8');
  const { content } = await sealedRun({ ticks: 44, traders: 3 });
  const fields = new Set<string>();
  for await (const { json } of receiptsOf(inMemoryJournal(content))) fieldsOf(json, fields);
  for (const journal of await routedJournals()) {
    for await (const { json } of receiptsOf(journal)) fieldsOf(json, fields);
  }
  assert.ok(fields.size > 100, `${fields.size} fields`);
  const named = (field: string): boolean => new RegExp(`[\`.]${field}[\`\\[]`).test(page);
  assert.deepEqual(
    [...fields].filter((field) => !named(field)),
    [],
  );
});
