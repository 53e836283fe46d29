/** What every snapshot store does, run by the tests of each. @module */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Snapshot, SnapshotStore } from './snapshot-store.ts';

const snapshotAt = (seq: number, chunks = 3): Snapshot => ({
  seq,
  chainHash: `${seq}`.padStart(64, 'a'),
  stateHash: `${seq}`.padStart(64, 'b'),
  head: Uint8Array.of(seq, 1, 2),
  chunks: Array.from({ length: chunks }, (_, chunk) => Uint8Array.of(seq, chunk)),
});

const plain = (snapshot: Snapshot | null) =>
  snapshot && {
    ...snapshot,
    head: [...snapshot.head],
    chunks: snapshot.chunks.map((chunk) => [...chunk]),
  };

const ANY = Number.MAX_SAFE_INTEGER;

export function snapshotStoreContract(name: string, open: () => Promise<SnapshotStore>): void {
  test(`${name}: an empty store has no snapshot`, async () => {
    assert.equal(await (await open()).latest({ seqMax: ANY }), null);
  });

  test(`${name}: the latest within the limit is found, whatever the order of saving`, async () => {
    const store = await open();
    for (const seq of [20, 10, 30]) await store.save(snapshotAt(seq));
    const latest = async (seqMax: number) => (await store.latest({ seqMax }))?.seq;
    const found = [await latest(ANY), await latest(30), await latest(29), await latest(9)];
    assert.deepEqual(found, [30, 30, 20, undefined]);
    assert.deepEqual(plain(await store.latest({ seqMax: 20 })), plain(snapshotAt(20)));
  });

  test(`${name}: a snapshot of the same seq is replaced, with all its chunks`, async () => {
    const store = await open();
    await store.save(snapshotAt(10, 12));
    await store.save(snapshotAt(10, 2));
    assert.deepEqual(plain(await store.latest({ seqMax: ANY })), plain(snapshotAt(10, 2)));
    await store.save(snapshotAt(11, 0));
    assert.deepEqual(plain(await store.latest({ seqMax: ANY })), plain(snapshotAt(11, 0)));
  });

  test(`${name}: pruning keeps the newest`, async () => {
    const store = await open();
    for (const seq of [10, 20, 30]) await store.save(snapshotAt(seq));
    await store.prune({ keep: 5 });
    assert.equal((await store.latest({ seqMax: 10 }))?.seq, 10);
    await store.prune({ keep: 2 });
    assert.equal(await store.latest({ seqMax: 19 }), null);
    assert.deepEqual(plain(await store.latest({ seqMax: 20 })), plain(snapshotAt(20)));
    await store.prune({ keep: 0 });
    assert.equal(await store.latest({ seqMax: ANY }), null);
  });
}
