export { type JournalUnderTest, journalContract } from './journal.contract.ts';
export { snapshotStoreContract } from './snapshot-store.contract.ts';
