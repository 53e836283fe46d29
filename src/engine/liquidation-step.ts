/**
 * Which rung of the disposal ladder a running liquidation stands on, as a pure function of the
 * state. `dueWork` and the decision on `StepLiquidation` ask the same question here.
 * @module
 */
import { insuranceFundCover, type MarginSummary } from '../risk/index.ts';
import {
  cmpScaled,
  gt,
  isNegative,
  isPositive,
  type Money,
  max,
  neg,
  sub,
  ZERO_MONEY,
} from '../units/index.ts';
import { collateralConversion } from './collateral-conversion.ts';
import { accountMargin, pricesValid } from './margin.ts';
import { type AccountView, type LiquidationView, type PoolView, poolParameters } from './state.ts';

export type Rung =
  /** Nothing can be done until a price, a fill, a buyer or time arrives. */
  | 'wait'
  | 'expire-order'
  /** Release margin is met, or nothing is left. */
  | 'end'
  | 'convert-collateral'
  | 'settle-bad-debt'
  | 'cover-deficit'
  | 'decide-takeover'
  | 'deleverage'
  | 'close-on-book';

export type LiquidationStep = {
  readonly liquidation: LiquidationView;
  readonly rung: Rung;
  readonly account: AccountView;
  readonly margin: MarginSummary;
};

export function liquidationStep(state: PoolView, liquidation: LiquidationView): LiquidationStep {
  const account = state.accounts[liquidation.account]!;
  const margin = accountMargin(state, account);
  return { liquidation, rung: rungOf(state, liquidation, account, margin), account, margin };
}

function rungOf(
  state: PoolView,
  liquidation: LiquidationView,
  account: AccountView,
  margin: MarginSummary,
): Rung {
  const { order } = liquidation;
  if (order !== null) return state.timeMs >= order.expiresAtMs ? 'expire-order' : 'wait';
  if (state.timeMs < liquidation.notBeforeMs || !pricesValid(state, account)) return 'wait';
  const convertible = (): boolean =>
    collateralConversion(state, account, liquidation.coverPaid) !== null;
  if (account.positions.length === 0) {
    // What the fund paid is owed back as long as the account still holds something.
    const owesFund = isCovered(liquidation) && gt(liquidation.coverPaid, account.balance);
    const holds = account.collaterals.length > 0;
    if (isRestored(state, margin) && !(owesFund && holds)) return 'end';
    // Below zero without positions: sell what is held, then recognise what is still owed.
    if (!holds) return 'settle-bad-debt';
    return convertible() ? 'convert-collateral' : 'wait';
  }
  if (isNegative(margin.equity)) {
    if (convertible()) return 'convert-collateral';
    if (isPositive(insuranceCover(state, liquidation, neg(margin.equity)))) return 'cover-deficit';
    return liquidation.takeover ? 'deleverage' : 'decide-takeover';
  }
  // Who was covered by the fund does not go on with its money.
  if (!isCovered(liquidation) && isRestored(state, margin)) return 'end';
  if (liquidation.takeover) return 'deleverage';
  return isExhausted(state, liquidation) ? 'decide-takeover' : 'close-on-book';
}

/** The fund has paid into the account: all of it is closed, and a surplus goes back. */
export const isCovered = (liquidation: LiquidationView): boolean =>
  isPositive(liquidation.coverPaid);

/** What the fund may still pay for a liquidation. */
export function insuranceCover(
  state: PoolView,
  liquidation: LiquidationView,
  deficit: Money,
): Money {
  const cap = poolParameters(state).insuranceEventCap;
  const eventCap = cap === null ? null : max(sub(cap, liquidation.coverPaid), ZERO_MONEY);
  return insuranceFundCover({ deficit, fund: state.insuranceFund, eventCap });
}

/** Margin equity has reached the release margin: maintenance margin times the release ratio. */
export function isRestored(state: PoolView, margin: MarginSummary): boolean {
  const { releaseRatio } = poolParameters(state);
  return cmpScaled(margin.marginEquity, margin.maintenanceMargin, releaseRatio) >= 0;
}

/** The book had its chances. */
export function isExhausted(state: PoolView, liquidation: LiquidationView): boolean {
  const { bookAttemptsMax, closeOutStepsMax } = poolParameters(state);
  return liquidation.attempts >= bookAttemptsMax || liquidation.steps >= closeOutStepsMax;
}
