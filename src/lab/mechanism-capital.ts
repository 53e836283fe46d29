/** Money that stands behind a scenario's mechanisms, and what became of it. @module */
import { accountMargin, type PoolView } from '../engine/index.ts';
import { type AccountId, type Money, sub, ZERO_MONEY } from '../units/index.ts';

/** What each account was given at the start. */
export type MechanismCapital = ReadonlyMap<AccountId, Money>;

/** Equity of an account less the capital it was given. */
export function profitOf(state: PoolView, account: AccountId, capital: MechanismCapital): Money {
  const number = state.numbers.accounts.get(account)!;
  const { equity } = accountMargin(state, state.accounts[number]!);
  return sub(equity, capital.get(account) ?? ZERO_MONEY);
}
