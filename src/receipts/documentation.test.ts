/** Goal: docs/receipts.md names every field. Method: the fields of receipts are looked up there. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { sealedRun } from '../../test/pools/recorded-run.ts';
import { inMemoryJournal } from '../ports/index.ts';
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

test('every field of a receipt is explained on the page about receipts', async () => {
  const page = readFileSync(new URL('../../docs/receipts.md', import.meta.url), 'utf8');
  const { content } = await sealedRun({ ticks: 44, traders: 3 });
  const fields = new Set<string>();
  for await (const { json } of receiptsOf(inMemoryJournal(content))) fieldsOf(json, fields);
  assert.ok(fields.size > 100, `${fields.size} fields`);
  const named = (field: string): boolean => new RegExp(`[\`.]${field}[\`\\[]`).test(page);
  assert.deepEqual(
    [...fields].filter((field) => !named(field)),
    [],
  );
});
