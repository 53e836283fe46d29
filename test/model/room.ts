/**
 * How much of a leg one order may close. See docs/spec/close-outs.md, section "Room in a market".
 * @module
 */
import type { Leg } from './close-out.ts';
import { freshDepth, sideMoney } from './depth.ts';
import { isMarketClosed } from './gates.ts';
import { floorDiv, larger, magnitude, ONE, smaller } from './integers.ts';
import {
  type Depth,
  findMarket,
  type Ledger,
  type Liquidity,
  longSize,
  openOrdersSize,
} from './ledger.ts';
import { notionalUp } from './margin.ts';
import { usedInWindow } from './window.ts';

type Step = {
  /** When the liquidation began. */
  readonly startedMs: number;
};

/** In contracts, whole lots. */
export function closableOf(ledger: Ledger, leg: Leg, step: Step): bigint {
  const { market: id, expiryMs, lot } = leg.market;
  const { liquidity } = findMarket(ledger, id)!;
  const closed = (['close-outs', 'takes'] as const).some((gate) => {
    return isMarketClosed(ledger, gate, id);
  });
  if (closed || (expiryMs !== null && ledger.time >= expiryMs)) return 0n;
  const held = magnitude(leg.size);
  if (liquidity === null) return held;
  const money = moneyLimits(ledger, leg, { liquidity, step });
  const sizes = money.map((limit) => contractsOf(leg, larger(limit, 0n)));
  const shared = depthLimit(ledger, leg, liquidity);
  const least = [...sizes, ...shared].reduce(smaller, held);
  return (least / lot) * lot;
}

const contractsOf = ({ market, mark }: Leg, money: bigint): bigint =>
  market.kind === 'linear' ? floorDiv(money * ONE, mark) : floorDiv(money * mark, ONE);

/** Levels that closing the leg would hit. */
const sideHit = ({ size }: Leg, { bids, asks }: Depth): Depth['bids'] => (size > 0n ? bids : asks);

function moneyLimits(
  ledger: Ledger,
  leg: Leg,
  { liquidity, step }: { liquidity: Liquidity; step: Step },
): bigint[] {
  const { windowNotionalMax, windowDepthMultiple, openOrdersNotionalMax } = liquidity;
  const { market: id, kind } = leg.market;
  const market = findMarket(ledger, id)!;
  const depth = freshDepth(market, ledger.time);
  const openSize = smaller(openOrdersSize(ledger, id), longSize(ledger, id));
  const open = notionalUp(kind, openSize, leg.mark);
  const used = usedInWindow(market, ledger.time);
  const limits: bigint[] = [];
  if (windowNotionalMax !== null) limits.push(windowNotionalMax - used - open);
  if (windowDepthMultiple !== null && depth !== null) {
    const side = sideMoney(kind, sideHit(leg, depth));
    if (side > 0n) limits.push(floorDiv(windowDepthMultiple * side, ONE) - used - open);
  }
  if (openOrdersNotionalMax !== null) limits.push(openOrdersNotionalMax - open);
  return [...limits, ...rampLimit(leg, { liquidity, elapsedMs: ledger.time - step.startedMs })];
}

/** The part of a leg that may be closed grows with the time since the liquidation began. */
function rampLimit(
  { notional }: Leg,
  { liquidity, elapsedMs }: { liquidity: Liquidity; elapsedMs: number },
): bigint[] {
  const { rampMs, rampInitialFraction, smallNotional } = liquidity;
  if (rampMs === 0 || notional <= smallNotional) return [];
  const grown = floorDiv(BigInt(elapsedMs) * ONE, BigInt(rampMs));
  return [floorDiv(notional * smaller(ONE, grown + rampInitialFraction), ONE)];
}

/** A share of what is offered on the side that is hit, at least one lot. */
function depthLimit(ledger: Ledger, leg: Leg, { depthShare }: Liquidity): bigint[] {
  const depth = freshDepth(findMarket(ledger, leg.market.market)!, ledger.time);
  if (depthShare === null || depth === null) return [];
  const offered = sideHit(leg, depth).reduce((sum, { size }) => sum + size, 0n);
  return [larger(leg.market.lot, floorDiv(depthShare * offered, ONE))];
}
