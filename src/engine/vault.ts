/** The backstop vault as it stands: its account and what that is worth. @module */
import type { MarginSummary } from '../risk/index.ts';
import { isNegative, isZero } from '../units/index.ts';
import { gateClosedForMarket, gateClosedForPool } from './gates.ts';
import { accountMargin } from './margin.ts';
import { type AccountView, accountNumber, type PoolView, type VaultView } from './state.ts';

export const vaultAccount = (state: PoolView, vault: VaultView): AccountView =>
  state.accounts[accountNumber(state, vault.parameters.account)]!;

/** Somebody has a claim to what the account holds. */
export const isVaultOfProviders = (state: PoolView, account: AccountView): boolean =>
  state.vault !== null &&
  !isZero(state.vault.sharesTotal) &&
  vaultAccount(state, state.vault) === account;

/** Nothing is held and nothing is owed: shares of it are worth nothing. */
export const isBare = (account: AccountView): boolean => {
  const { collaterals, positions, debts, supplies } = account;
  const lists = [collaterals, positions, debts, supplies];
  const nothing = isZero(account.balance) && lists.every(({ length }) => length === 0);
  return nothing && account.liquidation === null;
};

/** A loss that is there, or may be, and that nobody has borne yet. */
export type UnresolvedLoss =
  | { readonly liquidation: number; readonly margin: MarginSummary }
  | { readonly gate: 'liquidations' };

/**
 * Whoever left the vault now would leave to the others what may still have to be borne: a running
 * liquidation whose equity is gone, or one that a gate keeps from starting.
 */
export function unresolvedLoss(state: PoolView): UnresolvedLoss | null {
  const gated =
    gateClosedForPool(state, 'liquidations') ||
    state.markets.some((_, market) => gateClosedForMarket(state, 'liquidations', market));
  if (gated) return { gate: 'liquidations' };
  for (const { liquidation, account } of state.liquidations.values()) {
    const margin = accountMargin(state, state.accounts[account]!);
    if (isNegative(margin.equity)) return { liquidation, margin };
  }
  return null;
}
