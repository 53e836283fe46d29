/**
 * What must hold of a loss that open interest takes on: written down a second time, apart from
 * the decision that has to keep it.
 * @module
 */
import {
  add,
  assert,
  EXACT_PER_RAW,
  eq,
  exactFunding,
  fromRaw,
  isPositive,
  isZero,
  lte,
  type Money,
  neg,
  rawOf,
  sub,
} from '../units/index.ts';
import { accountOf, runningOf } from './invariant-subjects.ts';
import { mostToSpread } from './loss-sharing.ts';
import type { EventOf } from './schema/index.ts';
import { marketNumber, type PoolView } from './state.ts';
import { coverOf, coverTotal } from './waterfall.ts';

const ONE_UNIT = fromRaw<Money>(1n);

export function lossSpread(state: PoolView, event: EventOf<'LossSpread'>): void {
  const { lossSharing } = state;
  const liquidation = runningOf(state, event.liquidation);
  const account = accountOf(state, liquidation);
  const { positions, debts, supplies, balance } = account;
  const bare = [positions, debts, supplies].every(({ length }) => length === 0);
  assert(bare, 'INV-6', 'a loss was spread while the account still had something');
  assert(account.id === event.account, 'INV-9', 'a loss was spread for somebody else');
  const owed = isPositive(event.amount) && lte(event.amount, neg(balance));
  assert(owed, 'INV-9', 'more than is owed was spread');
  const others = coverTotal(coverOf(state, liquidation, ONE_UNIT));
  assert(isZero(others), 'INV-6', 'a loss was spread while a layer still could pay');
  assert(lossSharing?.basis === 'open-interest', 'INV-6', 'open interest was not to be asked');
  const number = marketNumber(state, event.market);
  const market = state.markets[number]!;
  assert(liquidation.lossMarket === number, 'INV-9', 'a loss was spread over another market');
  assert(market.settlementPrice === null, 'INV-9', 'a loss was spread while a market settles');
  const most = mostToSpread(market, lossSharing.notionalShareMax);
  assert(lte(event.amount, most), 'INV-9', 'more was spread than one loss may take');
  const told = eq(event.openInterest, add(market.longSize, market.shortSize));
  assert(told, 'INV-7', 'the open interest was not what there is');
  assert(eq(event.lossIndexBefore, market.lossIndex), 'INV-7', 'the index was not what it is');
  const asked = exactFunding(event.openInterest, sub(event.lossIndexAfter, market.lossIndex));
  const surplus = asked - rawOf(event.amount) * EXACT_PER_RAW;
  const exact = surplus >= 0n && surplus < rawOf(event.openInterest);
  assert(exact, 'INV-7', 'the index does not carry the loss, or more than rounding beyond it');
}
