/**
 * Which rung of the disposal ladder a running liquidation stands on, as a pure function of the
 * state. `dueWork` and the decision on `StepLiquidation` ask the same question here.
 * @module
 */
import type { MarginSummary } from '../risk/index.ts';
import { assert, cmpScaled, isNegative } from '../units/index.ts';
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
  | 'decide-takeover'
  | 'cover-deficit'
  | 'deleverage'
  | 'close-on-book';

export type LiquidationStep = {
  readonly rung: Rung;
  readonly account: AccountView;
  readonly margin: MarginSummary;
};

export function liquidationStep(state: PoolView, liquidation: LiquidationView): LiquidationStep {
  const account = state.accounts[liquidation.account]!;
  const margin = accountMargin(state, account);
  return { rung: rungOf(state, liquidation, account, margin), account, margin };
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
  if (isRestored(state, margin)) return 'end';
  if (account.positions.length === 0) {
    // Below zero without positions: sell what is held, then recognise what is still owed.
    if (account.collaterals.length === 0) return 'settle-bad-debt';
    return collateralConversion(state, account) === null ? 'wait' : 'convert-collateral';
  }
  if (isNegative(margin.equity)) {
    if (!liquidation.takeover) return 'decide-takeover';
    if (collateralConversion(state, account) !== null) return 'convert-collateral';
    if (!liquidation.covered) return 'cover-deficit';
    return 'deleverage';
  }
  if (liquidation.takeover) return 'deleverage';
  return isExhausted(state, liquidation) ? 'decide-takeover' : 'close-on-book';
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

/** A bound on the steps of one liquidation, whatever the market does (INV-12). */
export function assertBoundedSteps(state: PoolView, liquidation: LiquidationView): void {
  const pool = poolParameters(state);
  const account = state.accounts[liquidation.account]!;
  // Takeover, cover and bad debt take one step each; collateral one per asset and buyer's purse;
  // deleveraging one per full record of counterparties and class, per leg.
  const records = Math.ceil(state.accounts.length / pool.adlFillsMax) + 3;
  const bound =
    pool.closeOutStepsMax + 8 + 4 * state.assets.length + state.markets.length * records;
  if (liquidation.steps <= bound) return;
  assert(false, 'INV-12', `${account.id}: ${liquidation.steps} steps`);
}
