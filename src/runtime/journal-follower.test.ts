import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyOf, sealedRun } from '../../test/pools/recorded-run.ts';
import { inMemoryJournal } from '../ports/index.ts';
import { followJournal, recoverPool, verifyJournal } from './index.ts';

const NOTHING = { before: () => {}, after: () => {} };

test('a journal is followed to its head, each record on the pool that it found', async () => {
  const run = await sealedRun({ ticks: 44, traders: 3 });
  const journal = inMemoryJournal(run.content);
  const found: number[] = [];
  let accounts = 0;
  const visitor = {
    before: (
      state: { readonly accounts: readonly unknown[] },
      { seq }: { readonly seq: number },
    ) => {
      found.push(seq);
      accounts = Math.max(accounts, state.accounts.length);
    },
    after: () => {},
  };
  let last = { seq: 0, chainHash: '' };
  for await (last of followJournal({ journal, visitor }));
  assert.deepEqual(
    found,
    run.records.map(({ seq }) => seq),
  );
  assert.equal(accounts, 4);
  const recovered = await recoverPool({ journal });
  assert.deepEqual(last, { seq: recovered.head.seq, chainHash: recovered.chainHash });
});

test('it stops where it was told to, as verification does, with one chain hash', async () => {
  const { content } = await sealedRun({ ticks: 44, traders: 3, commitEvery: 9 });
  const journal = inMemoryJournal(content);
  for (const untilSeq of [1, 40, 41]) {
    let last = { seq: 0, chainHash: '' };
    for await (last of followJournal({ journal, visitor: NOTHING, untilSeq }));
    assert.equal(last.seq, untilSeq);
    const report = await verifyJournal({ journal, untilSeq });
    assert.deepEqual([report.violations, report.complete], [[], true]);
    assert.deepEqual([report.headSeq, report.chainHash], [untilSeq, last.chainHash]);
  }
});

test('a record that was changed ends it, at the next seal at the latest', async () => {
  const run = await sealedRun({ ticks: 120 });
  assert.ok(run.records.length > 256, `${run.records.length} records`);
  for (const place of [3, 30, 60]) {
    const content = copyOf(run.content);
    const { bytes } = content.commits[place]!;
    bytes[bytes.length - 1]! ^= 1;
    const follow = async () => {
      for await (const _ of followJournal({ journal: inMemoryJournal(content), visitor: NOTHING }));
    };
    await assert.rejects(follow, { code: 'JOURNAL_CORRUPT' });
  }
});
