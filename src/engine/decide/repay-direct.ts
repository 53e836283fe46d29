/** Decision on a liquidator who repays a debt of an account for its collateral. @module */
import {
  add,
  type EngineTimeMs,
  formatDecimal,
  gt,
  gte,
  isNegative,
  isPositive,
  isZero,
  lt,
  neg,
  ZERO_AMOUNT,
} from '../../units/index.ts';
import { afterInterest, interestOf } from '../accrued-desks.ts';
import { sharesPaidBy } from '../debt-size.ts';
import {
  type DirectDebt,
  type DirectRepayment,
  directDebt,
  directRepayment,
  isAdmissibleRepayment,
} from '../direct-debt.ts';
import { gateClosedForPool } from '../gates.ts';
import { deskOf, withHolding, withShares } from '../lending.ts';
import { isModerate, MONEY_MAX_TEXT } from '../limits.ts';
import { ownAmount } from '../links.ts';
import { accountMargin, pricesValid } from '../margin.ts';
import { riskMargin } from '../risk-margin.ts';
import type { CommandOf, Event, Outcome } from '../schema/index.ts';
import type { AccountView, PoolView } from '../state.ts';
import { type Opening, openingOf, openingProblem } from './direct-opening.ts';
import { accepted, rejected } from './outcome.ts';
import { healthOf } from './taken-over.ts';

type RepayDirect = CommandOf<'RepayDirect'>;

export function repayDirect(state: PoolView, command: RepayDirect, time: EngineTimeMs): Outcome {
  const unlawful = shapeProblem(command) ?? nameProblem(state, command);
  if (unlawful !== null) return unlawful;
  // What is owed is what it has grown to by now.
  const owing = state.accounts[state.numbers.accounts.get(command.account)!]!;
  const interest = interestOf(state, owing, time);
  const now = afterInterest(state, interest);
  const opening = openingOf(now, command);
  if (opening === null) return rejected('NOT_OPEN_TO_LIQUIDATORS', { account: command.account });
  const closed =
    openingProblem(now, { take: command, opening, time }) ?? tradeProblem(now, command, opening);
  if (closed !== null) return closed;
  const terms = termsOf(now, command, opening);
  if (terms === null) return rejected('TAKE_OUT_OF_RANGE', { most: '0' });
  const repayment = directRepayment(terms, sharesPaidBy(terms.owed, command.repay));
  const decided = { command, opening, terms, repayment };
  const unmet = repaymentProblem(now, decided) ?? marginProblem(now, decided);
  return unmet ?? accepted(...interest, repaid(now, decided));
}

function shapeProblem({ repay, seizeMin }: RepayDirect): Outcome | null {
  if (!isPositive(repay)) return rejected('NOT_POSITIVE', { repay: formatDecimal(repay) });
  const expected = `from 0 to ${MONEY_MAX_TEXT}`;
  if (!isModerate(repay)) return rejected('INVALID_PARAMETER', { parameter: 'repay', expected });
  if (!isNegative(seizeMin) && isModerate(seizeMin)) return null;
  return rejected('INVALID_PARAMETER', { parameter: 'seizeMin', expected });
}

function nameProblem(state: PoolView, command: RepayDirect): Outcome | null {
  const { debtAsset, collateralAsset } = command;
  for (const account of [command.liquidator, command.account]) {
    if (!state.numbers.accounts.has(account)) return rejected('ACCOUNT_UNKNOWN', { account });
  }
  if (deskOf(state, debtAsset) === null) return rejected('LENDING_UNKNOWN', { asset: debtAsset });
  if (state.numbers.assets.has(collateralAsset)) return null;
  return rejected('ASSET_UNKNOWN', { asset: collateralAsset });
}

function tradeProblem(state: PoolView, command: RepayDirect, { moment }: Opening): Outcome | null {
  const { account } = moment;
  if (!pricesValid(state, account)) return rejected('PRICE_UNAVAILABLE', { account: account.id });
  if (gateClosedForPool(state, 'takes')) return rejected('GATE_CLOSED', { gate: 'takes' });
  const { number } = deskOf(state, command.debtAsset)!;
  if (account.debts.some(({ desk }) => desk === number)) return null;
  return rejected('NOTHING_OWED', { account: account.id, asset: command.debtAsset });
}

/** Null while there are positions, which are closed first, or where it holds none of the asset. */
function termsOf(
  state: PoolView,
  command: RepayDirect,
  { direct, moment }: Opening,
): DirectDebt | null {
  const { account } = moment;
  const { number } = deskOf(state, command.debtAsset)!;
  const asset = state.numbers.assets.get(command.collateralAsset)!;
  const debt = account.debts.find(({ desk }) => desk === number)!;
  const holding = account.collaterals.find((held) => held.asset === asset);
  if (account.positions.length > 0 || holding === undefined) return null;
  return directDebt(state, { direct, moment, debt, holding });
}

type Decided = {
  readonly command: RepayDirect;
  readonly opening: Opening;
  readonly terms: DirectDebt;
  readonly repayment: DirectRepayment;
};

function repaymentProblem(state: PoolView, decided: Decided): Outcome | null {
  const { command, opening, terms, repayment } = decided;
  const { repay, seizeMin, debtAsset } = command;
  if (isZero(repayment.shares)) {
    return rejected('AMOUNT_TOO_SMALL', { amount: formatDecimal(repay) });
  }
  if (!isAdmissibleRepayment(opening.direct, terms, repayment)) {
    return rejected('TAKE_OUT_OF_RANGE', {
      repay: formatDecimal(repay),
      most: formatDecimal(directRepayment(terms, terms.most).amount),
      notionalMin: formatDecimal(opening.direct.takeNotionalMin),
    });
  }
  if (lt(repayment.seized, seizeMin)) {
    return rejected('PRICE_BEYOND_LIMIT', {
      seized: formatDecimal(repayment.seized),
      seizeMin: formatDecimal(seizeMin),
    });
  }
  const own = ownAmount(state, opening.liquidator, terms.owed.desk.asset);
  if (!gt(repayment.amount, own)) return null;
  return rejected('BALANCE_INSUFFICIENT', { account: opening.liquidator.id, asset: debtAsset });
}

/** An account after the seized collateral was given to it, or taken from it. */
function withSeized(
  account: AccountView,
  { terms, repayment }: Decided,
  direction: 'given' | 'taken',
): AccountView {
  const { asset } = terms.holding;
  const { seized } = repayment;
  const held = account.collaterals.find((holding) => holding.asset === asset);
  const delta = direction === 'given' ? seized : neg(seized);
  const amount = add(held?.amount ?? ZERO_AMOUNT, delta);
  const others = account.collaterals.filter((holding) => holding.asset !== asset);
  const collaterals = isZero(amount) ? others : [...others, { asset, amount }];
  return { ...account, collaterals: collaterals.sort((a, b) => a.asset - b.asset) };
}

/** Collateral that changes hands counts for less than the money that paid for it. */
function marginProblem(state: PoolView, decided: Decided): Outcome | null {
  const { liquidator } = decided.opening;
  if (!pricesValid(state, liquidator)) {
    return rejected('PRICE_UNAVAILABLE', { account: liquidator.id });
  }
  const { owed } = decided.terms;
  const paid = withHolding(liquidator, owed.desk, neg(decided.repayment.amount));
  const after = riskMargin(state, withSeized(paid, decided, 'given'));
  if (gte(after.initialEquity, after.initialMargin)) return null;
  return rejected('INITIAL_MARGIN_NOT_MET', {
    account: liquidator.id,
    initialEquity: formatDecimal(after.initialEquity),
    initialMargin: formatDecimal(after.initialMargin),
  });
}

function repaid(state: PoolView, decided: Decided): Event {
  const { command, opening, terms, repayment } = decided;
  const { account, liquidation, margin } = opening.moment;
  const { debt, desk, price } = terms.owed;
  const debts = withShares(account.debts, debt.desk, neg(repayment.shares));
  const after = accountMargin(state, { ...withSeized(account, decided, 'taken'), debts });
  return {
    type: 'DebtRepaidDirectly',
    liquidation: liquidation.liquidation,
    account: account.id,
    liquidator: command.liquidator,
    debtAsset: command.debtAsset,
    ...repayment,
    debtIndex: desk.debtIndex,
    debtPrice: price,
    collateralAsset: command.collateralAsset,
    collateralPrice: terms.collateralPrice,
    bonusFraction: terms.bonusFraction,
    bonus: terms.bonus,
    before: healthOf(margin),
    after: healthOf(after),
  };
}
