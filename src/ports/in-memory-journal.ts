/** A journal that lives as long as the process: for tests, previews and throw-away runs. @module */
import { Fault } from './fault.ts';
import type { Journal, JournalCommit } from './journal.ts';
import { refuseConflict } from './journal-fence.ts';
import type { Manifest } from './manifest.ts';

/** What the journal holds, open to tests that damage it. */
export type InMemoryJournalContent = {
  commits: JournalCommit[];
  manifest: Manifest | null;
};

export const emptyJournalContent = (): InMemoryJournalContent => ({ commits: [], manifest: null });

export function inMemoryJournal(content: InMemoryJournalContent = emptyJournalContent()): Journal {
  let closed = false;
  const open = (): void => {
    if (!closed) return;
    const message = 'the in-memory journal was closed';
    throw new Fault('JOURNAL_CLOSED', { message, expected: 'an open journal', found: 'a closed' });
  };
  const headSeq = (): number => content.commits.at(-1)?.lastSeq ?? 0;
  return {
    append: async (commit) => {
      open();
      refuseConflict('commit', { expected: headSeq() + 1, found: commit.firstSeq });
      content.commits.push({ ...commit, bytes: commit.bytes.slice(), seals: [...commit.seals] });
    },
    read: async function* ({ fromSeq }) {
      open();
      const { commits } = content;
      let low = 0;
      let high = commits.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (commits[middle]!.lastSeq < fromSeq) low = middle + 1;
        else high = middle;
      }
      for (let at = low; at < commits.length; at += 1) yield commits[at]!;
    },
    manifest: async () => {
      open();
      return content.manifest;
    },
    saveManifest: async (manifest) => {
      open();
      refuseConflict('manifest', { expected: headSeq(), found: manifest.headSeq });
      content.manifest = manifest;
    },
    close: async () => {
      closed = true;
    },
  };
}
