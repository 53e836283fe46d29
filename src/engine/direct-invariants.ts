/**
 * What the numbered invariants of `docs/invariants.md` say about direct liquidation and its
 * finders: asserted on the state that each event meets, like those of `event-invariants.ts`.
 * @module
 */

import { amountOfSharesUp } from '../risk/index.ts';
import {
  abs,
  add,
  assert,
  eq,
  fromRaw,
  gt,
  isNegative,
  isPositive,
  isZero,
  lte,
  type Money,
  mulUp,
  neg,
  sign,
  sub,
} from '../units/index.ts';
import { accountAfter } from './account-after.ts';
import { repaymentSlack } from './direct-debt.ts';
import { legPenaltyFraction } from './leg-penalty.ts';
import { deskOf, sharesAt, withShares } from './lending.ts';
import { goesOnRestored, isCovered, isRestored } from './liquidation-release.ts';
import { accountMargin } from './margin.ts';
import type { EventOf } from './schema/index.ts';
import {
  type AccountView,
  accountNumber,
  type LiquidationView,
  marketNumber,
  type PoolView,
  positionIn,
} from './state.ts';

/** Units by which the few roundings of two amounts that are compared may move them apart. */
const ROUNDING = fromRaw<Money>(BigInt(4));

function partiesOf(
  state: PoolView,
  number: number,
): { readonly liquidation: LiquidationView; readonly account: AccountView } {
  const liquidation = state.liquidations.get(number);
  if (liquidation === undefined) assert(false, 'INV-3', `liquidation ${number} does not run`);
  return { liquidation, account: state.accounts[liquidation.account]! };
}

const outsider = (state: PoolView, id: EventOf<'FinderNamed'>['finder']): AccountView =>
  state.accounts[accountNumber(state, id)]!;

export function liquidatedDirectly(state: PoolView, event: EventOf<'LiquidatedDirectly'>): void {
  const { liquidation, account } = partiesOf(state, event.liquidation);
  const liquidator = outsider(state, event.liquidator);
  assert(liquidation.route?.method === 'direct', 'INV-3', 'a take from who was not open to it');
  assert(liquidator.owner !== account.owner, 'INV-3', 'an owner liquidated itself');
  assert(liquidator.liquidation === null, 'INV-3', 'a liquidator was in liquidation itself');
  const margin = accountMargin(state, account);
  const goesOn = goesOnRestored(state, liquidation) || !isRestored(state, margin);
  assert(goesOn, 'INV-3', 'a take from an account beyond its release margin');
  const market = marketNumber(state, event.market);
  const position = positionIn(account, market);
  const { sizeDelta } = event.liquidated;
  const closes =
    position !== undefined &&
    sign(position.size) === -sign(sizeDelta) &&
    lte(abs(sizeDelta), abs(position.size));
  assert(closes, 'INV-3', 'a take did more than close');
  const after = accountMargin(state, accountAfter(account, market, event.liquidated, state));
  const released = sub(margin.maintenanceMargin, after.maintenanceMargin);
  const penalty = legPenaltyFraction(state, state.markets[market]!, margin);
  const cost = add(event.bonus, mulUp(event.notional, penalty));
  assert(lte(cost, add(released, ROUNDING)), 'INV-4', 'a take would not lower the margin deficit');
  const lost = sub(margin.equity, after.equity);
  assert(lte(lost, add(event.bonus, ROUNDING)), 'INV-4', 'a take cost more than its bonus');
  if (isZero(event.bonus)) return;
  const own = sub(after.equity, liquidation.coverPaid);
  assert(!isNegative(own), 'INV-9', 'a bonus was more than the account had');
}

/** A debt is repaid to the unit, for no more than it is worth with its bonus. */
export function debtRepaidDirectly(state: PoolView, event: EventOf<'DebtRepaidDirectly'>): void {
  const { liquidation, account } = partiesOf(state, event.liquidation);
  const liquidator = outsider(state, event.liquidator);
  assert(liquidation.route?.method === 'direct', 'INV-3', 'a take from who was not open to it');
  assert(liquidator.owner !== account.owner, 'INV-3', 'an owner liquidated itself');
  assert(liquidator.liquidation === null, 'INV-3', 'a liquidator was in liquidation itself');
  assert(account.positions.length === 0, 'INV-3', 'a debt was closed before the positions');
  const margin = accountMargin(state, account);
  const goesOn = isCovered(liquidation) || !isRestored(state, margin);
  assert(goesOn, 'INV-3', 'a debt was closed beyond the release margin');
  const after = accountMargin(state, accountRepaid(state, account, event));
  const slack = repaymentSlack(event);
  const kept = add(after.marginEquity, slack);
  assert(lte(margin.marginEquity, kept), 'INV-4', 'a repayment lowered margin equity');
  const whole = add(after.equity, slack);
  const isPaid = !isNegative(after.equity) || (isZero(event.bonus) && lte(margin.equity, whole));
  assert(isPaid, 'INV-9', 'a bonus was more than the account had');
}

function accountRepaid(
  state: PoolView,
  account: AccountView,
  event: EventOf<'DebtRepaidDirectly'>,
): AccountView {
  const found = deskOf(state, event.debtAsset);
  if (found === null) assert(false, 'INV-14', `no desk lends ${event.debtAsset}`);
  const { number, desk } = found;
  const owed = sharesAt(account.debts, number);
  const within = isPositive(event.shares) && lte(event.shares, owed);
  assert(within, 'INV-14', 'more was closed than the account owes');
  const amount = amountOfSharesUp(event.shares, desk.debtIndex);
  assert(eq(event.amount, amount), 'INV-14', 'a debt was closed for another amount than it is');
  const asset = state.numbers.assets.get(event.collateralAsset);
  const held = account.collaterals.find((holding) => holding.asset === asset);
  const has = held !== undefined && !isNegative(event.seized) && lte(event.seized, held.amount);
  assert(has, 'INV-3', 'more was seized than the account holds');
  const left = { asset: held!.asset, amount: sub(held!.amount, event.seized) };
  const others = account.collaterals.filter((holding) => holding !== held);
  return {
    ...account,
    debts: withShares(account.debts, number, neg(event.shares)),
    collaterals: isZero(left.amount) ? others : [...others, left],
  };
}

export function priorityAwarded(state: PoolView, event: EventOf<'PriorityAwarded'>): void {
  const { liquidation } = partiesOf(state, event.liquidation);
  const { accountProceeds, insuranceContribution, payment, winner } = event;
  const shared = add(accountProceeds, insuranceContribution);
  assert(eq(shared, payment), 'INV-7', 'a payment for priority was not passed on exactly');
  const parts = !isNegative(accountProceeds) && !isNegative(insuranceContribution);
  assert(parts, 'INV-7', 'a payment for priority was split into less than nothing');
  if (winner === null) {
    assert(isZero(payment), 'INV-7', 'nobody paid for priority');
    return;
  }
  const number = accountNumber(state, winner);
  const own = liquidation.priority?.bids.find(({ bidder }) => bidder === number);
  assert(own !== undefined && eq(own.amount, payment), 'INV-7', 'a winner paid not its bid');
  assert(lte(payment, state.accounts[number]!.balance), 'INV-9', 'a winner paid what it has not');
  const beaten = event.bids.every(({ amount, payable }) => !payable || !gt(amount, payment));
  assert(beaten, 'INV-7', 'priority did not go to the highest bid');
}

/** Only the finder is rewarded, and gets no more than it was promised. */
export function penaltyCharged(state: PoolView, event: EventOf<'PenaltyCharged'>): void {
  const { liquidation } = partiesOf(state, event.liquidation);
  const { keeper, keeperReward } = event;
  const { finder } = liquidation;
  if (keeper === null) {
    assert(isZero(keeperReward), 'INV-7', 'nobody was rewarded for finding an account');
    return;
  }
  const named = finder !== null && state.accounts[finder.account]!.id === keeper;
  assert(named, 'INV-7', 'somebody was rewarded who did not find the account');
  assert(lte(keeperReward, finder!.due), 'INV-7', 'a finder got more than it was promised');
}

export function finderNamed(state: PoolView, event: EventOf<'FinderNamed'>): void {
  const { liquidation, account } = partiesOf(state, event.liquidation);
  const untouched = liquidation.finder === null && liquidation.steps === 0;
  assert(untouched, 'INV-7', 'a liquidation was found twice');
  assert(outsider(state, event.finder).owner !== account.owner, 'INV-7', 'an owner found itself');
  assert(!isNegative(event.due), 'INV-7', 'a finder was promised less than nothing');
  if (!isPositive(event.marginEquity)) {
    assert(isZero(event.due), 'INV-7', 'a finder was promised what no margin backs');
  }
}
