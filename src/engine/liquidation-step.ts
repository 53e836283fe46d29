/**
 * Which rung of the disposal ladder a running liquidation stands on, as a pure function of the
 * state. `dueWork` and the decision on `StepLiquidation` ask the same question here.
 * @module
 */
import type { MarginSummary } from '../risk/index.ts';
import { gt, isNegative, isPositive, neg } from '../units/index.ts';
import { legsBySize } from './account-legs.ts';
import { cancelReason } from './cancel-reason.ts';
import { closeOutSettings } from './close-out-settings.ts';
import { collateralConversion } from './collateral-conversion.ts';
import { gateClosedForMarket } from './gates.ts';
import {
  goesOnRestored,
  insuranceCover,
  isCovered,
  isExhausted,
  isRestored,
} from './liquidation-release.ts';
import { accountMargin, pricesValid } from './margin.ts';
import type { AccountView, LiquidationView, PoolView } from './state.ts';

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
  if (liquidation.order !== null) return orderRung(state, liquidation, account, margin);
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
    return liquidation.takeover ? deleverageRung(state, account) : 'decide-takeover';
  }
  if (!goesOnRestored(state, liquidation) && isRestored(state, margin)) return 'end';
  if (liquidation.takeover) return deleverageRung(state, account);
  return isExhausted(state, liquidation) ? 'decide-takeover' : 'close-on-book';
}

/** An order stays until it is filled, out of time, or no longer what the account needs. */
function orderRung(
  state: PoolView,
  liquidation: LiquidationView,
  account: AccountView,
  margin: MarginSummary,
): Rung {
  const { expiresAtMs, canceling } = liquidation.order!;
  if (state.timeMs >= expiresAtMs + closeOutSettings(state).reportGraceMs) return 'expire-order';
  if (canceling || !pricesValid(state, account)) return 'wait';
  return cancelReason(state, { liquidation, margin }) === null ? 'wait' : 'cancel-order';
}

/** Nothing is deleveraged in a market where nothing may be taken. */
function deleverageRung(state: PoolView, account: AccountView): Rung {
  const { position } = legsBySize(state, account)[0]!;
  return gateClosedForMarket(state, 'takes', position.market) ? 'wait' : 'deleverage';
}
