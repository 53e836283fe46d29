/** Effects of events about the backstop vault. @module */
import {
  add,
  assert,
  engineTimeMs,
  isZero,
  neg,
  type Shares,
  sub,
  ZERO_SHARES,
} from '../../units/index.ts';
import { windowWith } from '../rolling-window.ts';
import type { EventOf } from '../schema/index.ts';
import { accountNumber, marketNumber, type PoolState, type VaultState } from '../state.ts';
import { addCollateral, applyPositionChange, credit } from './ledger.ts';
import { addDebt, addSupply } from './lending.ts';
import { running } from './liquidation.ts';

/** Another account is another vault: shares of the one before were worth nothing, or were none. */
export function vaultConfigured(state: PoolState, event: EventOf<'VaultConfigured'>): void {
  const { parameters } = event;
  for (const number of state.liquidations.keys()) state.changes.liquidations.push(number);
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

/** Changes what a provider holds; whoever holds nothing is no provider. */
function addShares(vault: VaultState, account: number, delta: Shares): void {
  const at = vault.providers.findIndex((provider) => provider.account >= account);
  const insertAt = at < 0 ? vault.providers.length : at;
  const before = vault.providers[insertAt];
  const held = before?.account === account ? before : undefined;
  const none = { shares: ZERO_SHARES, exiting: ZERO_SHARES };
  const noTime = { exitMs: engineTimeMs(0), untilMs: engineTimeMs(0) };
  const entry = held ?? { account, ...none, ...noTime };
  const shares = add(entry.shares, delta);
  const replacement = isZero(shares) ? [] : [{ ...entry, shares }];
  vault.providers.splice(insertAt, held === undefined ? 0 : 1, ...replacement);
  vault.sharesTotal = add(vault.sharesTotal, delta);
}

export function vaultDeposited(state: PoolState, event: EventOf<'VaultDeposited'>): void {
  const provider = accountNumber(state, event.provider);
  credit(state, provider, neg(event.amount));
  credit(state, accountNumber(state, event.vault), event.amount);
  addShares(vaultOf(state), provider, event.shares);
}

function claimOf(state: PoolState, account: number): VaultState['providers'][number] {
  const claim = vaultOf(state).providers.find((provider) => provider.account === account);
  assert(claim !== undefined, 'VAULT', 'the account is no provider');
  return claim;
}

export function vaultExitRequested(state: PoolState, event: EventOf<'VaultExitRequested'>): void {
  const claim = claimOf(state, accountNumber(state, event.provider));
  claim.exiting = event.shares;
  claim.exitMs = event.exitMs;
  claim.untilMs = event.untilMs;
}

export function vaultRedeemed(state: PoolState, event: EventOf<'VaultRedeemed'>): void {
  const provider = accountNumber(state, event.provider);
  credit(state, accountNumber(state, event.vault), neg(event.amount));
  credit(state, provider, event.amount);
  const claim = claimOf(state, provider);
  claim.exiting = sub(claim.exiting, event.shares);
  addShares(vaultOf(state), provider, neg(event.shares));
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
