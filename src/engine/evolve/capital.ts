/** Effects of events about accounts and capital. @module */
import { add, moneyOfSettlement, neg, sub, ZERO_MONEY } from '../../units/index.ts';
import type { EventOf } from '../schema/index.ts';
import { accountNumber, type PoolState, poolParameters } from '../state.ts';
import { addCollateral, addToInsuranceFund, credit, raiseRisk } from './ledger.ts';

export function accountOpened(state: PoolState, event: EventOf<'AccountOpened'>): void {
  const number = state.accounts.length;
  state.numbers.accounts.set(event.account, number);
  state.accounts.push({
    id: event.account,
    owner: event.owner,
    parent: event.parent === null ? null : accountNumber(state, event.parent),
    market: event.market === null ? null : state.numbers.markets.get(event.market)!,
    version: 0,
    balance: ZERO_MONEY,
    collaterals: [],
    positions: [],
    debts: [],
    supplies: [],
    liquidation: null,
    riskRaisedMs: null,
  });
  state.changes.accounts.push(number);
}

const isSettlement = (state: PoolState, asset: string): boolean =>
  poolParameters(state).settlementAsset === asset;

export function deposited(state: PoolState, event: EventOf<'Deposited'>): void {
  const number = accountNumber(state, event.account);
  if (isSettlement(state, event.asset)) {
    const money = moneyOfSettlement(event.amount);
    credit(state, number, money);
    state.deposited = add(state.deposited, money);
    return;
  }
  const asset = state.numbers.assets.get(event.asset)!;
  addCollateral(state, number, asset, event.amount);
  const total = state.assets[asset]!;
  total.deposited = add(total.deposited, event.amount);
}

export function withdrawn(state: PoolState, event: EventOf<'Withdrawn'>): void {
  const number = accountNumber(state, event.account);
  raiseRisk(state, number);
  if (isSettlement(state, event.asset)) {
    const money = moneyOfSettlement(event.amount);
    credit(state, number, neg(money));
    state.withdrawn = add(state.withdrawn, money);
    return;
  }
  const asset = state.numbers.assets.get(event.asset)!;
  addCollateral(state, number, asset, neg(event.amount));
  const total = state.assets[asset]!;
  total.withdrawn = add(total.withdrawn, event.amount);
}

export function collateralTransferred(
  state: PoolState,
  event: EventOf<'CollateralTransferred'>,
): void {
  const from = accountNumber(state, event.from);
  raiseRisk(state, from);
  const to = accountNumber(state, event.to);
  if (isSettlement(state, event.asset)) {
    const money = moneyOfSettlement(event.amount);
    credit(state, from, neg(money));
    credit(state, to, money);
    return;
  }
  const asset = state.numbers.assets.get(event.asset)!;
  addCollateral(state, from, asset, neg(event.amount));
  addCollateral(state, to, asset, event.amount);
}

export function insuranceFunded(state: PoolState, event: EventOf<'InsuranceFunded'>): void {
  addToInsuranceFund(state, event.amount);
  state.deposited = add(state.deposited, event.amount);
}

export function unallocatedLossRepaid(
  state: PoolState,
  event: EventOf<'UnallocatedLossRepaid'>,
): void {
  addToInsuranceFund(state, neg(event.amount));
  state.unallocatedLoss = sub(state.unallocatedLoss, event.amount);
}
