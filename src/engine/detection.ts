/**
 * What becomes of accounts that are found liquidatable: started at once, or noticed first, so
 * that finders may point at them. A function of the state: the work queue and the decisions on
 * the engine's own commands ask the same questions here.
 * @module
 */
import { isLiquidatable, type MarginSummary } from '../risk/index.ts';
import { finderSettings } from './finder-settings.ts';
import { accountMargin, isExposed } from './margin.ts';
import type { Command } from './schema/index.ts';
import { type AccountView, byAccountId, type PoolView, poolParameters } from './state.ts';
import { mayStart } from './triggers/index.ts';

/**
 * The margin of an account that may be started: strictly below maintenance margin, exposed, not
 * yet in liquidation, and free to start. Null where it may not: whoever starts it needs the margin
 * that it was found by.
 */
export function startableMargin(state: PoolView, account: AccountView): MarginSummary | null {
  if (account.liquidation !== null || !isExposed(account) || !mayStart(state, account)) {
    return null;
  }
  const margin = accountMargin(state, account);
  return isLiquidatable({ ...margin, exposed: true }) ? margin : null;
}

export const isStartable = (state: PoolView, account: AccountView): boolean =>
  startableMargin(state, account) !== null;

/** Nobody is being waited for: the engine may start it by itself. */
export function startsByItself(state: PoolView, number: number): boolean {
  if (finderSettings(state).detection === 'engine') return true;
  const untilMs = state.notices.get(number);
  return untilMs !== undefined && state.timeMs >= untilMs;
}

/** It was not noticed yet, and finders are given the time. */
export const isUnnoticed = (state: PoolView, number: number): boolean =>
  finderSettings(state).detection === 'finders' && !state.notices.has(number);

/** A noticed account that there is nothing to point at any more. */
export function isRecovered(state: PoolView, number: number): boolean {
  const account = state.accounts[number]!;
  if (!state.notices.has(number)) return false;
  if (!isExposed(account)) return true;
  return mayStart(state, account) && !isStartable(state, account);
}

/** The command that is due for the accounts found liquidatable, worst first; null for none. */
export function detectionWork(state: PoolView, found: readonly number[]): Command | null {
  const { startsPerRecordMax } = poolParameters(state);
  const named = (numbers: readonly number[]) =>
    numbers.slice(0, startsPerRecordMax).map((number) => state.accounts[number]!.id);
  // Of thousands found at once every record takes a few: where all may start none is asked.
  const { detection } = finderSettings(state);
  const starting =
    detection === 'engine' ? found : found.filter((number) => startsByItself(state, number));
  if (starting.length > 0) return { type: 'StartLiquidations', accounts: named(starting) };
  const accounts = named(found.filter((number) => isUnnoticed(state, number)));
  const byId = byAccountId(state);
  const recovered = [...state.notices.keys()].filter((number) => isRecovered(state, number));
  if (accounts.length + recovered.length === 0) return null;
  return { type: 'NoticeAccounts', accounts, recovered: named(recovered.sort(byId)) };
}
