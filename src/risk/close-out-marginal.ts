/**
 * The marginal rule of least-impact closing: at a common price ν of margin, every leg is closed as
 * long as the next unit costs less than the requirement it releases is worth.
 * @module
 */
import {
  divideDown,
  floorTo,
  fromRaw,
  gt,
  isZero,
  lt,
  type Money,
  max,
  mulDown,
  nearestQuantity,
  quoteSizeDown,
  type Ratio,
  rawOf,
  sizeDown,
  sub,
  ZERO_MONEY,
  ZERO_RATIO,
} from '../units/index.ts';
import type { PreparedLeg } from './close-out-leg.ts';

const TWO = BigInt(2);
const THREE = BigInt(3);

/** Above any notional: a reach that nothing limits. */
const UNLIMITED = nearestQuantity<Money>(1n << BigInt(128));

/**
 * Lots of a leg that are worth closing when a unit of released requirement is worth ν.
 *
 *     close the next unit while  (f + C'(x)) / μ_i < ν,  tier by tier from the top
 *     square-root  C'(x) = Y · σ · √(x / V)   ⇒ x = V · (ν · μ_i − f)² / (Y · σ)²
 *     linear       C'(x) = Y · σ · x / V      ⇒ x = V · (ν · μ_i − f) / (Y · σ)
 *
 * Closing costs at most s per unit, however far it moves the market. So a tier is closed down to
 * its floor after all where that is worth more than stopping at x: (ν · μ_i − f − s) · y against
 * what is gained up to x, a third (linear: half) of (ν · μ_i − f) · x. Without an impact model the
 * cost is f + s throughout, and a tier is closed whole or not at all.
 *
 * Units     Ratio → lots, from 0 to what is closable
 * Rounding  Down: the completion of the search adds what is missing.
 * Cost      O(tiers)
 * Source    First-order conditions of minimising Σ f_k · x_k + C_k(x_k) under a margin target
 */
export function marginalLots(prepared: PreparedLeg, marginPrice: Ratio): bigint {
  const { leg, notional } = prepared;
  let closed = ZERO_MONEY;
  for (const { notionalFloor, maintenanceMarginFraction } of leg.tiers.toReversed()) {
    if (gt(notionalFloor, notional)) continue;
    const worth = sub(mulDown(maintenanceMarginFraction, marginPrice), leg.penaltyFraction);
    if (!gt(worth, ZERO_RATIO)) break;
    const toFloor = sub(notional, notionalFloor);
    const reach = reachOf(prepared, worth);
    if (lt(reach, toFloor) && !paysAtLimit(prepared, { worth, reach, toFloor })) {
      closed = max(closed, reach);
      break;
    }
    closed = toFloor;
  }
  return lotsWorth(prepared, closed);
}

/** Whether closing down to the floor of a tier, all of it at the limit, is worth more. */
function paysAtLimit(
  { leg: { impact, slippageFraction } }: PreparedLeg,
  tier: { readonly worth: Ratio; readonly reach: Money; readonly toFloor: Money },
): boolean {
  const { worth, reach, toFloor } = tier;
  const parts = impact?.model === 'linear' ? TWO : THREE;
  const atLimit = rawOf(sub(worth, slippageFraction)) * rawOf(toFloor);
  return atLimit * parts > rawOf(worth) * rawOf(reach);
}

/** Notional up to which the marginal impact stays below `worth`; nothing without a model. */
function reachOf({ impact }: PreparedLeg, worth: Ratio): Money {
  if (impact === null) return ZERO_MONEY;
  const { model, scale, volume } = impact;
  if (scale === 0n) return UNLIMITED;
  const reach =
    model === 'square-root'
      ? divideDown(volume * rawOf(worth) * rawOf(worth), scale * scale)
      : divideDown(volume * rawOf(worth), scale);
  return nearestQuantity<Money>(reach);
}

function lotsWorth({ leg, notional, held, closable }: PreparedLeg, closed: Money): bigint {
  const whole = isZero(sub(notional, closed));
  const toSize = leg.kind === 'linear' ? sizeDown : quoteSizeDown;
  const lots = whole
    ? held
    : rawOf(floorTo(toSize(closed, leg.markPrice), leg.lot)) / rawOf(leg.lot);
  return lots < closable ? lots : closable;
}

/**
 * The price of margin that a step of the search stands for.
 *
 * Units     Ratio → Ratio
 * Rounding  Down.
 */
export const marginPriceAt = (targetRatio: Ratio, step: bigint, steps: bigint): Ratio =>
  fromRaw<Ratio>(divideDown(rawOf(targetRatio) * step, steps));

/**
 * Notional of some lots of a leg, as a share of the whole leg's.
 *
 * Units     lots → raw notional, ≥ 0
 * Rounding  Down.
 */
export const notionalShare = ({ notional, held }: PreparedLeg, lots: bigint): bigint =>
  divideDown(rawOf(notional) * lots, held);
