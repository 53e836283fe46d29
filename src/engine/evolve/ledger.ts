/**
 * The only ways money moves inside the state. Each keeps the running totals of INV-1 in step
 * with the accounts, so that an event which credits without debiting is caught at once.
 * @module
 */
import {
  type Amount,
  abs,
  add,
  assert,
  EXACT_PER_RAW,
  exactFunding,
  gt,
  isNegative,
  isPositive,
  isZero,
  type Money,
  rawOf,
  type Size,
  sign,
  sub,
  ZERO_SIZE,
} from '../../units/index.ts';
import { fundingResidueOf } from '../position-change.ts';
import type { PositionChange } from '../schema/index.ts';
import { sideIndex } from '../side-index.ts';
import {
  type AccountState,
  accountNumber,
  type MarketState,
  marketToChange,
  type PoolState,
} from '../state.ts';

/** Marks an account as changed. */
export function touch(state: PoolState, number: number): AccountState {
  const account = state.accounts[number]!;
  account.version += 1;
  state.changes.accounts.push(number);
  return account;
}

/** Takes note that an account has become riskier by its own doing. */
export function raiseRisk(state: PoolState, number: number): void {
  touch(state, number).riskRaisedMs = state.timeMs;
}

/** Adds to an account's settlement balance. */
export function credit(state: PoolState, number: number, delta: Money): void {
  const account = touch(state, number);
  account.balance = add(account.balance, delta);
  state.balanceTotal = add(state.balanceTotal, delta);
}

/** Adds to an account's ledger amount of a collateral asset; the result is never negative. */
export function addCollateral(
  state: PoolState,
  number: number,
  asset: number,
  delta: Amount,
): void {
  const account = touch(state, number);
  const at = account.collaterals.findIndex((holding) => holding.asset >= asset);
  const held = at >= 0 && account.collaterals[at]!.asset === asset;
  const amount = held ? add(account.collaterals[at]!.amount, delta) : delta;
  assert(!isNegative(amount), 'COLLATERAL', 'an account would hold a negative amount');
  const insertAt = at < 0 ? account.collaterals.length : at;
  const replacement = isZero(amount) ? [] : [{ asset, amount }];
  account.collaterals.splice(insertAt, held ? 1 : 0, ...replacement);
  const total = state.assets[asset]!;
  total.held = add(total.held, delta);
}

/** Applies one side of a fill, a deleveraging or a settlement. */
export function applyPositionChange(
  state: PoolState,
  market: number,
  change: PositionChange,
): void {
  const number = accountNumber(state, change.account);
  const realized = sub(add(change.realizedPnl, change.fundingPayment), change.fee);
  credit(state, number, realized);
  state.fees = add(state.fees, change.fee);
  const account = state.accounts[number]!;
  const marketState = marketToChange(state, market);
  marketState.fundingResidue += fundingResidueOf(change);

  let at = account.positions.findIndex((position) => position.market >= market);
  if (at < 0) at = account.positions.length;
  const existing = account.positions[at];
  const held = existing?.market === market ? existing.size : ZERO_SIZE;
  if (isRaised(held, add(held, change.sizeDelta))) raiseRisk(state, number);
  if (existing === undefined || existing.market !== market) {
    account.positions.splice(at, 0, {
      market,
      size: change.sizeDelta,
      entryValue: change.entryValueDelta,
      fundingIndex: sideIndex(marketState, change.sizeDelta),
    });
    countOpenInterest(marketState, change.sizeDelta, add);
    marketState.fundingUnsettled += exactIndexed(marketState, change.sizeDelta);
  } else {
    countOpenInterest(marketState, existing.size, sub);
    marketState.fundingUnsettled -= exactFunding(existing.size, existing.fundingIndex);
    existing.size = add(existing.size, change.sizeDelta);
    existing.entryValue = add(existing.entryValue, change.entryValueDelta);
    existing.fundingIndex = sideIndex(marketState, existing.size);
    countOpenInterest(marketState, existing.size, add);
    marketState.fundingUnsettled += exactIndexed(marketState, existing.size);
    if (isZero(existing.size)) {
      assert(isZero(existing.entryValue), 'ENTRY_VALUE', 'a closed position kept entry value');
      account.positions.splice(at, 1);
    }
  }
  state.entryValueTotal = add(state.entryValueTotal, change.entryValueDelta);
}

/** A size times the index of its side now. */
const exactIndexed = (market: MarketState, size: Size): bigint =>
  exactFunding(size, sideIndex(market, size));

/** Larger than before, or on the other side. */
const isRaised = (before: Size, after: Size): boolean =>
  gt(abs(after), abs(before)) || (sign(after) === -sign(before) && !isZero(after));

function countOpenInterest(market: MarketState, size: Size, combine: typeof add): void {
  if (isPositive(size)) market.longSize = combine(market.longSize, size);
  else market.shortSize = combine(market.shortSize, abs(size));
}

/** Takes whole units of funding residue out of a market; they go to the insurance fund. */
export function collectResidue(state: PoolState, market: MarketState, amount: Money): void {
  market.fundingResidue -= rawOf(amount) * EXACT_PER_RAW;
  addToInsuranceFund(state, amount);
}

/** Adds to the insurance fund, which is never negative (INV-5). */
export function addToInsuranceFund(state: PoolState, delta: Money): void {
  state.insuranceFund = add(state.insuranceFund, delta);
  if (isPositive(delta)) state.changes.fund = true;
  assert(!isNegative(state.insuranceFund), 'INV-5', 'the insurance fund went below zero');
}
