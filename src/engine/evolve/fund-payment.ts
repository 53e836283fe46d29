/** What the insurance fund pays into a liquidation, counted in the windows of its caps. @module */
import { isZero, type Money, neg } from '../../units/index.ts';
import { windowWith } from '../rolling-window.ts';
import type { LiquidationState, PoolState, WaterfallState } from '../state.ts';
import { addToInsuranceFund } from './ledger.ts';

export function payFromFund(
  state: PoolState,
  { lossMarket }: LiquidationState,
  amount: Money,
): void {
  if (isZero(amount)) return;
  addToInsuranceFund(state, neg(amount));
  const { waterfall, timeMs } = state;
  if (waterfall === null) return;
  const payment = { windowMs: waterfall.parameters.windowMs, timeMs, notional: amount };
  waterfall.window = windowWith(waterfall.window, payment);
  if (lossMarket === null) return;
  const own = marketWindow(waterfall, lossMarket);
  own.window = windowWith(own.window, payment);
}

/** The window of a market, kept from its first payment on. */
function marketWindow(
  { marketWindows }: WaterfallState,
  market: number,
): WaterfallState['marketWindows'][number] {
  const found = marketWindows.findIndex((window) => window.market >= market);
  const at = found < 0 ? marketWindows.length : found;
  const existing = marketWindows[at];
  if (existing?.market === market) return existing;
  const added = { market, window: [] };
  marketWindows.splice(at, 0, added);
  return added;
}
