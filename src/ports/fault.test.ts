import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FAULTS, Fault, isFault } from './index.ts';

test('a fault says in one line what failed, what was expected and what was found', () => {
  const cause = new Error('ENOENT');
  const fault = new Fault('JOURNAL_MISSING', {
    message: 'runs/a.sqlite',
    expected: 'the file of a journal',
    found: 'no such file',
    cause,
  });
  assert.equal(
    fault.message,
    'JOURNAL_MISSING: runs/a.sqlite: expected the file of a journal, found no such file',
  );
  assert.equal(fault.cause, cause);
  assert.equal(fault.retryable, false);
  assert.ok(isFault(fault) && isFault(fault, 'JOURNAL_MISSING'));
  assert.ok(!isFault(fault, 'JOURNAL_CORRUPT') && !isFault(cause));
});

test('every fault is explained, under its number', () => {
  const page = readFileSync(new URL('../../docs/faults.md', import.meta.url), 'utf8');
  for (const [code, number] of Object.entries(FAULTS)) {
    assert.ok(page.includes(`| ${number} | \`${code}\` |`), `${number} ${code}`);
  }
  assert.equal(new Set(Object.values(FAULTS)).size, Object.keys(FAULTS).length);
});
