/** When a running liquidation lets go of its account. @module */
import { collateralValueDown, type MarginSummary } from '../risk/index.ts';
import {
  add,
  cmpScaled,
  gt,
  isPositive,
  lt,
  type Money,
  mulUp,
  ONE_RATIO,
  type Ratio,
  sub,
  sum,
  ZERO_RATIO,
} from '../units/index.ts';
import { closeOutSettings } from './close-out-settings.ts';
import { marginCollateral } from './margin.ts';
import type { RouteMoment } from './routes/route.ts';
import { type AccountView, type LiquidationView, type PoolView, poolParameters } from './state.ts';

/**
 * What counts towards margin covers the release margin: what debts and positions require, times
 * the release ratio. Without debts that is margin equity against maintenance margin.
 */
export function isRestored(state: PoolView, margin: MarginSummary): boolean {
  const { marginEquity, maintenanceMargin, weightedDebt } = margin;
  const { releaseRatio } = poolParameters(state);
  const behind = add(marginEquity, weightedDebt);
  return cmpScaled(behind, add(maintenanceMargin, weightedDebt), releaseRatio) >= 0;
}

/** What is missing of the release margin, up; of a multiple beyond it where a buffer is asked. */
export function releaseDeficit(
  state: PoolView,
  { marginEquity, maintenanceMargin, weightedDebt }: MarginSummary,
  bufferFraction: Ratio = ZERO_RATIO,
): Money {
  const required = add(maintenanceMargin, weightedDebt);
  const ratio = add(poolParameters(state).releaseRatio, bufferFraction);
  return sub(mulUp(required, ratio), add(marginEquity, weightedDebt));
}

/** Margin equity that may stand against positions once debts have their part of the release. */
export function releaseEquity(state: PoolView, margin: MarginSummary): Money {
  const { marginEquity, weightedDebt } = margin;
  const { releaseRatio } = poolParameters(state);
  return sub(marginEquity, mulUp(weightedDebt, sub(releaseRatio, ONE_RATIO)));
}

/** The fund has paid into the account: all of it is closed, and a surplus goes back. */
export const isCovered = (liquidation: LiquidationView): boolean =>
  isPositive(liquidation.coverPaid);

/**
 * Being restored does not end it: it goes on until no position is left. Who was covered by the
 * fund does not go on with its money; who is closed whole by policy is so as long as the book
 * takes it, and never at the expense of others.
 */
export function goesOnRestored(state: PoolView, liquidation: LiquidationView): boolean {
  if (isCovered(liquidation)) return true;
  const whole = closeOutSettings(state).policy === 'everything';
  return whole && !liquidation.takeover && !isExhausted(state, liquidation);
}

/**
 * Without positions it is over once nothing is missing any more. What the fund paid is owed back as
 * long as the account still holds something.
 */
export function isDoneWithoutPositions(
  state: PoolView,
  { liquidation, account, margin }: RouteMoment,
): boolean {
  const covered = isCovered(liquidation);
  const owesFund = covered && gt(liquidation.coverPaid, account.balance);
  const holds = account.collaterals.length > 0 || account.supplies.length > 0;
  // With the fund's money in it no debt is kept either.
  const owesDesk = covered && account.debts.length > 0;
  return isRestored(state, margin) && !(owesFund && holds) && !owesDesk;
}

/** Collateral that is worth less than the smallest slice that an auction sells. */
export function holdsDust(state: PoolView, { collaterals }: AccountView): boolean {
  if (state.auctions === null || collaterals.length === 0) return false;
  const values = collaterals.map((held) => collateralValueDown(marginCollateral(state, held)));
  return lt(sum(values), state.auctions.sliceMin);
}

/** The book had its chances. */
export function isExhausted(state: PoolView, liquidation: LiquidationView): boolean {
  const { bookAttemptsMax, closeOutStepsMax } = poolParameters(state);
  return liquidation.attempts >= bookAttemptsMax || liquidation.steps >= closeOutStepsMax;
}
