import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Journal } from 'plimsoll/ports';
import { journalContract, snapshotStoreContract } from 'plimsoll/ports/contracts';
import { openSqliteStore } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-sqlite-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const newFile = (): string => {
  files += 1;
  return join(folder, `${files}.sqlite`);
};

const fileOf = new Map<Journal, string>();

const openJournal = (file: string, access: 'create' | 'write'): Journal => {
  const { journal } = openSqliteStore({ file, access });
  fileOf.set(journal, file);
  return journal;
};

journalContract('SQLite journal', {
  open: async () => openJournal(newFile(), 'create'),
  reopen: async (journal) => {
    await journal.close();
    return openJournal(fileOf.get(journal)!, 'write');
  },
});
snapshotStoreContract(
  'SQLite snapshot store',
  async () => openSqliteStore({ file: newFile(), access: 'create' }).snapshots,
);
