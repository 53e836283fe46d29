/** Whether an account is open to a liquidator now, as the liquidator knows it. @module */
import type { AccountId, EngineTimeMs } from '../../units/index.ts';
import { coolsOff } from '../cool-off.ts';
import { accountMargin } from '../margin.ts';
import type { RouteMoment } from '../routes/index.ts';
import type { DirectParameters, Outcome } from '../schema/index.ts';
import type { AccountView, LiquidationView, PoolView } from '../state.ts';
import { liquidatorProblem } from './liquidator-problem.ts';
import { rejected } from './outcome.ts';

type Take = {
  readonly liquidator: AccountId;
  readonly account: AccountId;
  readonly accountVersion: number;
};

/** Everyone that a take is about. */
export type Opening = {
  readonly direct: DirectParameters;
  readonly moment: RouteMoment;
  readonly liquidator: AccountView;
};

/** Null where no liquidation of the account runs, or there are no terms at all. */
export function openingOf(state: PoolView, take: Take): Opening | null {
  const { direct, numbers } = state;
  const account = state.accounts[numbers.accounts.get(take.account)!]!;
  if (direct === null || account.liquidation === null) return null;
  const liquidation = state.liquidations.get(account.liquidation)!;
  const moment = { liquidation, account, margin: accountMargin(state, account) };
  const liquidator = state.accounts[numbers.accounts.get(take.liquidator)!]!;
  return { direct, moment, liquidator };
}

export function openingProblem(
  state: PoolView,
  input: { readonly take: Take; readonly opening: Opening; readonly time: EngineTimeMs },
): Outcome | null {
  const { take, opening, time } = input;
  const { direct, moment, liquidator } = opening;
  const { liquidation, account } = moment;
  const barred = liquidatorProblem(direct, { liquidator, account });
  if (barred !== null) return barred;
  if (coolsOff(state, account, time)) {
    const untilMs = (account.riskRaisedMs ?? 0) + direct.coolOffMs;
    return rejected('COOLING_OFF', { account: account.id, untilMs });
  }
  if (liquidation.route?.method !== 'direct') {
    return rejected('NOT_OPEN_TO_LIQUIDATORS', { account: account.id });
  }
  const number = state.numbers.accounts.get(liquidator.id)!;
  if (isHeld(direct, { liquidation, number, time })) {
    return rejected('PRIORITY_HELD', { liquidation: liquidation.liquidation });
  }
  if (take.accountVersion !== account.version) {
    return rejected('ACCOUNT_CHANGED', { account: account.id, version: account.version });
  }
  if (liquidator.liquidation === null) return null;
  return rejected('ACCOUNT_IN_LIQUIDATION', { account: liquidator.id });
}

/** The right to be first is being sold, or somebody else has it. */
function isHeld(
  direct: DirectParameters,
  input: {
    readonly liquidation: LiquidationView;
    readonly number: number;
    readonly time: EngineTimeMs;
  },
): boolean {
  const { priority } = input.liquidation;
  if (priority === null) return direct.priorityWindowMs > 0;
  if (!priority.awarded) return true;
  const { winner, untilMs } = priority;
  return winner !== null && winner !== input.number && input.time < untilMs;
}
