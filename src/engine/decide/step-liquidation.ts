/** One bounded step of one running liquidation. @module */
import { abs, assert, type EngineTimeMs, isNegative, sub } from '../../units/index.ts';
import { cancelReason } from '../cancel-reason.ts';
import { collateralConversion } from '../collateral-conversion.ts';
import { isExhausted } from '../liquidation-release.ts';
import { type LiquidationStep, liquidationStep } from '../liquidation-step.ts';
import type { CommandOf, EventOf, Outcome } from '../schema/index.ts';
import { type LiquidationView, type PoolView, poolParameters } from '../state.ts';
import { debtClosed, interestCaughtUp, supplyConverted, supplyReleased } from './close-debt.ts';
import { closeOnBook, takeover } from './close-on-book.ts';
import { coverRepaid, deficitCovered } from './cover-deficit.ts';
import { deleverage } from './deleverage.ts';
import { ended } from './liquidation-ended.ts';
import { accepted, rejected } from './outcome.ts';
import { leaveRoute, leavingReason, routeChosen, takeRoute } from './routes/index.ts';
import { badDebtSettled } from './settle-bad-debt.ts';

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
