/** Manifests as the runtime writes them. @module */
import { type PoolView, RECORD_VERSION } from '../engine/index.ts';
import type { Manifest, RunStatus } from '../ports/index.ts';
import { configurationHash } from './configuration-hash.ts';
import { ENGINE_VERSION } from './engine-version.ts';

/** What the host says of a run; a journal that already has a manifest keeps its own words. */
export type RunDescription = {
  readonly runId?: string;
  /** Seed of the simulated world. */
  readonly seed?: string;
  readonly scenario?: string;
  /** Name of the run that this one continues or varies. */
  readonly parent?: string;
};

export type RunProgress = {
  readonly status: RunStatus;
  readonly headSeq: number;
  readonly chainHash: string;
  readonly stateHash: string | null;
  readonly problem: string | null;
};

/** The identity of the run is written once; engine version and configuration are the present. */
export function runManifest(options: {
  readonly before: Manifest | null;
  readonly run: RunDescription;
  readonly state: PoolView;
  readonly progress: RunProgress;
}): Manifest {
  const { before, run, state, progress } = options;
  const identity = before ?? {
    runId: run.runId ?? 'unnamed',
    seed: run.seed ?? null,
    scenario: run.scenario ?? null,
    parent: run.parent ?? null,
  };
  return {
    runId: identity.runId,
    engineVersion: ENGINE_VERSION,
    recordVersion: RECORD_VERSION,
    configHash: configurationHash(state),
    seed: identity.seed,
    scenario: identity.scenario,
    parent: identity.parent,
    ...progress,
  };
}
