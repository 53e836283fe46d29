/** What the bound on the step of a mark keeps it from. @module */
import { eq, type Price } from '../units/index.ts';
import { judgedMark, NO_REPORTS } from './pricing.ts';
import type { PoolView } from './state.ts';

/**
 * The mark that the reports held made of a market when it was decided last, where the bound on its
 * step kept it from there; null where it is what they made of it, or where nothing bounds it.
 */
export function heldBackFrom(state: PoolView, number: number): Price | null {
  const market = state.markets[number]!;
  const { priceGuards, markDecidedMs, mark, mode, settlementPrice } = market;
  const isBounded = (priceGuards?.markStepPerSecond ?? null) !== null && markDecidedMs !== null;
  if (!isBounded || mode !== 'live' || mark === null || settlementPrice !== null) return null;
  const { price, live } = state.indexes[market.index]!;
  const judgement = { reports: NO_REPORTS, time: markDecidedMs };
  const { unbound } = judgedMark(market, live ? price : null, judgement);
  return unbound === null || eq(unbound, mark) ? null : unbound;
}
