export { RUN_RECORDS } from './chain-hash.ts';
export { configurationHash } from './configuration-hash.ts';
export { ENGINE_VERSION } from './engine-version.ts';
export { type PoolOptions, type PoolRuntime, type Submission, startPool } from './pool.ts';
export { type Head, type RecoveredPool, type RecoveryOptions, recoverPool } from './recovery.ts';
export type { RunDescription } from './run-manifest.ts';
export { createStateHasher, type StateHasher } from './state-hash.ts';
export {
  type VerificationOptions,
  type VerificationReport,
  verifyJournal,
} from './verification.ts';
export type { Violation } from './verifier.ts';
