export { createChain, RUN_RECORDS, runEndBefore } from './chain-hash.ts';
export { configurationHash } from './configuration-hash.ts';
export { ENGINE_VERSION } from './engine-version.ts';
export { type Difference, firstDifference } from './first-difference.ts';
export { type Followed, followJournal, type JournalVisitor } from './journal-follower.ts';
export {
  concernsVenue,
  createOrderDesk,
  isForDesk,
  ORDER_DESK_SOURCE,
  type OrderDesk,
  type OrderDeskOptions,
} from './order-desk.ts';
export type { OrderAnomalies, OrderAnomaly } from './order-desk-anomalies.ts';
export { type PoolRuntime, startPool } from './pool.ts';
export { type PoolGroup, type PoolReading, startPoolGroup } from './pool-group.ts';
export type { PoolCondition } from './pool-member.ts';
export type { PoolOptions } from './pool-options.ts';
export type { Head } from './record-replay.ts';
export { type RecoveredPool, type RecoveryOptions, recoverPool } from './recovery.ts';
export type { RunDescription } from './run-manifest.ts';
export { createStateHasher, type StateHasher } from './state-hash.ts';
export type { Submission } from './submission.ts';
export { TRANSFER_SOURCE, type WaitingTransfer } from './transfer-courier.ts';
export {
  type VerificationOptions,
  type VerificationReport,
  verifyJournal,
} from './verification.ts';
export type { Violation } from './verifier.ts';
