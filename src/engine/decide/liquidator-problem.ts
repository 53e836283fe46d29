/** Who may not liquidate an account, whatever the terms. @module */
import type { DirectParameters, Outcome } from '../schema/index.ts';
import type { AccountView } from '../state.ts';
import { rejected } from './outcome.ts';

/** Nobody gets a bonus from an account of its own, and nobody without leave where it takes one. */
export function liquidatorProblem(
  { access, liquidators }: DirectParameters,
  { liquidator, account }: { readonly liquidator: AccountView; readonly account: AccountView },
): Outcome | null {
  if (liquidator.owner === account.owner) return rejected('OWN_ACCOUNT', { account: account.id });
  if (access === 'open' || liquidators.includes(liquidator.id)) return null;
  return rejected('LIQUIDATOR_NOT_PERMITTED', { account: liquidator.id });
}
