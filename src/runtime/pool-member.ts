/** One pool of a group: how it stands, and that whatever it throws stays its own. @module */
import type { JournalRecord } from '../engine/index.ts';
import { isFault } from '../ports/index.ts';
import type { Seq } from '../units/index.ts';
import { type PoolOptions, type PoolRuntime, type Submission, startPool } from './pool.ts';

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

export async function startMember(member: Member): Promise<void> {
  member.runtime = null;
  try {
    member.runtime = await startPool(member.options);
    member.condition = RUNNING;
  } catch (problem) {
    member.condition = { condition: 'stopped', problem };
  }
}

export function submitTo(member: Member, submission: Submission): readonly JournalRecord[] {
  const { runtime, condition } = member;
  if (runtime === null && condition.condition === 'stopped') throw condition.problem;
  try {
    return runtime!.submit(submission);
  } catch (problem) {
    // What the sender did wrong, or what a commit will mend, is no failure of the pool.
    if (!isHarmless(problem)) member.condition = { condition: 'stopped', problem };
    throw problem;
  }
}

const isHarmless = (problem: unknown): boolean =>
  isFault(problem) && (problem.retryable || HARMLESS.has(problem.code));
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
