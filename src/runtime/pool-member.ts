/** One pool of a group: how it stands, and that whatever it throws stays its own. @module */
import type { JournalRecord } from '../engine/index.ts';
import { isFault } from '../ports/index.ts';
import type { Seq } from '../units/index.ts';
import { type PoolRuntime, startPool } from './pool.ts';
import type { PoolOptions } from './pool-options.ts';
import type { Submission } from './submission.ts';

/**
 * `running`; `stalled`: its journal or its publisher failed, and the next commit tries again;
 * `stopped`: only a start from its journal helps, if anything does.
 */
export type PoolCondition =
  | { readonly condition: 'running' }
  | { readonly condition: 'stalled' | 'stopped'; readonly problem: unknown };

export type Member = {
  readonly name: string;
  options: PoolOptions;
  runtime: PoolRuntime | null;
  condition: PoolCondition;
};

const RUNNING: PoolCondition = { condition: 'running' };

const BEING_STARTED = new Error('the pool is being started');
export const STARTING: PoolCondition = { condition: 'stopped', problem: BEING_STARTED };

export async function startMember(member: Member): Promise<void> {
  member.runtime = null;
  member.condition = STARTING;
  try {
    member.runtime = await startPool(member.options);
    member.condition = RUNNING;
  } catch (problem) {
    member.condition = { condition: 'stopped', problem };
  }
}

/** @throws why there is none. */
function runtimeOf({ runtime, condition }: Member): PoolRuntime {
  if (runtime === null) throw 'problem' in condition ? condition.problem : BEING_STARTED;
  return runtime;
}

export function submitTo(member: Member, submission: Submission): readonly JournalRecord[] {
  const runtime = runtimeOf(member);
  try {
    return runtime.submit(submission);
  } catch (problem) {
    noteFailure(member, runtime, problem);
    throw problem;
  }
}

/** Takes a snapshot of a pool, or ends it: what is wrong with it stays its own. */
export async function workOn<T>(
  member: Member,
  work: (runtime: PoolRuntime) => Promise<T>,
): Promise<T> {
  const runtime = runtimeOf(member);
  try {
    return await work(runtime);
  } catch (problem) {
    noteFailure(member, runtime, problem);
    throw problem;
  }
}

/** What the sender did wrong, or what a commit will mend, is no failure of the pool. */
function noteFailure(member: Member, runtime: PoolRuntime, problem: unknown): void {
  const harmless = isFault(problem) && (problem.retryable || HARMLESS.has(problem.code));
  if (!harmless && member.runtime === runtime) member.condition = { condition: 'stopped', problem };
}
const HARMLESS: ReadonlySet<string> = new Set(['COMMAND_MALFORMED', 'SOURCE_RESERVED']);

export async function commitMember(member: Member): Promise<Seq | null> {
  const { runtime } = member;
  if (runtime === null) return null;
  try {
    const durable = await runtime.commit();
    // Started again meanwhile: this is about a pool that is gone.
    if (member.runtime === runtime && member.condition.condition === 'stalled') {
      member.condition = RUNNING;
    }
    return durable;
  } catch (problem) {
    const stays = member.condition.condition === 'stopped' || member.runtime !== runtime;
    if (stays) return null;
    const condition = isFault(problem) && problem.retryable ? 'stalled' : 'stopped';
    member.condition = { condition, problem };
    return null;
  }
}
