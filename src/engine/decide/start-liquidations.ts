/** Decisions on accounts found liquidatable: to start them, or to notice them. @module */
import type { MarginSummary } from '../../risk/index.ts';
import { type AccountId, type EngineTimeMs, engineTimeMs } from '../../units/index.ts';
import {
  isRecovered,
  isStartable,
  isUnnoticed,
  startableMargin,
  startsByItself,
} from '../detection.ts';
import { finderSettings } from '../finder-settings.ts';
import type { CommandOf, Event, EventOf, Outcome } from '../schema/index.ts';
import { type AccountView, type PoolView, poolParameters } from '../state.ts';
import { accepted, rejected } from './outcome.ts';

/** The start of the liquidation of an account that was found startable, by its margin. */
export function liquidationStarted(
  account: AccountView,
  { equity, marginEquity, maintenanceMargin }: MarginSummary,
  liquidation: number,
): EventOf<'LiquidationStarted'> {
  const whose = { liquidation, account: account.id };
  return { type: 'LiquidationStarted', ...whose, equity, marginEquity, maintenanceMargin };
}

/** Why a list of accounts is none that the engine would have sent. */
function listProblem(state: PoolView, accounts: readonly AccountId[]): Outcome | null {
  const limit = poolParameters(state).startsPerRecordMax;
  const distinct = new Set(accounts).size === accounts.length;
  if (accounts.length > limit || !distinct) {
    const expected = `at most ${limit} distinct accounts`;
    return rejected('INVALID_PARAMETER', { parameter: 'accounts', expected });
  }
  const unknown = accounts.find((account) => !state.numbers.accounts.has(account));
  return unknown === undefined ? null : rejected('ACCOUNT_UNKNOWN', { account: unknown });
}

const NOBODY = rejected('INVALID_PARAMETER', {
  parameter: 'accounts',
  expected: 'at least one account',
});

export function startLiquidations(
  state: PoolView,
  { accounts }: CommandOf<'StartLiquidations'>,
): Outcome {
  if (accounts.length === 0) return NOBODY;
  const problem = listProblem(state, accounts);
  if (problem !== null) return problem;
  const events: Event[] = [];
  for (const id of accounts) {
    const number = state.numbers.accounts.get(id)!;
    const account = state.accounts[number]!;
    const margin = startsByItself(state, number) ? startableMargin(state, account) : null;
    if (margin === null) return rejected('ACCOUNT_NOT_LIQUIDATABLE', { account: id });
    events.push(liquidationStarted(account, margin, state.nextLiquidation + events.length));
  }
  return accepted(...events);
}

/** Gives finders the time to point at accounts before the engine starts them by itself. */
export function noticeAccounts(
  state: PoolView,
  { accounts, recovered }: CommandOf<'NoticeAccounts'>,
  time: EngineTimeMs,
): Outcome {
  if (accounts.length + recovered.length === 0) return NOBODY;
  const problem = listProblem(state, accounts) ?? listProblem(state, recovered);
  if (problem !== null) return problem;
  const numberOf = (id: AccountId): number => state.numbers.accounts.get(id)!;
  const wrong =
    accounts.find((id) => {
      const number = numberOf(id);
      return !isUnnoticed(state, number) || !isStartable(state, state.accounts[number]!);
    }) ?? recovered.find((id) => !isRecovered(state, numberOf(id)));
  if (wrong !== undefined) return rejected('ACCOUNT_NOT_LIQUIDATABLE', { account: wrong });
  const untilMs = engineTimeMs(time + finderSettings(state).noticeMs);
  const noticed: Event[] =
    accounts.length === 0 ? [] : [{ type: 'AccountsNoticed', accounts, untilMs }];
  if (recovered.length === 0) return accepted(...noticed);
  return accepted(...noticed, { type: 'NoticesDropped', accounts: recovered });
}
