/** What a pool is started with. @module */
import type { Journal, Publisher, SnapshotStore } from '../ports/index.ts';
import type { RunDescription } from './run-manifest.ts';

export type PoolOptions = {
  readonly journal: Journal;
  readonly snapshots?: SnapshotStore;
  readonly publisher?: Publisher;
  readonly run?: RunDescription;
  /** Records submitted but not committed at which `submit` refuses. Default 1,048,576. */
  readonly batchRecordsMax?: number;
  /**
   * Every how many runs of the chain a seal carries the state hash too. Default: 64, and more for
   * a pool of more than 16,384 accounts, see `runsPerStateHash`.
   */
  readonly stateHashEveryRuns?: number;
  /**
   * Records of due work that one call takes. What is left is taken by `work`, or by the next
   * `submit` before its own command, so that a commit can come between a crash that starts many
   * liquidations and the long work of closing them. Default: all.
   */
  readonly dueRecordsMax?: number;
  /** Snapshots kept when a new one is saved. Default 2. */
  readonly snapshotsKept?: number;
  /** Called after each commit read during recovery. */
  readonly onRecovery?: (progress: { readonly seq: number }) => void;
};

const LIMITS = [
  'batchRecordsMax',
  'stateHashEveryRuns',
  'dueRecordsMax',
  'snapshotsKept',
] as const satisfies readonly (keyof PoolOptions)[];

/**
 * A limit that no count ever reaches, as NaN is, would turn off silently what it bounds.
 * @throws RangeError
 */
export function refuseSenselessLimits(options: PoolOptions): void {
  for (const limit of LIMITS) {
    const value = options[limit];
    if (value === undefined || (Number.isSafeInteger(value) && value >= 1)) continue;
    throw new RangeError(`${limit} must be a whole number from 1 on, not ${value}`);
  }
}
