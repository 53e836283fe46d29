/** Who stands against a position that has to be closed off the book. @module */
import {
  type AdlCandidate,
  contractNotional,
  type MarginSummary,
  maintenanceMargin,
  unrealizedPnl,
} from '../risk/index.ts';
import { type AccountId, abs, isPositive, sign } from '../units/index.ts';
import type { Leg } from './account-legs.ts';
import { accountMargin, marginPosition, pricesValid } from './margin.ts';
import {
  type AccountView,
  type PoolView,
  type PositionView,
  poolParameters,
  positionIn,
} from './state.ts';

export type Counterparty = AdlCandidate<AccountId>;

/**
 * Opposing positions in the order in which they are asked: solvent accounts that are not in
 * liquidation; then solvent ones that are; last, whoever is left, at the mark and for nothing.
 * Sizes in a market sum to zero, so the three together always hold enough.
 */
export function adlCandidates(
  state: PoolView,
  liquidated: AccountView,
  leg: Leg,
): { readonly candidates: readonly Counterparty[]; readonly forced: boolean } {
  const ranks: [Counterparty[], Counterparty[], Counterparty[]] = [[], [], []];
  const { market } = leg.position;
  const side = -sign(leg.position.size);
  for (const account of state.accounts) {
    const position = positionIn(account, market);
    if (position === undefined || sign(position.size) !== side || account === liquidated) continue;
    const margin = accountMargin(state, account);
    const confirmed = isPositive(margin.equity) && pricesValid(state, account);
    const rank = !confirmed ? 2 : account.liquidation === null ? 0 : 1;
    ranks[rank]!.push(counterpartyOf(state, { account, position, margin }));
  }
  const rank = ranks.findIndex((candidates) => candidates.length > 0);
  const forced = rank === 2;
  const { adlFillsMax } = poolParameters(state);
  return { candidates: forced ? ranks[2].slice(0, adlFillsMax) : ranks[rank]!, forced };
}

/** A position as the policies see it. */
export function counterpartyOf(
  state: PoolView,
  {
    account,
    position,
    margin,
  }: {
    readonly account: AccountView;
    readonly position: PositionView;
    readonly margin: MarginSummary;
  },
): Counterparty {
  const valued = marginPosition(state, position);
  const { tiers } = valued;
  const notional = contractNotional({ ...valued, price: valued.markPrice });
  return {
    account: account.id,
    size: abs(position.size),
    equity: margin.equity,
    unrealizedPnl: unrealizedPnl(valued),
    maintenanceMargin: margin.maintenanceMargin,
    legMaintenanceMargin: maintenanceMargin({ tiers, notional }),
    entryValue: position.entryValue,
  };
}
