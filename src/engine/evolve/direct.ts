/** Effects of direct liquidation, of bids for the right to be first, and of finders. @module */
import { neg } from '../../units/index.ts';
import { lowestBid } from '../lowest-bid.ts';
import type { EventOf } from '../schema/index.ts';
import { accountNumber, marketNumber, type PoolState } from '../state.ts';
import { addToInsuranceFund, applyPositionChange, credit } from './ledger.ts';
import { running, wakeAll } from './liquidation.ts';

/** Bonus, cool-off and the like may open or close the way for every running liquidation. */
export function directConfigured(state: PoolState, event: EventOf<'DirectConfigured'>): void {
  state.direct = event.parameters;
  wakeAll(state);
}

export function findersConfigured(state: PoolState, event: EventOf<'FindersConfigured'>): void {
  state.finders = event.parameters;
}

/** Takes are no steps: what bounds them is the time that the way is given. */
export function liquidatedDirectly(state: PoolState, event: EventOf<'LiquidatedDirectly'>): void {
  running(state, event.liquidation);
  const market = marketNumber(state, event.market);
  applyPositionChange(state, market, event.liquidated);
  applyPositionChange(state, market, event.taken);
}

export function priorityOpened(state: PoolState, event: EventOf<'PriorityOpened'>): void {
  const liquidation = running(state, event.liquidation);
  liquidation.steps += 1;
  liquidation.priority = { awarded: false, untilMs: event.untilMs, winner: null, bids: [] };
}

/** Bids that one window keeps: the highest, so that nobody is kept out by many small ones. */
export const PRIORITY_BIDS_MAX = 64;

/** A bidder has one bid, its latest; beyond the limit the lowest gives way. */
export function priorityBidPlaced(state: PoolState, event: EventOf<'PriorityBidPlaced'>): void {
  const { bids } = running(state, event.liquidation).priority!;
  const bidder = accountNumber(state, event.bidder);
  const others = bids.filter((bid) => bid.bidder !== bidder);
  if (others.length >= PRIORITY_BIDS_MAX) others.splice(lowestBid(others), 1);
  const at = others.findIndex((bid) => bid.bidder > bidder);
  others.splice(at < 0 ? others.length : at, 0, { bidder, amount: event.amount });
  bids.splice(0, bids.length, ...others);
}

export function priorityAwarded(state: PoolState, event: EventOf<'PriorityAwarded'>): void {
  const liquidation = running(state, event.liquidation);
  const winner = event.winner === null ? null : accountNumber(state, event.winner);
  liquidation.steps += 1;
  liquidation.priority = { awarded: true, untilMs: event.untilMs, winner, bids: [] };
  if (winner === null) return;
  credit(state, winner, neg(event.payment));
  credit(state, liquidation.account, event.accountProceeds);
  addToInsuranceFund(state, event.insuranceContribution);
}

export function accountsNoticed(state: PoolState, event: EventOf<'AccountsNoticed'>): void {
  for (const id of event.accounts) state.notices.set(accountNumber(state, id), event.untilMs);
}

export function noticesDropped(state: PoolState, event: EventOf<'NoticesDropped'>): void {
  for (const id of event.accounts) state.notices.delete(accountNumber(state, id));
}

export function finderNamed(state: PoolState, event: EventOf<'FinderNamed'>): void {
  const account = accountNumber(state, event.finder);
  running(state, event.liquidation).finder = { account, due: event.due };
}
