/** What every journal does, run by the tests of each. @module */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault } from './fault.ts';
import type { Journal, JournalCommit } from './journal.ts';
import type { Manifest } from './manifest.ts';

export type JournalUnderTest = {
  /** An empty journal. */
  readonly open: () => Promise<Journal>;
  /** Closes the journal and opens what it kept; absent where nothing outlives a journal. */
  readonly reopen?: (journal: Journal) => Promise<Journal>;
};

const MANIFEST: Manifest = {
  runId: 'contract',
  engineVersion: '0.0.0',
  recordVersion: 1,
  configHash: null,
  seed: '7',
  scenario: 'a "quoted" name, with ünïcode',
  parent: null,
  status: 'running',
  headSeq: 0,
  chainHash: 'c'.repeat(64),
  stateHash: 's'.repeat(64),
  problem: null,
};

/** Records firstSeq..lastSeq as bytes that say which they are. */
const commitOf = (firstSeq: number, lastSeq: number): JournalCommit => ({
  firstSeq,
  lastSeq,
  bytes: Uint8Array.from({ length: 3 * (lastSeq - firstSeq + 1) }, (_, at) => firstSeq + at),
  seals: [
    { seq: firstSeq, chainHash: 'a'.repeat(64), stateHash: null },
    ...(lastSeq > firstSeq
      ? [{ seq: lastSeq, chainHash: 'b'.repeat(64), stateHash: 'd'.repeat(64) }]
      : []),
  ],
});

const plain = ({ firstSeq, lastSeq, bytes, seals }: JournalCommit) => ({
  firstSeq,
  lastSeq,
  bytes: [...bytes],
  seals: [...seals],
});

async function held(journal: Journal, fromSeq = 1): Promise<ReturnType<typeof plain>[]> {
  const commits = [];
  for await (const commit of journal.read({ fromSeq })) commits.push(plain(commit));
  return commits;
}

const COMMITS = [commitOf(1, 3), commitOf(4, 4), commitOf(5, 9)];

async function filled(journal: Journal): Promise<Journal> {
  for (const commit of COMMITS) await journal.append(commit);
  return journal;
}

export function journalContract(name: string, under: JournalUnderTest): void {
  readingContract(name, under);
  fenceContract(name, under);
  lifeContract(name, under);
}

function readingContract(name: string, under: JournalUnderTest): void {
  test(`${name}: an empty journal has no commits and no manifest`, async () => {
    const journal = await under.open();
    assert.deepEqual(await held(journal), []);
    assert.equal(await journal.manifest(), null);
    await journal.close();
  });

  test(`${name}: reading gives back what was appended, in order`, async () => {
    const journal = await filled(await under.open());
    assert.deepEqual(await held(journal), COMMITS.map(plain));
    await journal.close();
  });

  test(`${name}: reading from a record begins with the commit that holds it`, async () => {
    const journal = await filled(await under.open());
    const firstFrom = async (seq: number) => (await held(journal, seq))[0]?.firstSeq;
    const found = await Promise.all([0, 1, 3, 4, 5, 9, 10].map(firstFrom));
    assert.deepEqual(found, [1, 1, 1, 4, 5, 5, undefined]);
    await journal.close();
  });

  test(`${name}: a commit may be a view that changes after it was appended`, async () => {
    const journal = await under.open();
    const { firstSeq, lastSeq, seals } = COMMITS[0]!;
    const bytes = Uint8Array.from([9, 9, 1, 2, 3, 9]);
    await journal.append({ firstSeq, lastSeq, seals, bytes: bytes.subarray(2, 5) });
    bytes.fill(0);
    assert.deepEqual((await held(journal))[0]!.bytes, [1, 2, 3]);
    await journal.close();
  });
}

function fenceContract(name: string, under: JournalUnderTest): void {
  test(`${name}: a commit that does not continue the journal is refused whole`, async () => {
    const journal = await filled(await under.open());
    for (const [first, last] of [
      [1, 3],
      [9, 10],
      [11, 12],
    ] as const) {
      await assert.rejects(journal.append(commitOf(first, last)), conflict);
    }
    assert.deepEqual(await held(journal), COMMITS.map(plain));
    await journal.append(commitOf(10, 11));
    assert.equal((await held(journal)).at(-1)!.lastSeq, 11);
    await journal.close();
  });

  test(`${name}: the manifest is replaced whole, and only by one that knows the head`, async () => {
    const journal = await under.open();
    await journal.saveManifest(MANIFEST);
    assert.deepEqual(await journal.manifest(), MANIFEST);
    await filled(journal);
    await assert.rejects(journal.saveManifest({ ...MANIFEST, headSeq: 8 }), conflict);
    assert.deepEqual(await journal.manifest(), MANIFEST);
    const sealed: Manifest = { ...MANIFEST, status: 'sealed', headSeq: 9, configHash: 'f' };
    await journal.saveManifest(sealed);
    assert.deepEqual(await journal.manifest(), sealed);
    await journal.close();
  });
}

function lifeContract(name: string, under: JournalUnderTest): void {
  test(`${name}: a closed journal refuses everything but closing`, async () => {
    const journal = await under.open();
    await journal.close();
    await journal.close();
    const closed = (error: unknown): boolean => isFault(error, 'JOURNAL_CLOSED');
    await assert.rejects(journal.append(commitOf(1, 1)), closed);
    await assert.rejects(journal.manifest(), closed);
    await assert.rejects(journal.saveManifest(MANIFEST), closed);
    await assert.rejects(held(journal), closed);
  });

  const { reopen } = under;
  if (reopen === undefined) return;
  test(`${name}: what was appended is there after opening again`, async () => {
    const journal = await filled(await under.open());
    await journal.saveManifest({ ...MANIFEST, headSeq: 9 });
    const again = await reopen(journal);
    assert.deepEqual(await held(again), COMMITS.map(plain));
    assert.deepEqual(await again.manifest(), { ...MANIFEST, headSeq: 9 });
    await assert.rejects(again.append(commitOf(9, 9)), conflict);
    await again.close();
  });
}

const conflict = (error: unknown): boolean => isFault(error, 'JOURNAL_CONFLICT');
