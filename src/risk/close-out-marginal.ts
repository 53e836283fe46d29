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
  min,
  mulDown,
  mulUp,
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

/** Above any notional: a reach that nothing limits. */
const UNLIMITED = nearestQuantity<Money>(1n << BigInt(128));

/**
 * Lots of a leg that are worth closing when a unit of released requirement is worth ν.
 *
 *     close the next unit while  (f + C'(x)) / μ_i < ν,  tier by tier from the top
 *     square-root  C'(x) = Y · σ · √(x / V)   ⇒ x = V · (ν · μ_i − f)² / (Y · σ)²
 *     linear       C'(x) = Y · σ · x / V      ⇒ x = V · (ν · μ_i − f) / (Y · σ)
 *
 * Without an impact model the marginal cost is f + s throughout, and a tier is closed whole or
 * not at all.
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
    closed = max(closed, min(reach, toFloor));
    if (lt(reach, toFloor)) break;
  }
  return lotsWorth(prepared, closed);
}

/** Notional up to which the marginal cost beyond the penalty stays below `worth`. */
function reachOf({ leg }: PreparedLeg, worth: Ratio): Money {
  const { impact, slippageFraction } = leg;
  if (impact === null) return gt(worth, slippageFraction) ? UNLIMITED : ZERO_MONEY;
  const scale = mulUp(impact.coefficient, impact.volatility);
  if (isZero(scale)) return UNLIMITED;
  const volume = rawOf(impact.volume);
  const reach =
    impact.model === 'square-root'
      ? divideDown(volume * rawOf(worth) * rawOf(worth), rawOf(scale) * rawOf(scale))
      : divideDown(volume * rawOf(worth), rawOf(scale));
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

/** The part of a price range that a step of the search stands for. */
export const marginPriceAt = (targetRatio: Ratio, step: bigint, steps: bigint): Ratio =>
  fromRaw<Ratio>(divideDown(rawOf(targetRatio) * step, steps));

/** Notional of some lots of a leg, as a share of the whole leg's, rounded down. */
export const notionalShare = ({ notional, held }: PreparedLeg, lots: bigint): bigint =>
  divideDown(rawOf(notional) * lots, held);
