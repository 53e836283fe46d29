/** Whether an account of the pool can be left with what it is about to take. @module */
import { abs, gte, type Money, sign, sub, ZERO_SIZE } from '../units/index.ts';
import { accountAfter } from './account-after.ts';
import { accountMargin } from './margin.ts';
import { riskMargin } from './risk-margin.ts';
import type { PositionChange } from './schema/index.ts';
import { type AccountView, type PoolView, positionIn } from './state.ts';

/**
 * Initial margin is met afterwards under the guards of prices, or the change does no more than
 * reduce a position and free margin without guards does not get worse: profit that is withheld
 * cannot be given away. Open interest counts as it stands.
 */
export function keepsInitialMargin(
  state: PoolView,
  account: AccountView,
  taken: { readonly market: number; readonly change: PositionChange },
): boolean {
  const { market, change } = taken;
  const left = accountAfter(account, market, change, state);
  const after = riskMargin(state, left);
  if (gte(after.initialEquity, after.initialMargin)) return true;
  const size = positionIn(account, market)?.size ?? ZERO_SIZE;
  const reduces = sign(size) === -sign(change.sizeDelta) && gte(abs(size), abs(change.sizeDelta));
  return reduces && gte(freeMargin(state, left), freeMargin(state, account));
}

function freeMargin(state: PoolView, account: AccountView): Money {
  const { initialEquity, initialMargin } = accountMargin(state, account);
  return sub(initialEquity, initialMargin);
}
