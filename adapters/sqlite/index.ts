export type { SqliteAccess } from './sqlite-file.ts';
export { openSqliteStore, type SqliteStore } from './sqlite-store.ts';
