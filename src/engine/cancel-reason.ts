/** Why an open close-out order is taken back before it is filled. @module */
import type { MarginSummary } from '../risk/index.ts';
import { abs, gt, lt, mulUp, sub, ZERO_RATIO } from '../units/index.ts';
import { closeOutSettings } from './close-out-settings.ts';
import { gateClosedForMarket } from './gates.ts';
import { goesOnRestored, isRestored } from './liquidation-release.ts';
import { marginRatioOf } from './margin.ts';
import type { EventOf } from './schema/index.ts';
import type { LiquidationView, PoolView } from './state.ts';

/** Null while the order should stay: nothing has changed that it was placed for. */
export function cancelReason(
  state: PoolView,
  input: { readonly liquidation: LiquidationView; readonly margin: MarginSummary },
): EventOf<'OrderCancelRequested'>['reason'] | null {
  const { liquidation, margin } = input;
  const { market } = liquidation.order!;
  if (!goesOnRestored(state, liquidation) && isRestored(state, margin)) return 'restored';
  const gated =
    gateClosedForMarket(state, 'close-outs', market) || gateClosedForMarket(state, 'takes', market);
  if (gated) return 'gate-closed';
  return hasFallen(state, liquidation, margin) ? 'repriced' : null;
}

/** Health has fallen so far since the order was placed that its limit is out of date. */
function hasFallen(state: PoolView, liquidation: LiquidationView, margin: MarginSummary): boolean {
  const { repriceStep } = closeOutSettings(state);
  const before = liquidation.marginRatio;
  const now = marginRatioOf(margin);
  if (!gt(repriceStep, ZERO_RATIO) || before === null || now === null) return false;
  return lt(now, sub(before, mulUp(abs(before), repriceStep)));
}
