/**
 * What collateral other than the settlement asset counts for: in full towards equity, after a
 * weight towards margin equity.
 * @module
 */
import {
  type Amount,
  add,
  assert,
  divDown,
  fromRaw,
  gte,
  isNegative,
  lte,
  type Money,
  min,
  mulUp,
  ONE_RATIO,
  type Price,
  type Ratio,
  ratio,
  rawOf,
  rawOfTripleDown,
  sqrtUp,
  sub,
  valueDown,
  ZERO_RATIO,
} from '../units/index.ts';

/** Where the concentration term starts: at small amounts it lies above any weight up to 1. */
const CONCENTRATION_START = ratio('1.1');

export type CollateralWeightInput = {
  /** Collateral haircut, in [0, 1]. */
  readonly haircut: Ratio;
  /** Loss of weight with the size of the holding; absent or null means none. */
  readonly concentration?: { readonly factor: Ratio } | null;
  /** Units of the asset held, ≥ 0. */
  readonly amount: Amount;
};

/**
 * Share of a collateral asset's value that counts towards margin equity.
 *
 *     weight = min(1 − haircut, 1.1 / (1 + factor · √units))
 *
 * The second term models that a large holding sells at a worse price; 1.1 leaves small holdings
 * to the haircut alone.
 *
 * Units     Ratio, Amount → Ratio, in [0, 1]
 * Rounding  Down: the root and the product go up, the quotient down, so every step lowers the
 *           weight and the account is never overstated.
 * Asserts   0 ≤ haircut ≤ 1 · factor ≥ 0 · amount ≥ 0
 * Source    Drift v2, asset weight of spot markets
 */
export function collateralWeight({
  haircut,
  concentration = null,
  amount,
}: CollateralWeightInput): Ratio {
  assert(
    gte(haircut, ZERO_RATIO) && lte(haircut, ONE_RATIO),
    'COLLATERAL_HAIRCUT',
    'expected a haircut in [0, 1]',
  );
  assert(!isNegative(amount), 'COLLATERAL_AMOUNT', 'expected an amount of at least 0');
  const weight = sub(ONE_RATIO, haircut);
  if (concentration === null) return weight;
  assert(!isNegative(concentration.factor), 'CONCENTRATION', 'expected a factor of at least 0');
  const rootOfUnits = sqrtUp(fromRaw<Ratio>(rawOf(amount)));
  const divisor = add(ONE_RATIO, mulUp(concentration.factor, rootOfUnits));
  return min(weight, divDown(CONCENTRATION_START, divisor));
}

export type CollateralValueInput = {
  readonly amount: Amount;
  readonly price: Price;
};

/**
 * Full value of a collateral asset at its index price. Counts towards equity, which decides
 * bankruptcy.
 *
 *     value = amount · price
 *
 * Units     Amount × Price → Money
 * Rounding  Down: never overstates the account.
 * Source    Plimsoll
 */
export function collateralValueDown({ amount, price }: CollateralValueInput): Money {
  return valueDown(amount, price);
}

/**
 * Weighted value of a collateral asset. Counts towards margin equity, which decides health.
 *
 *     value = amount · price · weight
 *
 * Units     Amount × Price × Ratio → Money, ≥ 0
 * Rounding  Down, once, on the exact product: never overstates the account. With a weight up to
 *           one it never exceeds the full value.
 * Asserts   amount ≥ 0: a weight lowers an asset but would flatter a debt
 * Source    Plimsoll
 */
export function marginCollateralValueDown({
  amount,
  price,
  weight,
}: CollateralValueInput & { readonly weight: Ratio }): Money {
  assert(!isNegative(amount), 'COLLATERAL_AMOUNT', 'expected an amount of at least 0');
  const exact = rawOf(amount) * rawOf(price) * rawOf(weight);
  return fromRaw<Money>(rawOfTripleDown(exact));
}
