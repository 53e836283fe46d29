/** Effects of events about the backstop vault. @module */
import { assert, neg, ZERO_SHARES } from '../../units/index.ts';
import { windowWith } from '../rolling-window.ts';
import type { EventOf } from '../schema/index.ts';
import { accountNumber, marketNumber, type PoolState, type VaultState } from '../state.ts';
import { addCollateral, applyPositionChange, credit, raiseRisk } from './ledger.ts';
import { addDebt, addSupply } from './lending.ts';
import { running, wakeAll } from './liquidation.ts';
import { addShares, noteExit, removeExited } from './provider-shares.ts';

/** Another account is another vault: shares of the one before were worth nothing, or were none. */
export function vaultConfigured(state: PoolState, event: EventOf<'VaultConfigured'>): void {
  const { parameters } = event;
  wakeAll(state);
  if (state.vault?.parameters.account === parameters.account) {
    state.vault.parameters = parameters;
    return;
  }
  state.vault = { parameters, sharesTotal: ZERO_SHARES, providers: [], window: [] };
}

function vaultOf(state: PoolState): VaultState {
  assert(state.vault !== null, 'VAULT', 'there is no vault');
  return state.vault;
}

export function vaultDeposited(state: PoolState, event: EventOf<'VaultDeposited'>): void {
  const provider = accountNumber(state, event.provider);
  raiseRisk(state, provider);
  credit(state, provider, neg(event.amount));
  credit(state, accountNumber(state, event.vault), event.amount);
  addShares(vaultOf(state), provider, event.shares);
}

export function vaultExitRequested(state: PoolState, event: EventOf<'VaultExitRequested'>): void {
  noteExit(vaultOf(state), accountNumber(state, event.provider), event);
}

export function vaultRedeemed(state: PoolState, event: EventOf<'VaultRedeemed'>): void {
  const provider = accountNumber(state, event.provider);
  credit(state, accountNumber(state, event.vault), neg(event.amount));
  credit(state, provider, event.amount);
  removeExited(vaultOf(state), provider, event.shares);
}

/** The account is left with nothing, the way is walked to its end. */
export function accountTakenOver(state: PoolState, event: EventOf<'AccountTakenOver'>): void {
  const liquidation = running(state, event.liquidation);
  liquidation.steps += 1;
  liquidation.route = null;
  for (const { market: id, liquidated, taker } of event.positions) {
    const market = marketNumber(state, id);
    applyPositionChange(state, market, liquidated);
    applyPositionChange(state, market, taker);
  }
  const account = accountNumber(state, event.account);
  const vault = accountNumber(state, event.vault);
  for (const { asset: id, amount } of event.collaterals) {
    const asset = state.numbers.assets.get(id)!;
    addCollateral(state, account, asset, neg(amount));
    addCollateral(state, vault, asset, amount);
  }
  const { desks } = state.numbers;
  for (const { asset, shares } of event.debts) {
    addDebt(state, desks.get(asset)!, account, neg(shares));
    addDebt(state, desks.get(asset)!, vault, shares);
  }
  for (const { asset, shares } of event.supplies) {
    addSupply(state, desks.get(asset)!, account, neg(shares));
    addSupply(state, desks.get(asset)!, vault, shares);
  }
  credit(state, account, neg(event.balance));
  credit(state, vault, event.balance);
  const { window, parameters } = vaultOf(state);
  const { windowMs } = parameters;
  const { notional } = event;
  vaultOf(state).window = windowWith(window, { windowMs, timeMs: state.timeMs, notional });
}
