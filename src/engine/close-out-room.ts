/**
 * How much of a leg its market can bear to see closed now, so that the engine itself is not the
 * cascade: the least of what the rolling window, the open orders, the ramp and the depth allow.
 * @module
 */
import { contractNotional, ramp, throttle } from '../risk/index.ts';
import {
  abs,
  divideDown,
  durationMs,
  EXACT_PER_RAW,
  floorTo,
  gte,
  isNegative,
  isPositive,
  lt,
  type Money,
  max,
  min,
  mulDown,
  nearestQuantity,
  type Price,
  quoteSizeDown,
  type Ratio,
  rawOf,
  type Size,
  sizeDown,
  sum,
  ZERO_SIZE,
} from '../units/index.ts';
import { freshDepth, sideNotional } from './depth.ts';
import { gateClosedForMarket } from './gates.ts';
import { saturatingSum, windowUsed } from './rolling-window.ts';
import type { LiquidationView, MarketView, PoolView } from './state.ts';

/** A leg of an account in liquidation. */
export type RoomFor = {
  readonly liquidation: LiquidationView;
  readonly market: MarketView;
  readonly marketNumber: number;
  /** Signed. */
  readonly size: Size;
  readonly markPrice: Price;
  readonly notional: Money;
};

/** Contracts of a leg that one order may close now: whole lots, from 0 to |size|. */
export function closableSize(state: PoolView, leg: RoomFor): Size {
  const { market, marketNumber, size, markPrice } = leg;
  const { kind, lot } = market.parameters;
  if (!isOpenForCloseOuts(state, marketNumber)) return ZERO_SIZE;
  const held = abs(size);
  if (market.liquidity === null) return held;
  const toSize = kind === 'linear' ? sizeDown : quoteSizeDown;
  const room = closableNotional(state, leg);
  const closable = gte(room, leg.notional) ? held : toSize(room, markPrice);
  const least = min(min(closable, offeredShare(state, leg) ?? held), held);
  return lt(least, held) ? floorTo(least, lot) : held;
}

/** The market has not expired, and no gate keeps its positions from being closed and taken. */
export function isOpenForCloseOuts(state: PoolView, market: number): boolean {
  const { expiryMs } = state.markets[market]!.parameters;
  if (expiryMs !== null && state.timeMs >= expiryMs) return false;
  return !(['close-outs', 'takes'] as const).some((gate) =>
    gateClosedForMarket(state, gate, market),
  );
}

/** What window, open orders and ramp leave of the leg, in notional at the mark. */
function closableNotional(state: PoolView, leg: RoomFor): Money {
  const { market, markPrice, notional } = leg;
  const { kind } = market.parameters;
  const liquidity = market.liquidity!;
  const { windowMs, openOrdersNotionalMax, rampMs, rampInitialFraction, smallNotional } = liquidity;
  // What was deleveraged under an open order is no longer there to be closed.
  const openSize = min(market.openOrdersSize, market.longSize);
  const open = contractNotional({ kind, size: openSize, price: markPrice });
  const used = saturatingSum([windowUsed(market, windowMs, state.timeMs), open]);
  const capacity = windowCapacityOf(state, leg);
  const elapsedMs = durationMs(state.timeMs - leg.liquidation.startedMs);
  const initial = { elapsedMs, durationMs: rampMs, initialFraction: rampInitialFraction };
  return throttle({
    notional,
    window: capacity === null ? null : { capacity, used },
    cap: openOrdersNotionalMax && { limit: openOrdersNotionalMax, inLiquidation: open },
    ramp: rampMs === 0 ? null : ramp(initial),
    smallNotional,
  }).closableNotional;
}

/** The tighter of what is configured and what the depth bears; null where neither bounds. */
function windowCapacityOf(state: PoolView, { market, size }: RoomFor): Money | null {
  const { windowNotionalMax, windowDepthMultiple } = market.liquidity!;
  const depth = windowDepthMultiple === null ? null : freshDepth(state, market);
  if (depth === null) return windowNotionalMax;
  const levels = isNegative(size) ? depth.asks : depth.bids;
  const side = sideNotional(market.parameters.kind, levels);
  // An empty book bounds nothing: an order that finds nobody is what leads on from there.
  if (!isPositive(side)) return windowNotionalMax;
  const byDepth = atMost(side, windowDepthMultiple!);
  return windowNotionalMax === null ? byDepth : min(byDepth, windowNotionalMax);
}

/** A multiple of the depth, capped at the largest quantity: it only bounds. */
const atMost = (side: Money, multiple: Ratio): Money =>
  nearestQuantity<Money>(divideDown(rawOf(side) * rawOf(multiple), EXACT_PER_RAW));

/** The share of what the book offers on the side that is hit; null where it says nothing. */
function offeredShare(state: PoolView, { market, size }: RoomFor): Size | null {
  const { depthShare } = market.liquidity!;
  const depth = depthShare === null ? null : freshDepth(state, market);
  if (depth === null) return null;
  const levels = isNegative(size) ? depth.asks : depth.bids;
  const offered = mulDown(sum(levels.map((level) => level.size)), depthShare!);
  // An order that finds nobody opens the next one's limit: without it nothing ever would.
  return max(offered, market.parameters.lot);
}
