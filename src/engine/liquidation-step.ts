/**
 * Which rung of the disposal ladder a running liquidation stands on, as a pure function of the
 * state. `dueWork` and the decision on `StepLiquidation` ask the same question here.
 * @module
 */
import { isNegative, isPositive } from '../units/index.ts';
import { legsBySize } from './account-legs.ts';
import { cancelReason } from './cancel-reason.ts';
import { closeOutSettings } from './close-out-settings.ts';
import { collateralConversion } from './collateral-conversion.ts';
import { debtCloseOut, debtPaidByOwn } from './debt-close-out.ts';
import { gateClosedForMarket, gateClosedForPool } from './gates.ts';
import { isBehind } from './interest.ts';
import {
  goesOnRestored,
  holdsDust,
  isDoneWithoutPositions,
  isExhausted,
  isRestored,
} from './liquidation-release.ts';
import { sharesByOpenInterest } from './loss-sharing.ts';
import { accountMargin, pricesValid } from './margin.ts';
import { type RouteMoment, routeRung } from './routes/index.ts';
import { needlessRoute } from './routes/rung.ts';
import { type AccountView, type LiquidationView, type PoolView, poolParameters } from './state.ts';
import { supplyConversion, supplyRelease } from './supply-sale.ts';
import { coverOf, coverTotal, deficitOf } from './waterfall.ts';

export type Rung =
  /** Nothing can be done until a price, a fill, a buyer or time arrives. */
  | 'wait'
  | 'expire-order'
  | 'cancel-order'
  /** Release margin is met, or nothing is left. */
  | 'end'
  | 'convert-collateral'
  /** Claims on desks are paid out by them, or bought by the house. */
  | 'release-supply'
  | 'convert-supply'
  /** Before a debt is closed its desk catches up with its interest. */
  | 'accrue-interest'
  | 'close-debt'
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
    const selling = sellingRung(state, moment);
    if (selling !== null) return selling;
    if (isCoverable(state, moment)) return 'cover-deficit';
    return liquidation.takeover ? deleverageRung(state, account) : 'decide-takeover';
  }
  if (!goesOnRestored(state, liquidation) && isRestored(state, margin)) return 'end';
  if (liquidation.takeover) return deleverageRung(state, account);
  return closingRung(state, moment);
}

/** Without positions: close debts, sell what is held, then recognise what is still owed. */
function rungWithoutPositions(state: PoolView, moment: RouteMoment): Rung {
  const { account, margin } = moment;
  if (isDoneWithoutPositions(state, moment)) return 'end';
  const repaying = ownDebtRung(state, moment);
  if (repaying !== null) return repaying;
  const laddered = account.collaterals.length === 0 ? null : ladderRung(state, moment);
  if (laddered !== null) return laddered;
  if (account.debts.length > 0) return debtRung(state, moment);
  if (account.collaterals.length + account.supplies.length === 0) return lossRung(state, moment);
  const selling = sellingRung(state, moment);
  if (selling !== null) return selling;
  if (!holdsDust(state, account) || account.supplies.length > 0) return 'wait';
  // Dust that nobody came for keeps neither a loss from being recognized nor a liquidation alive.
  if (isRestored(state, margin)) return 'end';
  return isNegative(margin.equity) ? lossRung(state, moment) : 'wait';
}

/** A layer of the waterfall has something for what the account lacks. */
function isCoverable(state: PoolView, { liquidation, account, margin }: RouteMoment): boolean {
  return isPositive(coverTotal(coverOf(state, liquidation, deficitOf(account, margin.equity))));
}

/** Where there is more than the fund, each layer pays in an event of its own before others do. */
function lossRung(state: PoolView, moment: RouteMoment): Rung {
  const layered = state.waterfall !== null || sharesByOpenInterest(state);
  return layered && isCoverable(state, moment) ? 'cover-deficit' : 'settle-bad-debt';
}

/** The ways of the pool's ladder, if it has one; null where none is left. */
function ladderRung(state: PoolView, moment: RouteMoment): Rung | null {
  const { routing } = state;
  const exhausted = moment.liquidation.steps >= poolParameters(state).closeOutStepsMax;
  return routing === null || exhausted ? null : (routeRung(state, routing, moment)?.rung ?? null);
}

/** What costs nothing comes before any way out: paying with what is owed, or with money. */
function ownDebtRung(state: PoolView, moment: RouteMoment): Rung | null {
  const { debts, supplies } = moment.account;
  if (debts.length === 0) return null;
  const desks = [...debts, ...supplies].map(({ desk }) => state.desks[desk]!);
  if (desks.some((desk) => isBehind(desk, state.timeMs))) return 'accrue-interest';
  if (takesClosedForPool(state) || debtPaidByOwn(state, moment) === null) return null;
  return 'close-debt';
}

/** What is left of it by way of the house. */
function debtRung(state: PoolView, moment: RouteMoment): Rung {
  if (takesClosedForPool(state)) return 'wait';
  if (debtCloseOut(state, moment) !== null) return 'close-debt';
  return supplyRelease(state, moment.account) === null ? 'wait' : 'release-supply';
}

const takesClosedForPool = (state: PoolView): boolean =>
  gateClosedForPool(state, 'close-outs') || gateClosedForPool(state, 'takes');

/** What is held first, then what desks pay out, then claims on those that cannot. */
function sellingRung(state: PoolView, { account, liquidation }: RouteMoment): Rung | null {
  const { coverPaid } = liquidation;
  if (collateralConversion(state, account, coverPaid) !== null) return 'convert-collateral';
  if (account.supplies.length === 0) return null;
  if (supplyRelease(state, account) !== null) return 'release-supply';
  return supplyConversion(state, account, coverPaid) === null ? null : 'convert-supply';
}

/** The book as long as it takes anything; or the pool's ladder, rung by rung. */
function closingRung(state: PoolView, moment: RouteMoment): Rung {
  if (state.routing !== null) return ladderRung(state, moment) ?? 'decide-takeover';
  return isExhausted(state, moment.liquidation) ? 'decide-takeover' : 'close-on-book';
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
