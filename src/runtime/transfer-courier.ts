/**
 * Carries what one pool has sent to the pool that it is for, and the answer back. It acts upon
 * what is durable at the end it comes from, and looks at the other end for what is still to be
 * done there: a transfer that was carried before is not carried again, and the pools would
 * recognize it if it were.
 * @module
 */
import type { Command, JournalRecord, PoolView } from '../engine/index.ts';
import type { EngineTimeMs } from '../units/index.ts';
import type { Member } from './pool-member.ts';
import type { Submission } from './submission.ts';

/** Under which its commands are journaled, and nobody else's: a group refuses it to others. */
export const TRANSFER_SOURCE = 'transfers';

type Link = NonNullable<PoolView['links']>['links'][number];
type Outgoing = Link['outgoing'][number];
type Members = ReadonlyMap<string, Member>;

type WhichTransfer = {
  readonly fromPool: string;
  readonly toPool: string;
  readonly number: number;
};

/** The pool at the one end or the other was given it, or the answer, and took it not. */
export type NotTaken = WhichTransfer & {
  readonly reason: 'not-taken';
  /** What the submission ended in: a fault, or the rejection that is in the journal. */
  readonly problem: unknown;
};

export type WaitingTransfer = NotTaken | (WhichTransfer & { readonly reason: Obstacle });

type Obstacle =
  | 'no-such-pool'
  /** One of the two is stopped or sealed. */
  | 'not-running'
  /** The other pool does not know this one: it was never linked to it. */
  | 'not-linked'
  /** One of the two was configured under another name than it has in the group. */
  | 'named-otherwise';

/** What came of one step for one transfer. */
type Step = 'taken' | 'nothing-to-do' | { readonly problem: unknown };

type Courier = {
  readonly time: EngineTimeMs;
  readonly submit: (member: Member, submission: Submission) => readonly JournalRecord[];
};

/** The state of a member as far as it can be relied on: all of it is durable. */
type DurableEnd = {
  readonly member: Member;
  readonly sent: readonly { readonly pool: string; readonly outgoing: readonly Outgoing[] }[];
  readonly answered: readonly Pick<Link, 'pool' | 'received' | 'refused'>[];
};

const runs = ({ condition, runtime }: Member): boolean =>
  runtime !== null && condition.condition !== 'stopped' && condition.condition !== 'sealed';

const linksOf = ({ name, runtime }: Member): readonly Link[] => {
  const links = runtime?.engine.state.links ?? null;
  return links === null || links.pool !== name ? [] : links.links;
};

const linkTo = (member: Member, pool: string): Link | undefined =>
  linksOf(member).find((link) => link.pool === pool);

/** Copies: what is submitted in the course of carrying is not durable yet. */
function durableEnds(members: Members): Map<string, DurableEnd> {
  const ends = new Map<string, DurableEnd>();
  for (const member of members.values()) {
    const { runtime, name } = member;
    if (!runs(member) || runtime!.head().seq !== runtime!.durableSeq()) continue;
    const links = linksOf(member);
    ends.set(name, {
      member,
      sent: links.map(({ pool, outgoing }) => ({ pool, outgoing: [...outgoing] })),
      answered: links.map(({ pool, received, refused }) => {
        return { pool, received, refused: [...refused] };
      }),
    });
  }
  return ends;
}

/** Answers how many commands were taken, and what was not. */
export function carry(
  members: Members,
  courier: Courier,
): { readonly carried: number; readonly notTaken: readonly NotTaken[] } {
  const ends = durableEnds(members);
  const notTaken: NotTaken[] = [];
  let carried = 0;
  for (const { member, sent } of ends.values()) {
    for (const { pool, outgoing } of sent) {
      const to = members.get(pool);
      if (to === undefined || !runs(to)) continue;
      const answers = ends.get(pool)?.answered.find((link) => link.pool === member.name);
      for (const entry of outgoing) {
        const answered = answers !== undefined && entry.number <= answers.received;
        const step = answered
          ? answer({ member, pool, entry, refused: answers.refused }, courier)
          : arrive({ member, to, entry }, courier);
        if (step === 'taken') carried += 1;
        if (typeof step === 'string') continue;
        const which = { fromPool: member.name, toPool: pool, number: entry.number };
        notTaken.push({ ...which, reason: 'not-taken', ...step });
      }
    }
  }
  return { carried, notTaken };
}

/** Tells the sender what became of a transfer, unless it knows by now. */
function answer(
  work: {
    readonly member: Member;
    readonly pool: string;
    readonly entry: Outgoing;
    readonly refused: readonly number[];
  },
  courier: Courier,
): Step {
  const { member, pool: toPool, refused } = work;
  const { number } = work.entry;
  const open = linkTo(member, toPool)?.outgoing.some((own) => own.number === number) ?? false;
  if (!open) return 'nothing-to-do';
  const type = refused.includes(number) ? 'ReturnTransfer' : 'ConfirmTransfer';
  return taken(member, { type, toPool, number }, courier);
}

/** Gives a transfer to its receiver, if it is the next that this waits for. */
function arrive(
  { member, to, entry }: Record<'member' | 'to', Member> & { readonly entry: Outgoing },
  courier: Courier,
): Step {
  const next = linkTo(to, member.name);
  if (next === undefined || next.received + 1 !== entry.number) return 'nothing-to-do';
  const { state } = member.runtime!.engine;
  const { number, purpose, pledge, amount, toAccount } = entry;
  const asset =
    entry.asset === null
      ? state.parameters!.settlementAsset
      : state.assets[entry.asset]!.parameters.asset;
  const subject = { number, purpose, pledge, asset, amount };
  const fromAccount = state.accounts[entry.account]!.id;
  const route = { fromPool: member.name, fromAccount, account: toAccount };
  return taken(to, { type: 'TransferIn', ...subject, ...route }, courier);
}

/** A pool that takes nothing now may the next time: nothing is lost by having tried. */
function taken(member: Member, command: Command, { time, submit }: Courier): Step {
  const recent = member.runtime!.engine.state.sources.get(TRANSFER_SOURCE)?.recent ?? [];
  const sourceSeq = (recent.at(-1)?.sourceSeq ?? 0) + 1;
  try {
    const [record] = submit(member, { source: TRANSFER_SOURCE, sourceSeq, command, time });
    const { outcome } = record!;
    return outcome.type === 'Accepted' ? 'taken' : { problem: outcome.rejection };
  } catch (problem) {
    return { problem };
  }
}

/** What cannot be carried as things stand, and of the rest what was not taken the last time. */
export function waitingTransfers(
  members: Members,
  notTaken: readonly NotTaken[],
): readonly WaitingTransfer[] {
  const waiting: WaitingTransfer[] = [];
  for (const member of members.values()) {
    // What a pool that is stopped holds may not be durable, or is what it stopped for.
    if (member.condition.condition === 'stopped') continue;
    const { name: fromPool, runtime } = member;
    for (const { pool: toPool, outgoing } of runtime?.engine.state.links?.links ?? []) {
      const reason = outgoing.length === 0 ? null : obstacle(member, members.get(toPool));
      for (const { number } of outgoing) {
        const which = { fromPool, toPool, number };
        const last = notTaken.find((one) => isSame(one, which));
        if (reason !== null) waiting.push({ ...which, reason });
        else if (last !== undefined) waiting.push(last);
      }
    }
  }
  return waiting;
}

const isSame = (one: WhichTransfer, other: WhichTransfer): boolean =>
  one.fromPool === other.fromPool && one.toPool === other.toPool && one.number === other.number;

function obstacle(member: Member, to: Member | undefined): Obstacle | null {
  if (to === undefined) return 'no-such-pool';
  if (!runs(member) || !runs(to)) return 'not-running';
  if (isNamedOtherwise(member) || isNamedOtherwise(to)) return 'named-otherwise';
  return linkTo(to, member.name) === undefined ? 'not-linked' : null;
}

const isNamedOtherwise = ({ name, runtime }: Member): boolean => {
  const links = runtime?.engine.state.links ?? null;
  return links !== null && links.pool !== name;
};
