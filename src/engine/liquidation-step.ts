/**
 * Which rung of the disposal ladder a running liquidation stands on, as a pure function of the
 * state. `dueWork` and the decision on `StepLiquidation` ask the same question here.
 * @module
 */
import { isNegative, isPositive, neg } from '../units/index.ts';
import { legsBySize } from './account-legs.ts';
import { cancelReason } from './cancel-reason.ts';
import { closeOutSettings } from './close-out-settings.ts';
import { collateralConversion } from './collateral-conversion.ts';
import { gateClosedForMarket } from './gates.ts';
import {
  goesOnRestored,
  holdsDust,
  insuranceCover,
  isDoneWithoutPositions,
  isExhausted,
  isRestored,
} from './liquidation-release.ts';
import { accountMargin, pricesValid } from './margin.ts';
import { type RouteMoment, routeRung } from './routes/index.ts';
import { needlessRoute } from './routes/rung.ts';
import { type AccountView, type LiquidationView, type PoolView, poolParameters } from './state.ts';

export type Rung =
  /** Nothing can be done until a price, a fill, a buyer or time arrives. */
  | 'wait'
  | 'expire-order'
  | 'cancel-order'
  /** Release margin is met, or nothing is left. */
  | 'end'
  | 'convert-collateral'
  | 'settle-bad-debt'
  | 'cover-deficit'
  | 'decide-takeover'
  | 'deleverage'
  | 'close-on-book'
  /** The same three for a pool with a ladder of its own. */
  | 'choose-route'
  | 'take-route'
  | 'leave-route';

export type LiquidationStep = RouteMoment & { readonly rung: Rung };

export function liquidationStep(state: PoolView, liquidation: LiquidationView): LiquidationStep {
  const account = state.accounts[liquidation.account]!;
  const margin = accountMargin(state, account);
  const moment = { liquidation, account, margin };
  return { ...moment, rung: rungOf(state, moment) };
}

function rungOf(state: PoolView, moment: RouteMoment): Rung {
  const { liquidation, account, margin } = moment;
  if (liquidation.order !== null) return orderRung(state, moment);
  if (state.timeMs < liquidation.notBeforeMs || !pricesValid(state, account)) return 'wait';
  if (needlessRoute(state, moment) !== null) return 'leave-route';
  if (account.positions.length === 0) return rungWithoutPositions(state, moment);
  if (isNegative(margin.equity)) {
    if (convertible(state, moment)) return 'convert-collateral';
    if (isPositive(insuranceCover(state, liquidation, neg(margin.equity)))) return 'cover-deficit';
    return liquidation.takeover ? deleverageRung(state, account) : 'decide-takeover';
  }
  if (!goesOnRestored(state, liquidation) && isRestored(state, margin)) return 'end';
  if (liquidation.takeover) return deleverageRung(state, account);
  return closingRung(state, moment);
}

/** Below zero without positions: sell what is held, then recognise what is still owed. */
function rungWithoutPositions(state: PoolView, moment: RouteMoment): Rung {
  const { account, margin } = moment;
  if (isDoneWithoutPositions(state, moment)) return 'end';
  const indebted = account.debts.length > 0;
  if (account.collaterals.length === 0) return indebted ? 'wait' : 'settle-bad-debt';
  const laddered = ladderRung(state, moment);
  if (laddered !== null) return laddered;
  if (indebted) return 'wait';
  if (convertible(state, moment)) return 'convert-collateral';
  if (!holdsDust(state, account)) return 'wait';
  // Dust that nobody came for keeps neither a loss from being recognized nor a liquidation alive.
  if (isRestored(state, margin)) return 'end';
  return isNegative(margin.equity) ? 'settle-bad-debt' : 'wait';
}

/** The ways of the pool's ladder, if it has one; null where none is left. */
function ladderRung(state: PoolView, moment: RouteMoment): Rung | null {
  const { routing } = state;
  const exhausted = moment.liquidation.steps >= poolParameters(state).closeOutStepsMax;
  return routing === null || exhausted ? null : (routeRung(state, routing, moment)?.rung ?? null);
}

const convertible = (state: PoolView, { account, liquidation }: RouteMoment): boolean =>
  collateralConversion(state, account, liquidation.coverPaid) !== null;

/** The book as long as it takes anything; or the pool's ladder, rung by rung. */
function closingRung(state: PoolView, moment: RouteMoment): Rung {
  const { liquidation } = moment;
  if (liquidation.steps >= poolParameters(state).closeOutStepsMax) return 'decide-takeover';
  if (state.routing !== null) {
    return routeRung(state, state.routing, moment)?.rung ?? 'decide-takeover';
  }
  return isExhausted(state, liquidation) ? 'decide-takeover' : 'close-on-book';
}

/** An order stays until it is filled, out of time, or no longer what the account needs. */
function orderRung(state: PoolView, moment: RouteMoment): Rung {
  const { expiresAtMs, canceling } = moment.liquidation.order!;
  if (state.timeMs >= expiresAtMs + closeOutSettings(state).reportGraceMs) return 'expire-order';
  if (canceling || !pricesValid(state, moment.account)) return 'wait';
  return cancelReason(state, moment) === null ? 'wait' : 'cancel-order';
}

/** Nothing is deleveraged in a market where nothing may be taken. */
function deleverageRung(state: PoolView, account: AccountView): Rung {
  const { position } = legsBySize(state, account)[0]!;
  return gateClosedForMarket(state, 'takes', position.market) ? 'wait' : 'deleverage';
}
