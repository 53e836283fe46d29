/** Whom an event speaks of, and what it may do to a position. @module */
import { abs, assert, lte, type Size, sign } from '../units/index.ts';
import type { AccountView, LiquidationView, PoolView, PositionView } from './state.ts';

export const runningOf = (state: PoolView, number: number): LiquidationView => {
  const liquidation = state.liquidations.get(number);
  if (liquidation === undefined) assert(false, 'INV-3', `liquidation ${number} does not run`);
  return liquidation;
};

export const accountOf = (state: PoolView, liquidation: LiquidationView): AccountView =>
  state.accounts[liquidation.account]!;

/** True where a change takes a position toward zero and not beyond it. */
export const closes = (position: PositionView | undefined, sizeDelta: Size): boolean =>
  position !== undefined &&
  sign(position.size) === -sign(sizeDelta) &&
  lte(abs(sizeDelta), abs(position.size));
