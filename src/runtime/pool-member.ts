/** One pool of a group: how it stands, and that whatever it throws stays its own. @module */
import type { JournalRecord } from '../engine/index.ts';
import { isFault, type Manifest } from '../ports/index.ts';
import { InvariantViolation, type Seq } from '../units/index.ts';
import { type PoolRuntime, startPool } from './pool.ts';
import { quarantined } from './pool-faults.ts';
import type { PoolOptions } from './pool-options.ts';
import type { Submission } from './submission.ts';

/**
 * `running`; `sealed`: its run has ended, and a start begins another; `stalled`: its journal or its
 * publisher failed, and the next commit tries again; `stopped`: only a start from its journal
 * helps, if anything does.
 */
export type PoolCondition =
  | { readonly condition: 'running' | 'sealed' }
  | { readonly condition: 'stalled' | 'stopped'; readonly problem: unknown };

export type Member = {
  readonly name: string;
  options: PoolOptions;
  runtime: PoolRuntime | null;
  condition: PoolCondition;
  /** Settles with all work on its journal that was begun so far; never rejects. */
  busy: Promise<unknown>;
  /** The start that is under way. */
  starting: Promise<void> | null;
  /** A start was asked for that has not begun to read. */
  isStartDue: boolean;
};

const RUNNING: PoolCondition = { condition: 'running' };
const SEALED: PoolCondition = { condition: 'sealed' };

const BEING_STARTED = new Error('the pool is being started');
const STARTING: PoolCondition = { condition: 'stopped', problem: BEING_STARTED };

export const memberCalled = (name: string, options: PoolOptions): Member => ({
  ...{ name, options, runtime: null, condition: STARTING },
  ...{ busy: Promise.resolve(), starting: null, isStartDue: false },
});

/** Whatever is asked for while a start is under way is done by another one after it. */
export function startMember(member: Member): Promise<void> {
  member.runtime = null;
  member.condition = STARTING;
  member.isStartDue = true;
  member.starting ??= startInTurn(member);
  return member.starting;
}

/**
 * What the runtime before is still writing may arrive however late: a pool recovered without it
 * would be deposed by it. So that is waited for, whichever way it ends.
 */
async function startInTurn(member: Member): Promise<void> {
  await member.busy;
  let started: Pick<Member, 'runtime' | 'condition'> = { runtime: null, condition: STARTING };
  while (member.isStartDue) {
    member.isStartDue = false;
    started = await attempt(member.options);
  }
  member.starting = null;
  member.runtime = started.runtime;
  member.condition = started.condition;
}

async function attempt(options: PoolOptions): Promise<Pick<Member, 'runtime' | 'condition'>> {
  try {
    return { runtime: await startPool(options), condition: RUNNING };
  } catch (problem) {
    return { runtime: null, condition: { condition: 'stopped', problem } };
  }
}

/** @throws why it takes nothing. */
function workingRuntime({ runtime, condition }: Member): PoolRuntime {
  const problem = 'problem' in condition ? condition.problem : BEING_STARTED;
  if (runtime === null) throw problem;
  if (condition.condition !== 'stopped') return runtime;
  throw problem instanceof InvariantViolation ? quarantined(problem.message) : problem;
}

export function submitTo(member: Member, submission: Submission): readonly JournalRecord[] {
  const runtime = workingRuntime(member);
  try {
    return runtime.submit(submission);
  } catch (problem) {
    noteFailure(member, runtime, problem);
    throw problem;
  }
}

/** Takes a snapshot of a pool, say: what is wrong with it stays its own. */
export async function workOn<T>(
  member: Member,
  work: (runtime: PoolRuntime) => Promise<T>,
): Promise<T> {
  const runtime = workingRuntime(member);
  try {
    return await underWay(member, work(runtime));
  } catch (problem) {
    noteFailure(member, runtime, problem);
    throw problem;
  }
}

export const sealMember = (member: Member): Promise<Manifest> =>
  workOn(member, async (runtime) => {
    const manifest = await runtime.seal();
    if (member.runtime === runtime) member.condition = SEALED;
    return manifest;
  });

function underWay<T>(member: Member, work: Promise<T>): Promise<T> {
  member.busy = Promise.allSettled([member.busy, work]);
  return work;
}

/** What the sender did wrong, or what a commit will mend, is no failure of the pool. */
function noteFailure(member: Member, runtime: PoolRuntime, problem: unknown): void {
  const harmless = isFault(problem) && (problem.retryable || HARMLESS.has(problem.code));
  if (!harmless && member.runtime === runtime) member.condition = { condition: 'stopped', problem };
}
const HARMLESS: ReadonlySet<string> = new Set([
  'COMMAND_MALFORMED',
  'SOURCE_RESERVED',
  'POOL_SEALED',
]);

export async function commitMember(member: Member): Promise<Seq | null> {
  const { runtime } = member;
  if (runtime === null) return null;
  try {
    const durable = await underWay(member, runtime.commit());
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
