/**
 * Several pools in one process, each with its own journal, and what goes from one to another. A
 * pool shares nothing with the others: where it fails it stops alone. Transfers are carried from
 * states that are durable, and by looking at both ends: nothing about them is kept here, so that a
 * start is a resumption, and whatever is done twice is recognized by the pools.
 * @module
 */
import type { JournalRecord } from '../engine/index.ts';
import type { Manifest } from '../ports/index.ts';
import { cmpId, type EngineTimeMs, type Seq } from '../units/index.ts';
import type { PoolRuntime } from './pool.ts';
import { reservedSource } from './pool-faults.ts';
import {
  commitMember,
  type Member,
  memberCalled,
  type PoolCondition,
  sealMember,
  startMember,
  submitTo,
  workOn,
} from './pool-member.ts';
import type { PoolOptions } from './pool-options.ts';
import type { Submission } from './submission.ts';
import {
  carry,
  type NotTaken,
  TRANSFER_SOURCE,
  type WaitingTransfer,
  waitingTransfers,
} from './transfer-courier.ts';

/** What of a pool only tells how it stands: whatever changes it goes by the group. */
export type PoolReading = Pick<PoolRuntime, 'engine' | 'recovered' | 'head' | 'durableSeq'>;

export type PoolGroup = {
  /** In the order of their names. */
  readonly names: readonly string[];
  readonly conditionOf: (name: string) => PoolCondition;
  /** To read; null where it could not be started. */
  readonly pool: (name: string) => PoolReading | null;
  /**
   * As the pool's own `submit`. The source by which transfers are carried is reserved here: their
   * numbers go on from its last, and one from outside could use them up.
   * @throws what that throws; a defect stops the pool, and no other. Of a stopped pool: why.
   */
  readonly submit: (name: string, submission: Submission) => readonly JournalRecord[];
  /** As the pool's own `commit`; answers null where it failed: its condition says why. */
  readonly commit: (name: string) => Promise<Seq | null>;
  /**
   * As the pool's own. A defect that it finds stops the pool, and no other; a snapshot store that
   * fails stops none.
   */
  readonly snapshot: (name: string) => Promise<Seq>;
  readonly seal: (name: string) => Promise<Manifest>;
  /** All pools at once. Waits for the slowest: who must not, commits them one by one. */
  readonly commitAll: () => Promise<void>;
  /**
   * Carries transfers and answers from pools of which everything is durable to the others; answers
   * how many. What that leads to is submitted, not committed.
   */
  readonly carry: (time: EngineTimeMs) => number;
  /** Commits and carries until everything has arrived that can. */
  readonly settle: (time: EngineTimeMs) => Promise<void>;
  /** What was sent and cannot be carried now, and why. */
  readonly waiting: () => readonly WaitingTransfer[];
  /**
   * Starts a pool from its journal, whatever became of it; what was not durable is gone. Waits for
   * what is being written to the journal, however long that takes: the pool takes nothing
   * meanwhile. Calls at once are one start after the other, and each answers how the last ended.
   */
  readonly restart: (name: string, options?: PoolOptions) => Promise<PoolCondition>;
};

/** Starts every pool; one that cannot be started is stopped, and the others go on. */
export async function startPoolGroup(
  pools: Readonly<Record<string, PoolOptions>>,
): Promise<PoolGroup> {
  const names = Object.keys(pools).sort(cmpId);
  const members = new Map<string, Member>();
  for (const name of names) {
    members.set(name, memberCalled(name, pools[name]!));
  }
  await Promise.all([...members.values()].map(startMember));
  const commitAll = async (): Promise<void> => {
    await Promise.all([...members.values()].map(commitMember));
  };
  let notTaken: readonly NotTaken[] = [];
  const carryAll = (time: EngineTimeMs): number => {
    const result = carry(members, { time, submit: submitTo });
    notTaken = result.notTaken;
    return result.carried;
  };
  return {
    names,
    conditionOf: (name) => memberOf(members, name).condition,
    pool: (name) => memberOf(members, name).runtime,
    submit: (name, submission) => {
      const member = memberOf(members, name);
      if (submission.source === TRANSFER_SOURCE) throw reservedSource(TRANSFER_SOURCE);
      return submitTo(member, submission);
    },
    commit: (name) => commitMember(memberOf(members, name)),
    snapshot: (name) => workOn(memberOf(members, name), (runtime) => runtime.snapshot()),
    seal: (name) => sealMember(memberOf(members, name)),
    commitAll,
    carry: carryAll,
    settle: async (time) => {
      do await commitAll();
      while (carryAll(time) > 0);
    },
    waiting: () => waitingTransfers(members, notTaken),
    restart: async (name, options) => {
      const member = memberOf(members, name);
      if (options !== undefined) member.options = options;
      await startMember(member);
      return member.condition;
    },
  };
}

function memberOf(members: ReadonlyMap<string, Member>, name: string): Member {
  const member = members.get(name);
  if (member === undefined) throw new RangeError(`there is no pool ${name}`);
  return member;
}
