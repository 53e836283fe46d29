/** Snapshots that live as long as the process. @module */
import type { Snapshot, SnapshotStore } from './snapshot-store.ts';

/** @param held Newest last; open to tests that damage it. */
export function inMemorySnapshotStore(held: Snapshot[] = []): SnapshotStore {
  const replace = (kept: readonly Snapshot[]): void => {
    held.splice(0, held.length, ...kept);
  };
  return {
    save: async (snapshot) => {
      const others = held.filter(({ seq }) => seq !== snapshot.seq);
      replace([...others, snapshot].sort((a, b) => a.seq - b.seq));
    },
    latest: async ({ seqMax }) => held.findLast(({ seq }) => seq <= seqMax) ?? null,
    prune: async ({ keep }) => replace(keep === 0 ? [] : held.slice(-keep)),
  };
}
