/** Which part of an account is put up, and whether it may be now. @module */
import { isPositive, ZERO_MONEY } from '../../units/index.ts';
import { legsBySize } from '../account-legs.ts';
import {
  type Gate,
  gateClosedForAccount,
  gateClosedForMarket,
  gateClosedForPool,
} from '../gates.ts';
import { isCovered } from '../liquidation-release.ts';
import type { RouteMoment } from '../routes/route.ts';
import type { PoolView } from '../state.ts';
import { dearestHolding } from './collateral-lot.ts';
import { owedByAccount } from './collateral-tab.ts';
import type { Lot } from './lot.ts';

/** Nothing is put up where nothing may be closed, and nothing where nobody may take it. */
const CLOSED_BY: readonly Gate[] = ['close-outs', 'takes'];

/** What the account could put up: a position, or collateral for what it owes. */
export function hasSomethingToSell(
  state: PoolView,
  { account, liquidation }: RouteMoment,
): boolean {
  if (account.positions.length > 0) return true;
  const owes = isPositive(owedByAccount(state, account, liquidation));
  return owes && dearestHolding(state, account) !== null;
}

/** Null where nothing can be put up now. */
export function openingLot(state: PoolView, moment: RouteMoment): Lot | null {
  const { auctions: parameters } = state;
  if (parameters === null || !hasSomethingToSell(state, moment)) return null;
  const { account, liquidation } = moment;
  const phase = isCovered(liquidation) ? 'insolvent' : 'solvent';
  const common = { parameters, reserved: ZERO_MONEY, market: null, asset: null } as const;
  if (account.positions.length === 0) {
    if (CLOSED_BY.some((gate) => gateClosedForPool(state, gate))) return null;
    // Whoever sells collateral asks for its price, whoever has paid for the account before.
    return {
      ...common,
      lot: 'collateral',
      phase: 'solvent',
      asset: dearestHolding(state, account),
    };
  }
  if (parameters.lot === 'portfolio') {
    if (CLOSED_BY.some((gate) => gateClosedForAccount(state, gate, account))) return null;
    return { ...common, lot: 'portfolio', phase };
  }
  const open = legsBySize(state, account).find(({ position }) =>
    CLOSED_BY.every((gate) => !gateClosedForMarket(state, gate, position.market)),
  );
  return open === undefined
    ? null
    : { ...common, lot: 'position', phase, market: open.position.market };
}

/** The gate `takes` is closed for what the lot holds. */
export function takesClosed(state: PoolView, { account }: RouteMoment, lot: Lot): boolean {
  if (lot.lot === 'collateral') return gateClosedForPool(state, 'takes');
  if (lot.market === null) return gateClosedForAccount(state, 'takes', account);
  return gateClosedForMarket(state, 'takes', lot.market);
}
