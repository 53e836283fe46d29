/**
 * How much of a leg its market can bear to see closed now, so that the engine itself is not the
 * cascade: the least of what the rolling window, the open orders, the ramp and the depth allow.
 * @module
 */
import { contractNotional } from '../risk/index.ts';
import {
  abs,
  add,
  divideDown,
  EXACT_PER_RAW,
  floorTo,
  fromRaw,
  gt,
  gte,
  isNegative,
  isPositive,
  lt,
  type Money,
  max,
  min,
  mulDown,
  nearestQuantity,
  ONE_RATIO,
  type Price,
  quoteSizeDown,
  type Ratio,
  ratioDown,
  rawOf,
  type Size,
  sizeDown,
  sub,
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
  const { kind, lot, expiryMs } = market.parameters;
  const expired = expiryMs !== null && state.timeMs >= expiryMs;
  const gated =
    gateClosedForMarket(state, 'close-outs', marketNumber) ||
    gateClosedForMarket(state, 'takes', marketNumber);
  if (expired || gated) return ZERO_SIZE;
  const held = abs(size);
  if (market.liquidity === null) return held;
  const toSize = kind === 'linear' ? sizeDown : quoteSizeDown;
  const contracts = notionalBounds(state, leg).map((room) => {
    if (gte(room, leg.notional)) return held;
    return isPositive(room) ? toSize(room, markPrice) : ZERO_SIZE;
  });
  const offered = offeredShare(state, leg);
  const least = [...contracts, ...(offered === null ? [] : [offered])].reduce<Size>(
    (a, b) => min(a, b),
    held,
  );
  return lt(least, held) ? floorTo(least, lot) : held;
}

/** What each configured bound leaves, in notional; may be negative. */
function notionalBounds(state: PoolView, leg: RoomFor): Money[] {
  const { market, markPrice, notional, size } = leg;
  const { kind } = market.parameters;
  const liquidity = market.liquidity!;
  const { windowMs, windowNotionalMax, windowDepthMultiple, openOrdersNotionalMax } = liquidity;
  // What was deleveraged under an open order is no longer there to be closed.
  const openSize = min(market.openOrdersSize, market.longSize);
  const open = contractNotional({ kind, size: openSize, price: markPrice });
  const taken = saturatingSum([windowUsed(market, windowMs, state.timeMs), open]);
  const bounds: Money[] = [];
  if (windowNotionalMax !== null) bounds.push(sub(windowNotionalMax, taken));
  const depth = windowDepthMultiple === null ? null : freshDepth(state, market);
  if (depth !== null) {
    const side = sideNotional(kind, isNegative(size) ? depth.asks : depth.bids);
    // An empty book bounds nothing: an order that finds nobody is what leads on from there.
    if (isPositive(side)) bounds.push(sub(atMost(side, windowDepthMultiple!), taken));
  }
  if (openOrdersNotionalMax !== null) bounds.push(sub(openOrdersNotionalMax, open));
  const { rampMs, rampInitialFraction, smallNotional } = liquidity;
  if (rampMs > 0 && gt(notional, smallNotional)) {
    const elapsed = state.timeMs - leg.liquidation.startedMs;
    bounds.push(mulDown(notional, rampShare(elapsed, rampMs, rampInitialFraction)));
  }
  return bounds;
}

/** A multiple of the depth, capped at the largest quantity: it only bounds. */
const atMost = (side: Money, multiple: Ratio): Money =>
  nearestQuantity<Money>(divideDown(rawOf(side) * rawOf(multiple), EXACT_PER_RAW));

/** Part of a leg that may be closed so long after the start. */
function rampShare(elapsedMs: number, rampMs: number, initial: Ratio): Ratio {
  const elapsed = fromRaw<Ratio>(BigInt(elapsedMs));
  return min(ONE_RATIO, add(ratioDown(elapsed, fromRaw<Ratio>(BigInt(rampMs))), initial));
}

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
