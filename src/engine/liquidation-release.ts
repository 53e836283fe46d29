/** When a running liquidation lets go of its account. @module */
import { insuranceFundCover, type MarginSummary } from '../risk/index.ts';
import { cmpScaled, isPositive, type Money, max, sub, ZERO_MONEY } from '../units/index.ts';
import { closeOutSettings } from './close-out-settings.ts';
import { type LiquidationView, type PoolView, poolParameters } from './state.ts';

/** Margin equity has reached the release margin: maintenance margin times the release ratio. */
export function isRestored(state: PoolView, margin: MarginSummary): boolean {
  const { releaseRatio } = poolParameters(state);
  return cmpScaled(margin.marginEquity, margin.maintenanceMargin, releaseRatio) >= 0;
}

/** The fund has paid into the account: all of it is closed, and a surplus goes back. */
export const isCovered = (liquidation: LiquidationView): boolean =>
  isPositive(liquidation.coverPaid);

/** Being restored does not end it: it goes on until no position is left. */
export const goesOnRestored = (state: PoolView, liquidation: LiquidationView): boolean =>
  isCovered(liquidation) || closeOutSettings(state).policy === 'everything';

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
