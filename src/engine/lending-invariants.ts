/**
 * The invariants of single events about debts and claims, written down a second time apart from
 * the decisions that have to keep them.
 * @module
 */
import { amountOfSharesDown, amountOfSharesUp } from '../risk/index.ts';
import {
  assert,
  eq,
  gt,
  isPositive,
  isZero,
  lte,
  type Money,
  sub,
  valueUp,
} from '../units/index.ts';
import { deskOf, deskPrice, sharesAt } from './lending.ts';
import { isCovered, isRestored } from './liquidation-release.ts';
import { accountMargin } from './margin.ts';
import type { EventOf } from './schema/index.ts';
import { type AccountView, accountNumber, type DeskView, type PoolView } from './state.ts';

type Closed = EventOf<'DebtRepaid'> | EventOf<'DebtAssumed'>;

const deskFor = (state: PoolView, asset: Closed['asset']) => {
  const found = deskOf(state, asset);
  if (found === null) assert(false, 'INV-14', `no desk lends ${asset}`);
  return found;
};

const accountOf = (state: PoolView, id: Closed['account']): AccountView =>
  state.accounts[accountNumber(state, id)]!;

/** INV-3, INV-7: no more than the debt, not beyond the release, and paid for to the unit. */
function assertClosed(state: PoolView, event: Closed): DeskView {
  const { number, desk } = deskFor(state, event.asset);
  const account = accountOf(state, event.account);
  const liquidation = state.liquidations.get(event.liquidation);
  const own = liquidation !== undefined && account.liquidation === event.liquidation;
  if (!own) assert(false, 'INV-3', 'a debt was closed outside of a liquidation');
  assert(account.positions.length === 0, 'INV-3', 'a debt was closed before the positions');
  const goesOn = isCovered(liquidation) || !isRestored(state, accountMargin(state, account));
  assert(goesOn, 'INV-3', 'a debt was closed beyond the release margin');
  const owed = sharesAt(account.debts, number);
  const within = isPositive(event.shares) && lte(event.shares, owed);
  assert(within, 'INV-14', 'more was closed than the account owes');
  const amount = amountOfSharesUp(event.shares, desk.debtIndex);
  assert(eq(event.amount, amount), 'INV-14', 'a debt was closed for another amount than it is');
  return desk;
}

/** What the house is paid is what the debt is worth. */
const fairValue = (state: PoolView, event: Closed, desk: DeskView): Money =>
  valueUp(event.amount, deskPrice(state, desk) ?? event.indexPrice);

export function debtRepaid(state: PoolView, event: EventOf<'DebtRepaid'>): void {
  const desk = assertClosed(state, event);
  if (event.payer === null) {
    assert(isZero(event.value), 'INV-7', 'a debt was paid for twice');
    return;
  }
  assertHouse(state, event, event.payer);
  assert(eq(event.value, fairValue(state, event, desk)), 'INV-7', 'the house was paid otherwise');
}

export function debtAssumed(state: PoolView, event: EventOf<'DebtAssumed'>): void {
  const desk = assertClosed(state, event);
  assertHouse(state, event, event.debtor);
  assert(eq(event.value, fairValue(state, event, desk)), 'INV-7', 'the house was paid otherwise');
}

function assertHouse(state: PoolView, event: Closed, house: Closed['account']): void {
  const isHouse = house === state.parameters?.collateralBuyer && house !== event.account;
  assert(isHouse, 'INV-7', 'somebody else than the house took a debt over');
  assert(accountOf(state, house).liquidation === null, 'INV-3', 'a house in liquidation took over');
}

/** INV-14: a claim leaves for no more than it is worth, and no more of it than there is. */
export function claimLeft(
  state: PoolView,
  event: EventOf<'SupplyReleased'> | EventOf<'SupplyConverted'> | EventOf<'SupplyRedeemed'>,
): void {
  const { number, desk } = deskFor(state, event.asset);
  const owned = sharesAt(accountOf(state, event.account).supplies, number);
  assert(lte(event.shares, owned), 'INV-14', 'more was taken back than was lent');
  const worth = amountOfSharesDown(event.shares, desk.supplyIndex);
  assert(lte(event.amount, worth), 'INV-14', 'a claim was paid for more than it is worth');
}

/** INV-14: time runs forward, indexes never fall, and the desk pays out no more than it earns. */
export function interestAccrued(state: PoolView, event: EventOf<'InterestAccrued'>): void {
  const { desk } = deskFor(state, event.asset);
  const from = event.fromMs === desk.accruedMs && event.untilMs > event.fromMs;
  assert(from, 'INV-14', 'interest was accrued for another time');
  const known =
    eq(event.debtIndexBefore, desk.debtIndex) && eq(event.supplyIndexBefore, desk.supplyIndex);
  assert(known, 'INV-14', 'interest was accrued on other indexes');
  const falls =
    gt(event.debtIndexBefore, event.debtIndexAfter) ||
    gt(event.supplyIndexBefore, event.supplyIndexAfter);
  assert(!falls, 'INV-14', 'an index fell');
  const kept = sub(event.interest, event.supplyInterest);
  assert(eq(kept, event.reserveInterest), 'INV-14', 'interest was made or lost');
}
