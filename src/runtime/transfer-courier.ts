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

/** Under which its commands are journaled, and nobody else's. */
export const TRANSFER_SOURCE = 'transfers';

type Link = NonNullable<PoolView['links']>['links'][number];
type Outgoing = Link['outgoing'][number];
type Members = ReadonlyMap<string, Member>;

export type WaitingTransfer = {
  readonly fromPool: string;
  readonly toPool: string;
  readonly number: number;
  readonly reason:
    | 'no-such-pool'
    | 'not-running'
    /** The other pool does not know this one: it was never linked to it. */
    | 'not-linked'
    /** One of the two was configured under another name than it has in the group. */
    | 'named-otherwise';
};

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
  runtime !== null && condition.condition !== 'stopped';

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

/** Answers how many commands were taken. */
export function carry(members: Members, courier: Courier): number {
  const ends = durableEnds(members);
  let carried = 0;
  for (const { member, sent } of ends.values()) {
    for (const { pool, outgoing } of sent) {
      const to = members.get(pool);
      if (to === undefined || !runs(to)) continue;
      const answers = ends.get(pool)?.answered.find((link) => link.pool === member.name);
      for (const entry of outgoing) {
        const answered = answers !== undefined && entry.number <= answers.received;
        const done = answered
          ? answer({ member, pool, entry, refused: answers.refused }, courier)
          : arrive({ member, to, entry }, courier);
        if (done) carried += 1;
      }
    }
  }
  return carried;
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
): boolean {
  const { member, pool: toPool, refused } = work;
  const { number } = work.entry;
  const open = linkTo(member, toPool)?.outgoing.some((own) => own.number === number) ?? false;
  if (!open) return false;
  const type = refused.includes(number) ? 'ReturnTransfer' : 'ConfirmTransfer';
  return taken(member, { type, toPool, number }, courier);
}

/** Gives a transfer to its receiver, if it is the next that this waits for. */
function arrive(
  { member, to, entry }: Record<'member' | 'to', Member> & { readonly entry: Outgoing },
  courier: Courier,
): boolean {
  const next = linkTo(to, member.name);
  if (next === undefined || next.received + 1 !== entry.number) return false;
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

/** False where the pool takes nothing now: its condition says why, and the next time will do. */
function taken(member: Member, command: Command, { time, submit }: Courier): boolean {
  const recent = member.runtime!.engine.state.sources.get(TRANSFER_SOURCE)?.recent ?? [];
  const sourceSeq = (recent.at(-1)?.sourceSeq ?? 0) + 1;
  try {
    const [record] = submit(member, { source: TRANSFER_SOURCE, sourceSeq, command, time });
    return record?.outcome.type === 'Accepted';
  } catch {
    return false;
  }
}

export function waitingTransfers(members: Members): readonly WaitingTransfer[] {
  const waiting: WaitingTransfer[] = [];
  for (const member of members.values()) {
    if (!runs(member)) continue;
    const { name, runtime } = member;
    for (const { pool: toPool, outgoing } of runtime!.engine.state.links?.links ?? []) {
      const reason = outgoing.length === 0 ? null : obstacle(member, members.get(toPool));
      if (reason === null) continue;
      waiting.push(...outgoing.map(({ number }) => ({ fromPool: name, toPool, number, reason })));
    }
  }
  return waiting;
}

function obstacle(member: Member, to: Member | undefined): WaitingTransfer['reason'] | null {
  if (to === undefined) return 'no-such-pool';
  if (!runs(to)) return 'not-running';
  if (isNamedOtherwise(member) || isNamedOtherwise(to)) return 'named-otherwise';
  return linkTo(to, member.name) === undefined ? 'not-linked' : null;
}

const isNamedOtherwise = ({ name, runtime }: Member): boolean => {
  const links = runtime?.engine.state.links ?? null;
  return links !== null && links.pool !== name;
};
