/**
 * What a close-out moves the market by, and what that costs. The square-root law is the measured
 * one; the linear law exists for checks against closed forms. The live book, where there is one,
 * is better than either.
 * @module
 */
import {
  assert,
  divideUp,
  EXACT_PER_RAW,
  integerSqrtUp,
  isNegative,
  isPositive,
  type Money,
  nearestQuantity,
  type Ratio,
  rawOf,
  rawOfExactUp,
} from '../units/index.ts';

export type ImpactCostInput = {
  readonly model: 'square-root' | 'linear';
  /** Y, near one for the square-root law, ≥ 0. */
  readonly coefficient: Ratio;
  /** σ over the period of the volume, as a fraction of the price, ≥ 0. */
  readonly volatility: Ratio;
  /** V, notional traded in the period, > 0. */
  readonly volume: Money;
  /** x, notional to close, ≥ 0. */
  readonly notional: Money;
};

export type ImpactCost = {
  /** Move of the price, as a fraction, when the last unit is closed. */
  readonly peakImpact: Ratio;
  /** Mean over all units closed. */
  readonly averageImpact: Ratio;
  readonly cost: Money;
};

const TWO = BigInt(2);
const THREE = BigInt(3);

/**
 * Impact and cost of closing at once.
 *
 *     square-root  peak = Y · σ · √(x / V),  average = ⅔ · peak
 *     linear       peak = Y · σ · x / V,     average = ½ · peak
 *     cost = average · x
 *
 * Units     Ratio, Money → Ratio, Ratio, Money
 * Rounding  Up at each step: a cost is never understated. Each step is monotone, so a larger
 *           close never shows a smaller cost. Steps are exact whatever their size; a result
 *           beyond the range of a quantity is the largest quantity.
 * Asserts   coefficient, volatility, notional ≥ 0 · volume > 0
 * Source    The square-root law of market impact (exponent measured at 0.489 ± 0.0015 on the
 *           Tokyo Stock Exchange, Sato and Kanazawa 2024)
 */
export function impactCost({
  model,
  coefficient,
  volatility,
  volume,
  notional,
}: ImpactCostInput): ImpactCost {
  assert(
    !isNegative(coefficient) && !isNegative(volatility),
    'IMPACT_COST',
    'coefficient or volatility was negative',
  );
  assert(isPositive(volume), 'IMPACT_COST', 'volume was not positive');
  assert(!isNegative(notional), 'IMPACT_COST', 'notional was negative');
  const scale = impactScale({ coefficient, volatility });
  const { peak, average } = rawImpact({ model, scale, volume: rawOf(volume) }, rawOf(notional));
  return {
    peakImpact: nearestQuantity<Ratio>(peak),
    averageImpact: nearestQuantity<Ratio>(average),
    cost: nearestQuantity<Money>(rawOfExactUp(rawOf(notional) * average)),
  };
}

/** A market's impact in plain integers, with what does not depend on the size worked out. */
export type RawImpact = {
  readonly model: 'square-root' | 'linear';
  /** Y · σ, rounded up. */
  readonly scale: bigint;
  readonly volume: bigint;
};

/**
 * What a market's impact is scaled by: Y · σ.
 *
 * Units     Ratio → raw ratio
 * Rounding  Up.
 */
export const impactScale = ({
  coefficient,
  volatility,
}: Pick<ImpactCostInput, 'coefficient' | 'volatility'>): bigint =>
  rawOfExactUp(rawOf(coefficient) * rawOf(volatility));

/**
 * Peak and average impact of `impactCost`, whatever their size.
 *
 * Units     raw notional → raw ratios
 * Rounding  Up at each step.
 */
export function rawImpact(
  { model, scale, volume }: RawImpact,
  notional: bigint,
): { readonly peak: bigint; readonly average: bigint } {
  const participation = divideUp(notional * EXACT_PER_RAW, volume);
  const isRoot = model === 'square-root';
  const shape = isRoot ? integerSqrtUp(participation * EXACT_PER_RAW) : participation;
  const peak = rawOfExactUp(scale * shape);
  return { peak, average: isRoot ? divideUp(peak * TWO, THREE) : divideUp(peak, TWO) };
}
