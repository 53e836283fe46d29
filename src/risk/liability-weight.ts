/**
 * What a borrowed asset counts for: more than its value, and the more the larger the debt.
 * @module
 */
import {
  type Amount,
  add,
  assert,
  fromRaw,
  isNegative,
  max,
  mulUp,
  type Ratio,
  ratio,
  rawOf,
  sqrtUp,
} from '../units/index.ts';

/** Share of the base weight to which the concentration term adds. */
const BASE_SHARE = ratio('0.8');

export type LiabilityWeightInput = {
  /** Weight of a small debt, ≥ 1. */
  readonly baseWeight: Ratio;
  /** Rise of the weight with the size of the debt; absent or null means none. */
  readonly concentration?: { readonly factor: Ratio } | null;
  /** Units of the asset owed, ≥ 0. */
  readonly amount: Amount;
};

/**
 * Factor by which a debt's value counts against margin equity.
 *
 *     weight = max(w, 0.8 · w + factor · √units)
 *
 * The second term models that a large debt is bought back at a worse price.
 *
 * Units     Ratio, Amount → Ratio
 * Rounding  Up at every step: the claim is never understated.
 * Asserts   factor ≥ 0 · amount ≥ 0
 * Source    Drift v2, liability weight of spot markets
 */
export function liabilityWeight({
  baseWeight,
  concentration = null,
  amount,
}: LiabilityWeightInput): Ratio {
  assert(!isNegative(amount), 'LIABILITY_AMOUNT', 'expected an amount of at least 0');
  if (concentration === null) return baseWeight;
  assert(!isNegative(concentration.factor), 'CONCENTRATION', 'expected a factor of at least 0');
  const rootOfUnits = sqrtUp(fromRaw<Ratio>(rawOf(amount)));
  const concentrated = add(mulUp(baseWeight, BASE_SHARE), mulUp(concentration.factor, rootOfUnits));
  return max(baseWeight, concentrated);
}
