/**
 * The desks of a pool and what accounts owe to them and have lent to them. A desk lends one asset:
 * the settlement asset, which is money, or one that the pool takes as collateral.
 * @module
 */
import { amountOfSharesDown, amountOfSharesUp } from '../risk/index.ts';
import {
  type Amount,
  type AssetId,
  add,
  EXACT_PER_RAW,
  fromRaw,
  isZero,
  max,
  moneyOfSettlement,
  type Price,
  rawOf,
  rawOfExactDown,
  type Shares,
  settlementOfMoney,
  ZERO_AMOUNT,
  ZERO_MONEY,
  ZERO_SHARES,
} from '../units/index.ts';
import { inFlight, pledgedAway } from './links.ts';
import type { AccountView, DeskSharesState, DeskView, PoolView } from './state.ts';

/** The settlement asset is its own measure. */
export const ONE_PRICE = fromRaw<Price>(EXACT_PER_RAW);

/** Shares of one desk that an account owes or has lent. */
export type DeskSharesView = Readonly<DeskSharesState>;

/** A desk with its number; null where the asset is not lent. */
export function deskOf(
  state: PoolView,
  asset: AssetId,
): { readonly number: number; readonly desk: DeskView } | null {
  const number = state.numbers.desks.get(asset);
  return number === undefined ? null : { number, desk: state.desks[number]! };
}

/** Index price of what a desk lends; null where it was never known. */
export const deskPrice = (state: PoolView, { asset }: DeskView): Price | null =>
  asset === null ? ONE_PRICE : state.indexes[state.assets[asset]!.index]!.price;

/** The price is good enough to take risk on and to liquidate by. */
export const deskPriceLive = (state: PoolView, { asset }: DeskView): boolean =>
  asset === null || state.indexes[state.assets[asset]!.index]!.live;

/** What is owed, in units of the asset, up. */
export const debtAmount = (state: PoolView, { desk, shares }: DeskSharesView): Amount =>
  amountOfSharesUp(shares, state.desks[desk]!.debtIndex);

/** What a claim on a desk is worth, in units of the asset, down. */
export const supplyAmount = (state: PoolView, { desk, shares }: DeskSharesView): Amount =>
  amountOfSharesDown(shares, state.desks[desk]!.supplyIndex);

/** Everything that is owed to a desk. */
export const totalDebt = ({ debtShares, debtIndex }: DeskView): Amount =>
  amountOfSharesUp(debtShares, debtIndex);

/**
 * What a desk holds and is owed beyond what was lent to it, in units of 1e-36: what it has kept of
 * its interest, and what rounding left it. Never negative.
 */
export function exactReserve({
  cash,
  debtShares,
  debtIndex,
  supplyShares,
  supplyIndex,
}: DeskView): bigint {
  const behind = rawOf(cash) * EXACT_PER_RAW + rawOf(debtShares) * rawOf(debtIndex);
  return behind - rawOf(supplyShares) * rawOf(supplyIndex);
}

/** Whole units of it. */
export const reserveOf = (desk: DeskView): Amount =>
  fromRaw<Amount>(rawOfExactDown(exactReserve(desk)));

export const sharesAt = (list: readonly DeskSharesView[], desk: number): Shares =>
  list.find((entry) => entry.desk === desk)?.shares ?? ZERO_SHARES;

/** The list with shares of a desk added or taken away; sorted by desk, without empty entries. */
export function withShares(
  list: readonly DeskSharesView[],
  desk: number,
  delta: Shares,
): DeskSharesState[] {
  const shares = add(sharesAt(list, desk), delta);
  const others = list.filter((entry) => entry.desk !== desk);
  const all = isZero(shares) ? others : [...others, { desk, shares }];
  return all.sort((a, b) => a.desk - b.desk);
}

/** What an account holds itself of a desk's asset: never less than nothing. */
export function heldOf(account: AccountView, { asset }: DeskView): Amount {
  if (asset === null) return settlementOfMoney(max(account.balance, ZERO_MONEY));
  return account.collaterals.find((holding) => holding.asset === asset)?.amount ?? ZERO_AMOUNT;
}

/** The account after it was given an amount of a desk's asset, or gave it away. */
export function withHolding(account: AccountView, { asset }: DeskView, delta: Amount): AccountView {
  if (asset === null) {
    return { ...account, balance: add(account.balance, moneyOfSettlement(delta)) };
  }
  const amount = add(
    account.collaterals.find((holding) => holding.asset === asset)?.amount ?? ZERO_AMOUNT,
    delta,
  );
  const others = account.collaterals.filter((holding) => holding.asset !== asset);
  const collaterals = isZero(amount) ? others : [...others, { asset, amount }];
  return { ...account, collaterals: collaterals.sort((a, b) => a.asset - b.asset) };
}

/** Units of an asset inside the pool: held by accounts, its desk's cash, or on their way out. */
export function pooledAmount(state: PoolView, asset: number): Amount {
  const { held, parameters } = state.assets[asset]!;
  const desk = deskOf(state, parameters.asset)?.desk;
  const inside = desk === undefined ? held : add(held, desk.cash);
  return state.links === null ? inside : add(inside, inFlight(state, asset));
}

/** The same with what accounts have pledged to other pools, which may come back any time. */
export const claimedAmount = (state: PoolView, asset: number): Amount =>
  add(pooledAmount(state, asset), pledgedAway(state, asset));

/** The same with all debts in it: no account, and no sum of them, is worth more of the asset. */
export function reckonedAmount(state: PoolView, asset: number): Amount {
  const desk = deskOf(state, state.assets[asset]!.parameters.asset)?.desk;
  const claimed = claimedAmount(state, asset);
  return desk === undefined ? claimed : add(claimed, totalDebt(desk));
}
