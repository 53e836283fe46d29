/**
 * What a pool has to do with others: what is on its way to them, and what is pledged across. A
 * pledge is collateral of the account that was given it, and claims the last of what that holds of
 * the asset: the account's own goes first where something is lost, and nothing else may leave.
 * @module
 */
import {
  type AccountId,
  type Amount,
  add,
  type Money,
  max,
  min,
  moneyOfSettlement,
  settlementOfMoney,
  sub,
  sum,
  ZERO_AMOUNT,
  ZERO_MONEY,
} from '../units/index.ts';
import type { AccountView, LinkView, PoolView } from './state.ts';

/** Unanswered transfers between two pools, from the oldest to the newest. */
export const OUTGOING_MAX = 64;
/** Pledges of one pool that another one holds or is being sent. */
export const PLEDGES_MAX = 256;
/** Other pools that a pool has ever been linked to. */
export const LINKS_MAX = 64;

/** Null stands for the settlement asset. */
export type AssetNumber = number | null;
type HeldPledge = LinkView['held'][number];

export const linksOf = ({ links }: PoolView): readonly LinkView[] => links?.links ?? [];

export const linkTo = (state: PoolView, pool: string): LinkView | undefined =>
  linksOf(state).find((link) => link.pool === pool);

/** No transfer can be sent until the oldest one was answered. */
export const isFull = ({ outgoing, sent }: LinkView): boolean =>
  outgoing.length > 0 && sent - outgoing[0]!.number >= OUTGOING_MAX - 1;

/** Sent to other pools and not answered yet: still part of this one. */
export function inFlight(state: PoolView, asset: AssetNumber): Amount {
  let total = ZERO_AMOUNT;
  for (const { outgoing } of linksOf(state)) {
    for (const entry of outgoing) if (entry.asset === asset) total = add(total, entry.amount);
  }
  return total;
}

export const moneyInFlight = (state: PoolView): Money =>
  state.links === null ? ZERO_MONEY : moneyOfSettlement(inFlight(state, null));

/** Held by other pools for accounts of this one: no part of it, but it may come back any time. */
export function pledgedAway(state: PoolView, asset: AssetNumber): Amount {
  const lists = linksOf(state).map(({ pledges }) =>
    sum(pledges.filter((pledge) => pledge.asset === asset).map(({ amount }) => amount)),
  );
  return sum(lists);
}

/** What an account holds of an asset; of the settlement asset it may be less than nothing. */
function holdingOf(account: AccountView, asset: AssetNumber): Amount {
  if (asset === null) return settlementOfMoney(account.balance);
  return account.collaterals.find((holding) => holding.asset === asset)?.amount ?? ZERO_AMOUNT;
}

/** Pledges that an account holds of an asset, the one that is lost last first. */
function pledgesHeld(state: PoolView, account: number, asset: AssetNumber): readonly HeldPledge[] {
  return linksOf(state).flatMap(({ held }) =>
    held.filter((pledge) => pledge.account === account && pledge.asset === asset),
  );
}

/** Such an account has no other part in the pool: as its house, its vault, its market maker. */
export const holdsPledge = (state: PoolView, account: AccountId | null): boolean =>
  linksOf(state).some(({ held }) =>
    held.some((pledge) => state.accounts[pledge.account]!.id === account),
  );
export const NO_PLEDGE_EXPECTED = 'an account that holds no pledge';

/** What an account holds of an asset beyond its pledges: no more than this may leave it. */
export function ownAmount(state: PoolView, account: AccountView, asset: AssetNumber): Amount {
  const holding = holdingOf(account, asset);
  if (state.links === null) return holding;
  const pledges = pledgesHeld(state, state.numbers.accounts.get(account.id)!, asset);
  return sub(holding, sum(pledges.map(({ amount }) => amount)));
}

/** What is left of a pledge: losses took the account's own first, then the pledges after it. */
export function pledgeLeft(state: PoolView, pledge: HeldPledge): Amount {
  const account = state.accounts[pledge.account]!;
  const pledges = pledgesHeld(state, pledge.account, pledge.asset);
  const before = pledges.slice(0, pledges.indexOf(pledge));
  const rest = sub(holdingOf(account, pledge.asset), sum(before.map(({ amount }) => amount)));
  return min(max(rest, ZERO_AMOUNT), pledge.amount);
}

/** What an account has given as pledges to accounts of other pools, and what it holds of theirs. */
export function pledgesOf(state: PoolView, account: number): AccountPledges {
  const links = linksOf(state);
  const away = links.flatMap(({ pool, pledges }) =>
    pledges.filter((own) => own.account === account).map((own) => ({ pool, ...own })),
  );
  const held = links.flatMap((link) =>
    link.held
      .filter((own) => own.account === account)
      .map((own) => ({ pool: link.pool, ...own, left: pledgeLeft(state, own) })),
  );
  return { away, held };
}

export type AccountPledges = {
  readonly away: readonly (LinkView['pledges'][number] & { readonly pool: string })[];
  readonly held: readonly (HeldPledge & { readonly pool: string; readonly left: Amount })[];
};
