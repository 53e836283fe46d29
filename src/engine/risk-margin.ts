/**
 * The margin of an account as whoever wants to add risk, or take something out, has it: profit
 * only as far as the stable price confirms it, and more required where the price is uncertain.
 * Liquidation never asks for it.
 * @module
 */
import {
  confidenceMargin,
  contractNotional,
  type MarginSummary,
  medianConfidence,
  unrealizedPnl,
  usablePnl,
} from '../risk/index.ts';
import { abs, add, type Money, sub, ZERO_MONEY } from '../units/index.ts';
import { isReckonable } from './limits.ts';
import { accountMargin, markOf } from './margin.ts';
import { sourceConfidences } from './pricing.ts';
import type { AccountView, MarketView, PoolView, PositionView } from './state.ts';

/** As `accountMargin`, with both initial sums under the guards of its markets. */
export function riskMargin(state: PoolView, account: AccountView): MarginSummary {
  const margin = accountMargin(state, account);
  let { initialEquity, initialMargin } = margin;
  for (const position of account.positions) {
    const market = state.markets[position.market]!;
    // A settlement price is final: it is as certain as it will be.
    if (market.priceGuards === null || market.settlementPrice !== null) continue;
    initialEquity = sub(initialEquity, withheldProfit(market, position));
    initialMargin = add(initialMargin, uncertaintyMargin(state, market, position));
  }
  return { ...margin, initialEquity, initialMargin };
}

/** Profit at the mark that the stable price does not confirm yet. */
function withheldProfit(market: MarketView, { size, entryValue }: PositionView): Money {
  const { stablePrice, parameters } = market;
  if (stablePrice === null) return ZERO_MONEY;
  const { kind } = parameters;
  const { value } = stablePrice;
  const position = { kind, size, entryValue, markPrice: markOf(market) };
  const confirming = isReckonable(kind, abs(size), value) ? value : null;
  return sub(unrealizedPnl(position), usablePnl({ ...position, stablePrice: confirming }));
}

function uncertaintyMargin(state: PoolView, market: MarketView, { size }: PositionView): Money {
  const factor = market.priceGuards?.confidenceFactor ?? null;
  if (factor === null) return ZERO_MONEY;
  const { kind } = market.parameters;
  const notional = contractNotional({ kind, size, price: markOf(market) });
  const confidence = medianConfidence(sourceConfidences(state, market.index));
  return confidenceMargin({ notional, confidence, factor });
}
