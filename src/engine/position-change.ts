/**
 * What adding `sizeDelta` contracts for `value` does to one account: the ledger arithmetic shared
 * by fills, auto-deleveraging and settlement.
 * @module
 */
import { fundingPayment } from '../risk/index.ts';
import {
  abs,
  add,
  EXACT_PER_RAW,
  exactFunding,
  isZero,
  lte,
  type Money,
  min,
  neg,
  portionDown,
  rawOf,
  type Size,
  sign,
  sub,
  ZERO_FUNDING_INDEX,
  ZERO_MONEY,
  ZERO_SIZE,
} from '../units/index.ts';
import type { PositionChange } from './schema/index.ts';
import { sideIndex } from './side-index.ts';
import { type AccountView, type PoolView, positionIn } from './state.ts';

export type PositionChangeInput = {
  readonly account: AccountView;
  readonly market: number;
  /** Signed, not zero. */
  readonly sizeDelta: Size;
  /** Entry value of the contracts added (negative when value is received). */
  readonly value: Money;
  readonly fee: Money;
};

/**
 * Settles funding and shared losses on the old size, releases the entry value of the part that is
 * closed (down, the rest by subtraction) and lets the remainder carry the value of what is newly
 * opened. Balance and entry value change so that `balance − entryValue` changes by exactly
 * `fundingPayment − fee − value`: two sides with opposite values conserve money.
 */
export function positionChange(state: PoolView, input: PositionChangeInput): PositionChange {
  const { account, market, sizeDelta, value, fee } = input;
  const position = positionIn(account, market);
  const size = position?.size ?? ZERO_SIZE;
  const entryValue = position?.entryValue ?? ZERO_MONEY;
  const fundingIndexAfter = sideIndex(state.markets[market]!, size);
  const fundingIndexBefore = position?.fundingIndex ?? fundingIndexAfter;
  const reduces = !isZero(size) && sign(size) !== sign(sizeDelta);
  const closed = reduces ? min(abs(size), abs(sizeDelta)) : ZERO_SIZE;
  const closedWhole = reduces && lte(abs(size), abs(sizeDelta));
  const released = !reduces
    ? ZERO_MONEY
    : closedWhole
      ? entryValue
      : portionDown(entryValue, closed, abs(size));
  const closedValue = reduces ? portionDown(value, closed, abs(sizeDelta)) : ZERO_MONEY;
  const openedValue = sub(value, closedValue);
  const indexDelta = sub(fundingIndexAfter, fundingIndexBefore);
  return {
    account: account.id,
    sizeDelta,
    entryValueDelta: sub(openedValue, released),
    realizedPnl: neg(add(closedValue, released)),
    fundingPayment: fundingPayment({ size, fundingIndexBefore, fundingIndexAfter }),
    fundingExact: isZero(indexDelta)
      ? rawOf(ZERO_FUNDING_INDEX)
      : exactFunding(neg(size), indexDelta),
    fee,
  };
}

/** What rounding kept back from the account's funding, in units of 1e-36; at least zero. */
export const fundingResidueOf = (change: PositionChange): bigint =>
  change.fundingExact - rawOf(change.fundingPayment) * EXACT_PER_RAW;
