/** Decisions on lending to a desk and taking back, on borrowing from it and repaying. @module */
import {
  amountOfSharesDown,
  amountOfSharesUp,
  debtRepayment,
  sharesOfAmountDown,
  sharesOfAmountUp,
} from '../../risk/index.ts';
import {
  type Amount,
  add,
  type EngineTimeMs,
  formatDecimal,
  gt,
  gte,
  isPositive,
  isZero,
  lt,
  min,
  valueUp,
  ZERO_PRICE,
} from '../../units/index.ts';
import { gateClosedForAccount } from '../gates.ts';
import { deskAt, interestUntil, withDesk } from '../interest.ts';
import {
  deskOf,
  deskPrice,
  reckonedAmount,
  sharesAt,
  totalDebt,
  withHolding,
  withShares,
} from '../lending.ts';
import { isModerateSum, isReckonableAmount, MONEY_MAX_TEXT } from '../limits.ts';
import { ownAmount } from '../links.ts';
import { pricesValid } from '../margin.ts';
import { holdsDoubtfulPrice } from '../price-validity.ts';
import { riskMargin } from '../risk-margin.ts';
import type { CommandOf, Event, EventOf, Outcome } from '../schema/index.ts';
import type { AccountView, DeskView, PoolView } from '../state.ts';
import { accepted, rejected } from './outcome.ts';

/** An account at a desk whose interest is accrued up to the moment of the decision. */
type AtDesk = {
  readonly account: AccountView;
  readonly number: number;
  readonly desk: DeskView;
  readonly accrued: EventOf<'InterestAccrued'> | null;
};

type LendingCommand = CommandOf<'SupplyAsset' | 'RedeemSupply' | 'Borrow' | 'Repay'>;

/** Whoever comes to a desk, and why it may not. */
function atDesk(
  state: PoolView,
  command: LendingCommand,
  time: EngineTimeMs,
): { readonly at: AtDesk } | { readonly problem: Outcome } {
  const { account, asset, amount } = command;
  if (amount !== null && !isPositive(amount)) {
    return { problem: rejected('NOT_POSITIVE', { amount: formatDecimal(amount) }) };
  }
  const own = state.numbers.accounts.get(account);
  if (own === undefined) return { problem: rejected('ACCOUNT_UNKNOWN', { account }) };
  const found = deskOf(state, asset);
  if (found === null) return { problem: rejected('LENDING_UNKNOWN', { asset }) };
  const { number, desk } = found;
  const accrued = interestUntil(desk, time);
  return { at: { account: state.accounts[own]!, number, desk: deskAt(desk, accrued), accrued } };
}

/** Interest first: what follows was decided on the indexes that it leads to. */
const afterInterest = ({ accrued }: AtDesk, ...events: readonly Event[]): Outcome =>
  accepted(...(accrued === null ? [] : [accrued]), ...events);

const inLiquidation = ({ id, liquidation }: AccountView): Outcome | null =>
  liquidation === null ? null : rejected('ACCOUNT_IN_LIQUIDATION', { account: id });

/** An isolated position stands for itself: its collateral is not lent and it owes nobody. */
const isolated = ({ id, parent }: AccountView): Outcome | null =>
  parent === null ? null : rejected('ACCOUNT_ISOLATED', { account: id });

export function supplyAsset(
  state: PoolView,
  command: CommandOf<'SupplyAsset'>,
  time: EngineTimeMs,
): Outcome {
  const found = atDesk(state, command, time);
  if ('problem' in found) return found.problem;
  const { account, desk } = found.at;
  const held = ownAmount(state, account, desk.asset);
  const amount = command.amount ?? held;
  const { asset } = command;
  const problem = isolated(account) ?? inLiquidation(account);
  if (problem !== null) return problem;
  if (!isPositive(amount) || gt(amount, held)) {
    return rejected('BALANCE_INSUFFICIENT', { account: account.id, asset });
  }
  const shares = sharesOfAmountDown(amount, desk.supplyIndex);
  if (isZero(shares)) return rejected('AMOUNT_TOO_SMALL', { amount: formatDecimal(amount) });
  const { supplyIndex } = desk;
  return afterInterest(found.at, {
    type: 'AssetSupplied',
    account: account.id,
    asset,
    amount,
    shares,
    supplyIndex,
  });
}

/** What is lent counts as what is held: taking it back needs cash and no margin. */
export function redeemSupply(
  state: PoolView,
  command: CommandOf<'RedeemSupply'>,
  time: EngineTimeMs,
): Outcome {
  const found = atDesk(state, command, time);
  if ('problem' in found) return found.problem;
  const { account, desk, number } = found.at;
  const blocked = inLiquidation(account);
  if (blocked !== null) return blocked;
  const { asset } = command;
  const { supplyIndex, cash } = desk;
  const own = sharesAt(account.supplies, number);
  const shares = command.amount === null ? own : sharesOfAmountUp(command.amount, supplyIndex);
  const amount = command.amount ?? amountOfSharesDown(own, supplyIndex);
  if (isZero(own) || gt(shares, own)) {
    return rejected('SUPPLY_INSUFFICIENT', { account: account.id, asset });
  }
  if (gt(amount, cash)) {
    return rejected('DESK_CASH_INSUFFICIENT', { asset, cash: formatDecimal(cash) });
  }
  return afterInterest(found.at, {
    type: 'SupplyRedeemed',
    account: account.id,
    asset,
    amount,
    shares,
    supplyIndex,
  });
}

export function borrow(state: PoolView, command: CommandOf<'Borrow'>, time: EngineTimeMs): Outcome {
  const found = atDesk(state, command, time);
  if ('problem' in found) return found.problem;
  const { account, desk, number } = found.at;
  const { amount, asset } = command;
  const refused = isolated(account) ?? inLiquidation(account);
  if (refused !== null) return refused;
  const { debtIndex, cash } = desk;
  // More than there is is refused below, whatever number it is: it is not reckoned with.
  const lent = min(amount, cash);
  const shares = sharesOfAmountUp(lent, debtIndex);
  const after = {
    ...withHolding(account, desk, lent),
    debts: withShares(account.debts, number, shares),
  };
  if (!pricesValid(state, after) || holdsDoubtfulPrice(state, account)) {
    return rejected('PRICE_UNAVAILABLE', { account: account.id });
  }
  // Where nobody may be liquidated nobody takes on risk.
  if (gateClosedForAccount(state, 'liquidations', account)) {
    return rejected('GATE_CLOSED', { gate: 'liquidations', account: account.id });
  }
  if (gt(amount, cash)) {
    return rejected('DESK_CASH_INSUFFICIENT', { asset, cash: formatDecimal(cash) });
  }
  const borrowMax = brokenBorrowCap(state, desk, amount);
  if (borrowMax !== null) return rejected('BORROW_CAP_EXCEEDED', { asset, borrowMax });
  const owed = amountOfSharesUp(sharesAt(after.debts, number), debtIndex);
  const problem = smallDebt(state, desk, owed);
  if (problem !== null) return problem;
  const margin = riskMargin(withDesk(state, number, desk), after);
  if (lt(margin.initialEquity, margin.initialMargin)) {
    return rejected('INITIAL_MARGIN_NOT_MET', {
      account: account.id,
      initialEquity: formatDecimal(margin.initialEquity),
      initialMargin: formatDecimal(margin.initialMargin),
    });
  }
  return afterInterest(found.at, {
    type: 'Borrowed',
    account: account.id,
    asset,
    amount,
    shares,
    debtIndex,
  });
}

/** The cap that all debts to a desk would exceed with `amount` more; null if none. */
function brokenBorrowCap(state: PoolView, desk: DeskView, amount: Amount): string | null {
  const { asset } = desk;
  const { borrowMax } = desk.parameters;
  if (!isModerateSum(totalDebt(desk), amount)) return MONEY_MAX_TEXT;
  if (borrowMax !== null && gt(add(totalDebt(desk), amount), borrowMax)) {
    return formatDecimal(borrowMax);
  }
  if (asset === null) return null;
  const reckoned = add(reckonedAmount(state, asset), amount);
  return isReckonableAmount(reckoned, deskPrice(state, desk) ?? ZERO_PRICE) ? null : MONEY_MAX_TEXT;
}

/** A debt too small to be worth anybody's while is not left. */
function smallDebt(state: PoolView, desk: DeskView, owed: Amount): Outcome | null {
  const { asset, debtMin } = desk.parameters;
  const worth = valueUp(owed, deskPrice(state, desk) ?? ZERO_PRICE);
  if (isZero(owed) || gte(worth, debtMin)) return null;
  return rejected('DEBT_TOO_SMALL', { asset, debtMin: formatDecimal(debtMin) });
}

export function repay(state: PoolView, command: CommandOf<'Repay'>, time: EngineTimeMs): Outcome {
  const found = atDesk(state, command, time);
  if ('problem' in found) return found.problem;
  const { account, desk, number } = found.at;
  const { asset } = command;
  const { debtIndex } = desk;
  const debtShares = sharesAt(account.debts, number);
  if (isZero(debtShares)) return rejected('NOTHING_OWED', { account: account.id, asset });
  const amount = command.amount ?? amountOfSharesUp(debtShares, debtIndex);
  const { amountPaid, sharesRepaid, debtSharesLeft } = debtRepayment({
    amount,
    debtShares,
    debtIndex,
  });
  if (gt(amountPaid, ownAmount(state, account, desk.asset))) {
    return rejected('BALANCE_INSUFFICIENT', { account: account.id, asset });
  }
  if (isZero(sharesRepaid)) {
    return rejected('AMOUNT_TOO_SMALL', { amount: formatDecimal(amount) });
  }
  const problem = smallDebt(state, desk, amountOfSharesUp(debtSharesLeft, debtIndex));
  if (problem !== null) return problem;
  return afterInterest(found.at, {
    type: 'Repaid',
    account: account.id,
    asset,
    amount: amountPaid,
    shares: sharesRepaid,
    debtIndex,
  });
}
