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
import { type Factor, factorOf } from './factor-terms.ts';
import { accountMargin, marginPosition, pricesValid } from './margin.ts';
import { type AccountView, type PoolView, type PositionView, positionIn } from './state.ts';

export type Counterparty = AdlCandidate<AccountId>;

/** Opposing positions by who is asked before whom, each in the order of the accounts. */
export type Opposing = {
  /** With equity, at valid prices, and not in liquidation. */
  readonly sound: readonly Counterparty[];
  /** The same of those who are. */
  readonly inLiquidation: readonly Counterparty[];
  /** Whoever is left. */
  readonly others: readonly Counterparty[];
};

export function opposing(state: PoolView, liquidated: AccountView, leg: Leg): Opposing {
  const sound: Counterparty[] = [];
  const inLiquidation: Counterparty[] = [];
  const others: Counterparty[] = [];
  const { market } = leg.position;
  const side = -sign(leg.position.size);
  const factor = factorOf(state, leg.market.parameters.market);
  for (const account of state.accounts) {
    const position = positionIn(account, market);
    if (position === undefined || sign(position.size) !== side || account === liquidated) continue;
    const margin = accountMargin(state, account);
    const confirmed = isPositive(margin.equity) && pricesValid(state, account);
    const rank = !confirmed ? others : account.liquidation === null ? sound : inLiquidation;
    rank.push(counterpartyOf(state, { account, position, margin, factor }));
  }
  return { sound, inLiquidation, others };
}

/** A position as the policies see it. */
export function counterpartyOf(
  state: PoolView,
  {
    account,
    position,
    margin,
    factor,
  }: {
    readonly account: AccountView;
    readonly position: PositionView;
    readonly margin: MarginSummary;
    readonly factor: Factor | null;
  },
): Counterparty {
  const valued = marginPosition(state, position);
  const { tiers } = valued;
  const notional = contractNotional({ ...valued, price: valued.markPrice });
  return {
    account: account.id,
    size: abs(position.size),
    equity: margin.equity,
    marginEquity: margin.marginEquity,
    unrealizedPnl: unrealizedPnl(valued),
    maintenanceMargin: margin.maintenanceMargin,
    legMaintenanceMargin: maintenanceMargin({ tiers, notional }),
    entryValue: position.entryValue,
    ...(factor === null ? {} : { otherExposure: factor.otherExposure(account) }),
  };
}
