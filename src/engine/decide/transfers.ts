/**
 * Decisions on what goes to other pools: who they are, what is sent, pledged and given back, and
 * what their answer means here.
 * @module
 */
import { type AccountId, type Amount, type AssetId, isZero } from '../../units/index.ts';
import { isFull, LINKS_MAX, linksOf, linkTo, PLEDGES_MAX, pledgeLeft } from '../links.ts';
import type { CommandOf, EventOf, Outcome } from '../schema/index.ts';
import { type LinkView, type PoolView, poolParameters } from '../state.ts';
import { brokenBound } from './bounds.ts';
import {
  movementProblem,
  remainderProblem,
  withdrawalProblem,
  withdrawalsProblem,
} from './capital.ts';
import { accepted, rejected } from './outcome.ts';

export function configureLinks(
  state: PoolView,
  { parameters }: CommandOf<'ConfigureLinks'>,
): Outcome {
  const { pool, others } = parameters;
  const before = linksOf(state).map((link) => link.pool);
  const ever = new Set([...before, ...others]);
  const sameName = state.links === null || state.links.pool === pool;
  const broken = brokenBound([
    [sameName, 'pool', 'the name that it is known by'],
    [!others.includes(pool), 'others', 'other pools'],
    [new Set(others).size === others.length, 'others', 'each named once'],
    [ever.size <= LINKS_MAX, 'others', `at most ${LINKS_MAX}, with those of before`],
  ]);
  return broken ?? accepted({ type: 'LinksConfigured', parameters });
}

type Sending = {
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: Amount;
  readonly toPool: string;
  readonly toAccount: AccountId;
};

export const transferOut = (state: PoolView, command: CommandOf<'TransferOut'>): Outcome =>
  sending(state, command, 'transfer');

export const pledgeOut = (state: PoolView, command: CommandOf<'PledgeOut'>): Outcome =>
  sending(state, command, 'pledge');

/** What leaves for another pool leaves by the rules of a withdrawal. */
function sending(
  state: PoolView,
  { account, asset, amount, toPool, toAccount }: Sending,
  purpose: 'transfer' | 'pledge',
): Outcome {
  const unlawful = movementProblem(state, [account], asset, amount);
  if (unlawful !== null) return unlawful;
  const link = linkTo(state, toPool);
  if (!link?.open) return rejected('POOL_NOT_LINKED', { pool: toPool });
  const problem =
    fullProblem(link, purpose) ?? withdrawalProblem(state, { account, asset, amount });
  if (problem !== null) return problem;
  const subject = { number: link.sent + 1, purpose, pledge: null, asset, amount };
  return accepted({ type: 'TransferSent', ...subject, account, toPool, toAccount });
}

/** What two pools must remember of each other has a bound. */
function fullProblem(link: LinkView, purpose: EventOf<'TransferSent'>['purpose']): Outcome | null {
  const { outgoing, pledges, pool } = link;
  if (isFull(link)) return rejected('LINK_FULL', { pool, unanswered: outgoing[0]!.number });
  if (purpose !== 'pledge') return null;
  const underWay = outgoing.filter((entry) => entry.purpose === 'pledge');
  if (pledges.length + underWay.length < PLEDGES_MAX) return null;
  return rejected('LINK_FULL', { pool, pledgesMax: PLEDGES_MAX });
}

/** What is left of a pledge goes home by the rules of a withdrawal; nothing may go any time. */
export function releasePledge(state: PoolView, command: CommandOf<'ReleasePledge'>): Outcome {
  const { fromPool, pledge: number } = command;
  const link = linkTo(state, fromPool);
  if (link === undefined) return rejected('POOL_NOT_LINKED', { pool: fromPool });
  const pledge = link.held.find((held) => held.number === number);
  if (pledge === undefined) return rejected('PLEDGE_NOT_HELD', { pool: fromPool, pledge: number });
  const holder = state.accounts[pledge.account]!;
  const full = fullProblem(link, 'release');
  if (full !== null) return full;
  if (holder.liquidation !== null) {
    return rejected('ACCOUNT_IN_LIQUIDATION', { account: holder.id });
  }
  const asset =
    pledge.asset === null
      ? poolParameters(state).settlementAsset
      : state.assets[pledge.asset]!.parameters.asset;
  const amount = pledgeLeft(state, pledge);
  const problem = isZero(amount)
    ? null
    : (remainderProblem(state, holder, asset, amount) ?? withdrawalsProblem(state));
  if (problem !== null) return problem;
  return accepted({
    type: 'TransferSent',
    number: link.sent + 1,
    purpose: 'release',
    pledge: number,
    asset,
    amount,
    account: holder.id,
    toPool: fromPool,
    toAccount: pledge.fromAccount,
  });
}

export const confirmTransfer = (state: PoolView, command: CommandOf<'ConfirmTransfer'>): Outcome =>
  answered(state, command, 'TransferConfirmed');

export const returnTransfer = (state: PoolView, command: CommandOf<'ReturnTransfer'>): Outcome =>
  answered(state, command, 'TransferReturned');

function answered(
  state: PoolView,
  { toPool, number }: CommandOf<'ConfirmTransfer'> | CommandOf<'ReturnTransfer'>,
  type: 'TransferConfirmed' | 'TransferReturned',
): Outcome {
  const link = linkTo(state, toPool);
  if (link === undefined) return rejected('POOL_NOT_LINKED', { pool: toPool });
  const open = link.outgoing.find((entry) => entry.number === number);
  if (open === undefined) return rejected('TRANSFER_NOT_OPEN', { pool: toPool, number });
  return accepted({ type, ...sentFacts(state, link, open) });
}

/** A transfer that waits for its answer, as it was sent. */
export function sentFacts(
  state: PoolView,
  link: LinkView,
  open: LinkView['outgoing'][number],
): Omit<EventOf<'TransferSent'>, 'type'> {
  const { number, purpose, pledge, amount, toAccount } = open;
  const asset =
    open.asset === null
      ? poolParameters(state).settlementAsset
      : state.assets[open.asset]!.parameters.asset;
  const account = state.accounts[open.account]!.id;
  return { number, purpose, pledge, asset, amount, account, toPool: link.pool, toAccount };
}
