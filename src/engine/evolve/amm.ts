/** Effects of events about the protocol's own market maker. @module */
import type { EventOf } from '../schema/index.ts';
import { marketNumber, marketToChange, type PoolState } from '../state.ts';
import { applyPositionChange } from './ledger.ts';
import { running, tried } from './liquidation.ts';

/** What it holds is its account's, and stays there. */
export function ammConfigured(state: PoolState, event: EventOf<'AmmConfigured'>): void {
  const number = marketNumber(state, event.parameters.market);
  marketToChange(state, number).amm = event.parameters;
  state.changes.marks.push(number);
}

export function tradedWithAmm(state: PoolState, event: EventOf<'TradedWithAmm'>): void {
  const market = marketNumber(state, event.market);
  applyPositionChange(state, market, event.trader);
  applyPositionChange(state, market, event.taker);
}

export function closedByAmm(state: PoolState, event: EventOf<'ClosedByAmm'>): void {
  const liquidation = running(state, event.liquidation);
  const market = marketNumber(state, event.market);
  liquidation.steps += 1;
  applyPositionChange(state, market, event.liquidated);
  applyPositionChange(state, market, event.taker);
  tried(state, liquidation, event);
}
