/** Decision to start the liquidation of accounts that the trigger index found. @module */
import { isLiquidatable } from '../../risk/index.ts';
import { accountMargin, isExposed } from '../margin.ts';
import type { CommandOf, Event, Outcome } from '../schema/index.ts';
import { type AccountView, type PoolView, poolParameters } from '../state.ts';
import { mayStart } from '../trigger-index.ts';
import { accepted, rejected } from './outcome.ts';

/** Strictly below maintenance margin, exposed, not yet in liquidation, and free to start. */
export function isStartable(state: PoolView, account: AccountView): boolean {
  if (account.liquidation !== null || !isExposed(account) || !mayStart(state, account)) {
    return false;
  }
  const { marginEquity, maintenanceMargin } = accountMargin(state, account);
  return isLiquidatable({ marginEquity, maintenanceMargin, exposed: true });
}

export function startLiquidations(
  state: PoolView,
  command: CommandOf<'StartLiquidations'>,
): Outcome {
  const limit = poolParameters(state).startsPerRecordMax;
  const distinct = new Set(command.accounts).size === command.accounts.length;
  if (command.accounts.length === 0 || command.accounts.length > limit || !distinct) {
    const expected = `1 to ${limit} distinct accounts`;
    return rejected('INVALID_PARAMETER', { parameter: 'accounts', expected });
  }
  const events: Event[] = [];
  for (const id of command.accounts) {
    const number = state.numbers.accounts.get(id);
    if (number === undefined) return rejected('ACCOUNT_UNKNOWN', { account: id });
    const account = state.accounts[number]!;
    if (!isStartable(state, account)) return rejected('ACCOUNT_NOT_LIQUIDATABLE', { account: id });
    const { equity, marginEquity, maintenanceMargin } = accountMargin(state, account);
    events.push({
      type: 'LiquidationStarted',
      liquidation: state.nextLiquidation + events.length,
      account: id,
      equity,
      marginEquity,
      maintenanceMargin,
    });
  }
  return accepted(...events);
}
