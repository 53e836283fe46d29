import { journalContract, snapshotStoreContract } from './contracts.ts';
import { inMemoryJournal, inMemorySnapshotStore } from './index.ts';

journalContract('in-memory journal', { open: async () => inMemoryJournal() });
snapshotStoreContract('in-memory snapshot store', async () => inMemorySnapshotStore());
