/** What a journal says about itself: whose run it is, how it began and how it ended. @module */

/**
 * `running` from the first start; `recovered` once a run was started again after it had not been
 * sealed; `sealed` after an orderly end; `quarantined` when an invariant or an audit failed.
 */
export type RunStatus = 'running' | 'recovered' | 'sealed' | 'quarantined';

export type Manifest = {
  /** Name of the run, given by whoever starts it. */
  readonly runId: string;
  readonly engineVersion: string;
  readonly recordVersion: number;
  /** Hash of all parameters in force at `headSeq`; null while the pool is not configured. */
  readonly configHash: string | null;
  /** Seed of the simulated world; null for a live one. */
  readonly seed: string | null;
  readonly scenario: string | null;
  /** Name of the run that this one continues or varies. */
  readonly parent: string | null;
  readonly status: RunStatus;
  /** Last record of the journal when the manifest was saved. */
  readonly headSeq: number;
  /** Over all records up to `headSeq`. */
  readonly chainHash: string;
  /** Of the pool after `headSeq`; null where a defect left no pool to hash. */
  readonly stateHash: string | null;
  /** Why the run was quarantined, or null. */
  readonly problem: string | null;
};
