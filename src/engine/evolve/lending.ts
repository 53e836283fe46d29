/** Effects of events about desks: who owes them, who has lent, and what they hold. @module */
import {
  type Amount,
  type AssetId,
  add,
  isNegative,
  moneyOfSettlement,
  neg,
  ONE_RATIO,
  type Shares,
  ZERO_AMOUNT,
  ZERO_SHARES,
} from '../../units/index.ts';
import { withShares } from '../lending.ts';
import type { EventOf } from '../schema/index.ts';
import { accountNumber, type DeskState, type PoolState, poolParameters } from '../state.ts';
import { addCollateral, addToInsuranceFund, credit, raiseRisk, touch } from './ledger.ts';
import { running } from './liquidation.ts';

const deskNumber = (state: PoolState, asset: AssetId): number => state.numbers.desks.get(asset)!;

export function lendingConfigured(state: PoolState, event: EventOf<'LendingConfigured'>): void {
  const { parameters } = event;
  const { asset } = parameters;
  const number = state.numbers.desks.get(asset);
  if (number !== undefined) {
    state.desks[number]!.parameters = parameters;
    state.changes.desks.push(number);
    return;
  }
  const isSettlement = poolParameters(state).settlementAsset === asset;
  state.numbers.desks.set(asset, state.desks.length);
  state.desks.push({
    parameters,
    asset: isSettlement ? null : state.numbers.assets.get(asset)!,
    cash: ZERO_AMOUNT,
    debtShares: ZERO_SHARES,
    debtIndex: ONE_RATIO,
    supplyShares: ZERO_SHARES,
    supplyIndex: ONE_RATIO,
    accruedMs: state.timeMs,
  });
  // What is held of it may count for less where new risk is taken on.
  const held = state.desks.at(-1)!.asset;
  if (held !== null) state.changes.assets.push(held);
}

export function interestAccrued(state: PoolState, event: EventOf<'InterestAccrued'>): void {
  const number = deskNumber(state, event.asset);
  const desk = state.desks[number]!;
  const moved =
    desk.debtIndex !== event.debtIndexAfter || desk.supplyIndex !== event.supplyIndexAfter;
  desk.debtIndex = event.debtIndexAfter;
  desk.supplyIndex = event.supplyIndexAfter;
  desk.accruedMs = event.untilMs;
  if (moved) state.changes.interest.push(number);
}

/** Moves units of a desk's asset between its cash and what an account holds. */
function pay(state: PoolState, desk: DeskState, account: number, toAccount: Amount): void {
  desk.cash = add(desk.cash, neg(toAccount));
  if (isNegative(toAccount)) state.changes.deskCash = true;
  give(state, desk, account, toAccount);
}

/** Adds to what an account holds of a desk's asset. */
function give(state: PoolState, { asset }: DeskState, account: number, amount: Amount): void {
  if (asset === null) credit(state, account, moneyOfSettlement(amount));
  else addCollateral(state, account, asset, amount);
}

export function addDebt(state: PoolState, number: number, account: number, delta: Shares): void {
  const owner = touch(state, account);
  owner.debts = withShares(owner.debts, number, delta);
  const desk = state.desks[number]!;
  desk.debtShares = add(desk.debtShares, delta);
}

export function addSupply(state: PoolState, number: number, account: number, delta: Shares): void {
  const owner = touch(state, account);
  owner.supplies = withShares(owner.supplies, number, delta);
  const desk = state.desks[number]!;
  desk.supplyShares = add(desk.supplyShares, delta);
}

type AtDesk = {
  readonly account: EventOf<'Borrowed'>['account'];
  readonly asset: AssetId;
};

const at = (state: PoolState, { account, asset }: AtDesk) => {
  const number = deskNumber(state, asset);
  return { number, desk: state.desks[number]!, account: accountNumber(state, account) };
};

export function assetSupplied(state: PoolState, event: EventOf<'AssetSupplied'>): void {
  const { number, desk, account } = at(state, event);
  pay(state, desk, account, neg(event.amount));
  addSupply(state, number, account, event.shares);
}

export function supplyRedeemed(state: PoolState, event: EventOf<'SupplyRedeemed'>): void {
  const { number, desk, account } = at(state, event);
  pay(state, desk, account, event.amount);
  addSupply(state, number, account, neg(event.shares));
}

export function borrowed(state: PoolState, event: EventOf<'Borrowed'>): void {
  const { number, desk, account } = at(state, event);
  raiseRisk(state, account);
  pay(state, desk, account, event.amount);
  addDebt(state, number, account, event.shares);
}

export function repaid(state: PoolState, event: EventOf<'Repaid'>): void {
  const { number, desk, account } = at(state, event);
  pay(state, desk, account, neg(event.amount));
  addDebt(state, number, account, neg(event.shares));
}

export function reserveCollected(state: PoolState, event: EventOf<'ReserveCollected'>): void {
  const desk = state.desks[deskNumber(state, event.asset)]!;
  if (event.receiver !== null) {
    pay(state, desk, accountNumber(state, event.receiver), event.amount);
    return;
  }
  desk.cash = add(desk.cash, neg(event.amount));
  addToInsuranceFund(state, moneyOfSettlement(event.amount));
}

export function debtRepaid(state: PoolState, event: EventOf<'DebtRepaid'>): void {
  running(state, event.liquidation).steps += 1;
  const { number, desk, account } = at(state, event);
  const payer = event.payer === null ? account : accountNumber(state, event.payer);
  pay(state, desk, payer, neg(event.amount));
  addDebt(state, number, account, neg(event.shares));
  credit(state, account, neg(event.value));
  credit(state, payer, event.value);
}

/** A take, like that of a position: it is no step. */
export function debtRepaidDirectly(state: PoolState, event: EventOf<'DebtRepaidDirectly'>): void {
  running(state, event.liquidation);
  const number = deskNumber(state, event.debtAsset);
  const debtor = accountNumber(state, event.account);
  const liquidator = accountNumber(state, event.liquidator);
  const asset = state.numbers.assets.get(event.collateralAsset)!;
  pay(state, state.desks[number]!, liquidator, neg(event.amount));
  addDebt(state, number, debtor, neg(event.shares));
  addCollateral(state, debtor, asset, neg(event.seized));
  addCollateral(state, liquidator, asset, event.seized);
  // What it got may fall in value as what it gave could not.
  raiseRisk(state, liquidator);
}

export function debtAssumed(state: PoolState, event: EventOf<'DebtAssumed'>): void {
  running(state, event.liquidation).steps += 1;
  const { number, account } = at(state, event);
  const debtor = accountNumber(state, event.debtor);
  addDebt(state, number, account, neg(event.shares));
  addDebt(state, number, debtor, event.shares);
  credit(state, account, neg(event.value));
  credit(state, debtor, event.value);
}

export function supplyReleased(state: PoolState, event: EventOf<'SupplyReleased'>): void {
  running(state, event.liquidation).steps += 1;
  const { number, desk, account } = at(state, event);
  pay(state, desk, account, event.amount);
  addSupply(state, number, account, neg(event.shares));
}

export function supplyConverted(state: PoolState, event: EventOf<'SupplyConverted'>): void {
  running(state, event.liquidation).steps += 1;
  const { number, account } = at(state, event);
  const buyer = accountNumber(state, event.buyer);
  addSupply(state, number, account, neg(event.shares));
  addSupply(state, number, buyer, event.shares);
  credit(state, account, event.proceeds);
  credit(state, buyer, neg(event.proceeds));
}
