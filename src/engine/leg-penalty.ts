/** The liquidation penalty of a leg: it follows the account's health and the market. @module */
import { type MarginSummary, type PenaltyFraction, penaltyFraction } from '../risk/index.ts';
import { type Ratio, ZERO_RATIO } from '../units/index.ts';
import { freshDepth, thinnerSide } from './depth.ts';
import { type MarketView, type PoolView, poolParameters } from './state.ts';
import { realizedVolatility } from './volatility.ts';

type Health = Pick<MarginSummary, 'marginEquity' | 'maintenanceMargin'>;

/** Penalty per unit of notional closed in a market, for an account with that margin. */
export const legPenaltyFraction = (state: PoolView, market: MarketView, health: Health): Ratio =>
  legPenalty(state, market, health).penaltyFraction;

/** The same with what each part of it is for. */
export function legPenalty(state: PoolView, market: MarketView, margin: Health): PenaltyFraction {
  const flat = poolParameters(state).penaltyFraction;
  const { closeOuts } = state;
  if (closeOuts === null) {
    const nothing = { byHealth: ZERO_RATIO, byVolatility: ZERO_RATIO, byThinness: ZERO_RATIO };
    return { penaltyFraction: flat, ...nothing };
  }
  const depth = freshDepth(state, market);
  return penaltyFraction({
    baseFraction: flat,
    maxFraction: closeOuts.penaltyFractionMax,
    perShortfall: closeOuts.penaltyPerShortfall,
    perVolatility: closeOuts.penaltyPerVolatility,
    perThinness: closeOuts.penaltyPerThinness,
    marginEquity: margin.marginEquity,
    maintenanceMargin: margin.maintenanceMargin,
    realizedVolatility: realizedVolatility(market),
    referenceVolatility: market.liquidity?.dailyVolatility ?? null,
    depth: depth === null ? null : thinnerSide(market.parameters.kind, depth),
    referenceDepth: market.depthAverage?.value ?? null,
  });
}
