/** Decision on a finder's word: the engine checks that one account, and starts it. @module */
import { keeperReward } from '../../risk/index.ts';
import { formatDecimal, isNegative, lte, type Money } from '../../units/index.ts';
import { isStartable } from '../detection.ts';
import { finderSettings } from '../finder-settings.ts';
import { gateClosedForAccount } from '../gates.ts';
import { accountMargin, pricesValid } from '../margin.ts';
import type { CommandOf, Outcome } from '../schema/index.ts';
import type { AccountView, PoolView } from '../state.ts';
import { accepted, rejected } from './outcome.ts';
import { liquidationStarted } from './start-liquidations.ts';

export function pointAtAccount(state: PoolView, command: CommandOf<'PointAtAccount'>): Outcome {
  const problem = shapeProblem(state, command) ?? partyProblem(state, command);
  if (problem !== null) return problem;
  const account = state.accounts[state.numbers.accounts.get(command.account)!]!;
  const unfit = accountProblem(state, account);
  if (unfit !== null) return unfit;
  const started = liquidationStarted(account, accountMargin(state, account), state.nextLiquidation);
  const { marginEquity } = started;
  return accepted(started, {
    type: 'FinderNamed',
    liquidation: started.liquidation,
    account: account.id,
    finder: command.finder,
    executionCost: command.cost,
    marginEquity,
    due: rewardDue(state, command.cost, marginEquity),
  });
}

/** What finding the account is worth at most: the penalties decide how much of it is paid. */
function rewardDue(state: PoolView, executionCost: Money, marginEquity: Money): Money {
  const { flagReward, minReward, minProfitFraction, marginScale, maxReward } =
    finderSettings(state);
  const terms = { flagReward, minReward, minProfitFraction, marginScale, maxReward };
  return keeperReward({ ...terms, executionCost, marginEquity, penalty: maxReward }).keeperReward;
}

function shapeProblem(state: PoolView, { cost, witness }: CommandOf<'PointAtAccount'>) {
  const { costMax } = finderSettings(state);
  if (isNegative(cost) || !lte(cost, costMax)) {
    const expected = `from 0 to ${formatDecimal(costMax)}`;
    return rejected('INVALID_PARAMETER', { parameter: 'cost', expected });
  }
  if (witness === null) return null;
  const expected = 'null: the margin of an account has one scenario';
  return rejected('INVALID_PARAMETER', { parameter: 'witness', expected });
}

function partyProblem(
  state: PoolView,
  { finder, account }: CommandOf<'PointAtAccount'>,
): Outcome | null {
  for (const id of [finder, account]) {
    if (!state.numbers.accounts.has(id)) return rejected('ACCOUNT_UNKNOWN', { account: id });
  }
  const owners = [finder, account].map(
    (id) => state.accounts[state.numbers.accounts.get(id)!]!.owner,
  );
  return owners[0] === owners[1] ? rejected('OWN_ACCOUNT', { account }) : null;
}

function accountProblem(state: PoolView, account: AccountView): Outcome | null {
  const { id } = account;
  if (account.liquidation !== null) return rejected('ACCOUNT_IN_LIQUIDATION', { account: id });
  if (!pricesValid(state, account)) return rejected('PRICE_UNAVAILABLE', { account: id });
  if (gateClosedForAccount(state, 'liquidations', account)) {
    return rejected('GATE_CLOSED', { gate: 'liquidations', account: id });
  }
  if (isStartable(state, account)) return null;
  const { marginEquity, maintenanceMargin } = accountMargin(state, account);
  return rejected('ACCOUNT_NOT_LIQUIDATABLE', {
    account: id,
    marginEquity: formatDecimal(marginEquity),
    maintenanceMargin: formatDecimal(maintenanceMargin),
  });
}
