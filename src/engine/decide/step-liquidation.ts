/** One bounded step of one running liquidation. @module */
import { socializedLoss, unrealizedPnl } from '../../risk/index.ts';
import {
  type AccountId,
  abs,
  add,
  assert,
  type EngineTimeMs,
  eq,
  isNegative,
  isPositive,
  type Money,
  min,
  neg,
  sub,
  ZERO_MONEY,
} from '../../units/index.ts';
import { cancelReason } from '../cancel-reason.ts';
import { collateralConversion } from '../collateral-conversion.ts';
import { isCovered, isExhausted } from '../liquidation-release.ts';
import { type LiquidationStep, liquidationStep } from '../liquidation-step.ts';
import { accountMargin, marginPosition, pricesValid } from '../margin.ts';
import type { CommandOf, EventOf, Outcome } from '../schema/index.ts';
import { type AccountView, type LiquidationView, type PoolView, poolParameters } from '../state.ts';
import { insuranceCover } from '../waterfall.ts';
import { debtClosed, interestCaughtUp, supplyConverted, supplyReleased } from './close-debt.ts';
import { closeOnBook, takeover } from './close-on-book.ts';
import { coverRepaid, deficitCovered } from './cover-deficit.ts';
import { deleverage } from './deleverage.ts';
import { accepted, rejected } from './outcome.ts';
import { leaveRoute, leavingReason, routeChosen, takeRoute } from './routes/index.ts';

export function stepLiquidation(
  state: PoolView,
  command: CommandOf<'StepLiquidation'>,
  time: EngineTimeMs,
): Outcome {
  const liquidation = state.liquidations.get(command.liquidation);
  if (liquidation === undefined) {
    return rejected('LIQUIDATION_NOT_DUE', { liquidation: command.liquidation });
  }
  const step = liquidationStep(state, liquidation);
  switch (step.rung) {
    case 'wait':
      return rejected('LIQUIDATION_NOT_DUE', { liquidation: command.liquidation });
    case 'expire-order':
      return accepted(orderExpired(liquidation));
    case 'cancel-order':
      return accepted(cancelRequested(state, step));
    case 'end':
      return accepted(...coverRepaid(state, step, time), ended(step));
    case 'convert-collateral':
      return accepted(collateralConverted(state, step));
    case 'release-supply':
      return accepted(supplyReleased(state, step));
    case 'convert-supply':
      return accepted(supplyConverted(state, step));
    case 'accrue-interest':
      return accepted(...interestCaughtUp(state, step, time));
    case 'close-debt':
      return accepted(...debtClosed(state, step, time));
    case 'settle-bad-debt':
      return accepted(...badDebtSettled(state, step));
    case 'decide-takeover':
      return accepted(takeover(step, takeoverReason(state, step)));
    case 'cover-deficit':
      return accepted(...deficitCovered(state, step, time));
    case 'deleverage':
      return accepted(...deleverage(state, step));
    case 'close-on-book':
      return accepted(...closeOnBook(state, step, time));
    case 'choose-route':
      return accepted(routeChosen(state, step, time));
    case 'take-route':
      return accepted(...takeRoute(state, step, time));
    case 'leave-route':
      return accepted(...leaveRoute(state, step, leavingReason(state, step)));
  }
}

function orderExpired({ order, liquidation }: LiquidationView): EventOf<'OrderFinished'> {
  assert(order !== null, 'ORDER', 'an order to expire');
  const unfilled = abs(sub(order.size, order.filled));
  return { type: 'OrderFinished', order: order.order, liquidation, reason: 'expired', unfilled };
}

function cancelRequested(state: PoolView, step: LiquidationStep): EventOf<'OrderCancelRequested'> {
  const { liquidation } = step;
  const reason = cancelReason(state, step);
  assert(reason !== null && liquidation.order !== null, 'ORDER', 'an order to cancel');
  const { order } = liquidation.order;
  return { type: 'OrderCancelRequested', liquidation: liquidation.liquidation, order, reason };
}

function ended({ account, margin, liquidation }: LiquidationStep): EventOf<'LiquidationEnded'> {
  const closed = account.positions.length === 0 && account.debts.length === 0;
  return {
    type: 'LiquidationEnded',
    liquidation: liquidation.liquidation,
    account: account.id,
    outcome: isCovered(liquidation) ? 'bankrupt' : closed ? 'closed' : 'restored',
    equity: margin.equity,
    marginEquity: margin.marginEquity,
    maintenanceMargin: margin.maintenanceMargin,
    steps: liquidation.steps,
  };
}

function takeoverReason(
  state: PoolView,
  { margin, liquidation }: LiquidationStep,
): EventOf<'TakeoverDecided'>['reason'] {
  if (isNegative(margin.equity)) return 'bankrupt';
  const { bookAttemptsMax, closeOutStepsMax } = poolParameters(state);
  if (state.routing !== null) {
    return liquidation.steps >= closeOutStepsMax ? 'steps-exhausted' : 'routes-exhausted';
  }
  assert(isExhausted(state, liquidation), 'TAKEOVER', 'a takeover needs a reason');
  return liquidation.attempts >= bookAttemptsMax ? 'book-exhausted' : 'steps-exhausted';
}

function collateralConverted(
  state: PoolView,
  { account, liquidation }: LiquidationStep,
): EventOf<'CollateralConverted'> {
  const conversion = collateralConversion(state, account, liquidation.coverPaid);
  assert(conversion !== null, 'CONVERSION', 'a conversion to make');
  const { buyer, asset, amount, indexPrice, weight, proceeds } = conversion;
  return {
    type: 'CollateralConverted',
    liquidation: liquidation.liquidation,
    account: account.id,
    buyer: buyer.id,
    asset: state.assets[asset]!.parameters.asset,
    amount,
    indexPrice,
    weight,
    proceeds,
  };
}

/** The fund first, then profits pro rata, then nobody: recorded, and repaid when the fund can. */
function badDebtSettled(
  state: PoolView,
  step: LiquidationStep,
): [EventOf<'BadDebtSettled'>, EventOf<'LiquidationEnded'>] {
  const { account, liquidation } = step;
  const badDebt = neg(account.balance);
  const insurancePaid = insuranceCover(state, liquidation, badDebt);
  const loss = sub(badDebt, insurancePaid);
  const shares = socializedLoss({ loss, accounts: isPositive(loss) ? profits(state) : [] });
  const socialized = shares.allocations.filter(({ amount }) => isPositive(amount));
  const settled: EventOf<'BadDebtSettled'> = {
    type: 'BadDebtSettled',
    liquidation: liquidation.liquidation,
    account: account.id,
    badDebt,
    insurancePaid,
    socialized,
    unallocated: shares.unallocated,
  };
  const borne = socialized.reduce((sum, { amount }) => add(sum, amount), insurancePaid);
  assert(eq(add(borne, settled.unallocated), badDebt), 'INV-7', 'bad debt was not borne exactly');
  const { equity, marginEquity, maintenanceMargin } = step.margin;
  // What is left is nothing, or dust of collateral that nobody came for.
  const left = {
    equity: add(equity, badDebt),
    marginEquity: add(marginEquity, badDebt),
    maintenanceMargin,
  };
  return [settled, { ...ended(step), ...left, outcome: 'bankrupt', steps: liquidation.steps + 1 }];
}

/**
 * Unrealized profits that may bear a loss: never more than the account has, so that principal
 * stays untouched and nobody is made bankrupt by somebody else's loss.
 */
function profits(state: PoolView): { account: AccountId; unrealizedPnl: Money }[] {
  const bearers: { account: AccountId; unrealizedPnl: Money }[] = [];
  for (const account of state.accounts) {
    if (account.liquidation !== null || account.positions.length === 0) continue;
    // A profit that no valid price confirms is not there to be shared.
    if (!pricesValid(state, account)) continue;
    const profit = min(accountProfit(state, account), accountMargin(state, account).equity);
    if (isPositive(profit)) bearers.push({ account: account.id, unrealizedPnl: profit });
  }
  return bearers;
}

function accountProfit(state: PoolView, account: AccountView): Money {
  return account.positions.reduce(
    (sum, position) => add(sum, unrealizedPnl(marginPosition(state, position))),
    ZERO_MONEY,
  );
}
