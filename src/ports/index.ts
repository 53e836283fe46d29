export * from './fault.ts';
export * from './in-memory-journal.ts';
export * from './in-memory-snapshot-store.ts';
export * from './journal.ts';
export * from './journal-fence.ts';
export * from './manifest.ts';
export * from './publisher.ts';
export * from './snapshot-store.ts';
