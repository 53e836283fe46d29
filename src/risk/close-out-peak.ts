/**
 * How much of a position can be closed before the next unit costs more than the requirement it
 * releases is worth: where the surplus over the target is largest, if closing moves the market.
 * @module
 */
import {
  divideDown,
  EXACT_PER_RAW,
  fromRaw,
  gt,
  type Money,
  type Ratio,
  rawOf,
  rawOfExactUp,
  sub,
  ZERO_MONEY,
} from '../units/index.ts';
import type { CloseOutImpact } from './close-out-leg.ts';
import type { MarginTier } from './maintenance-margin.ts';

export type CloseOutPeakInput = {
  readonly notional: Money;
  readonly tiers: readonly MarginTier[];
  readonly targetRatio: Ratio;
  /** Penalty and slippage per unit closed, ≥ 0. */
  readonly costFraction: Ratio;
  /** Neither coefficient nor volatility is 0. */
  readonly impact: CloseOutImpact;
};

/**
 * The close-out with the largest surplus G(x) = E − c · x − C(x) − κ · (M_o + MM(N − x)).
 *
 *     close the next unit while  c + C'(x) < κ · μ_i,  tier by tier from the top
 *     square-root  C'(x) = b · √(x / V)   ⇒ x = V · (κ · μ_i − c)² / b²
 *     linear       C'(x) = b · x / V      ⇒ x = V · (κ · μ_i − c) / b
 *
 * b is coefficient · volatility, rounded up as in `impactCost`.
 *
 * Units     Money, Ratio → Money, ≥ 0 and ≤ notional
 * Rounding  Down, once.
 * Asserts   coefficient and volatility are not 0
 * Cost      O(tiers)
 * Source    First-order condition of the largest surplus
 */
export function closeOutPeak({ notional, tiers, ...input }: CloseOutPeakInput): Money {
  let peak = ZERO_MONEY;
  for (const { notionalFloor, maintenanceMarginFraction } of tiers.toReversed()) {
    if (gt(notionalFloor, notional)) continue;
    const gained =
      rawOf(input.targetRatio) * rawOf(maintenanceMarginFraction) -
      rawOf(input.costFraction) * EXACT_PER_RAW;
    if (gained <= 0n) break;
    const toFloor = sub(notional, notionalFloor);
    const reach = reachOf(input.impact, gained);
    if (reach < rawOf(toFloor)) return reach > rawOf(peak) ? fromRaw<Money>(reach) : peak;
    peak = toFloor;
  }
  return peak;
}

/** Notional up to which C' stays below a gain in units of 1e-36. */
function reachOf(impact: CloseOutImpact, gained: bigint): bigint {
  const scale = rawOfExactUp(rawOf(impact.coefficient) * rawOf(impact.volatility));
  const volume = rawOf(impact.volume);
  const exactScale = scale * EXACT_PER_RAW;
  return impact.model === 'square-root'
    ? divideDown(volume * gained * gained, exactScale * exactScale)
    : divideDown(volume * gained, exactScale);
}
