/**
 * What a debt counts for: in full against equity, after a weight against margin equity.
 * @module
 */
import {
  type Amount,
  assert,
  fromRaw,
  gte,
  isNegative,
  type Money,
  ONE_RATIO,
  type Price,
  type Ratio,
  rawOf,
  rawOfTripleUp,
  valueUp,
} from '../units/index.ts';

export type DebtValueInput = {
  /** Units of the asset owed. */
  readonly amount: Amount;
  readonly price: Price;
};

/**
 * Full value of a debt at its index price. Counts against equity, which decides bankruptcy.
 *
 *     value = amount · price
 *
 * Units     Amount × Price → Money
 * Rounding  Up: never understates the claim.
 * Source    Plimsoll
 */
export function debtValueUp({ amount, price }: DebtValueInput): Money {
  return valueUp(amount, price);
}

/**
 * Weighted value of a debt. Counts against margin equity, which decides health.
 *
 *     value = amount · price · weight
 *
 * Units     Amount × Price × Ratio → Money, ≥ 0
 * Rounding  Up, once, on the exact product: never understates the claim. With a weight of at
 *           least one it is never below the full value.
 * Asserts   amount ≥ 0 · weight ≥ 1: a debt never counts for less than it is
 * Source    Drift v2, liability weight of spot markets
 */
export function marginDebtValueUp({
  amount,
  price,
  weight,
}: DebtValueInput & { readonly weight: Ratio }): Money {
  assert(!isNegative(amount), 'DEBT_AMOUNT', 'expected an amount of at least 0');
  assert(gte(weight, ONE_RATIO), 'LIABILITY_WEIGHT', 'expected a weight of at least 1');
  const exact = rawOf(amount) * rawOf(price) * rawOf(weight);
  return fromRaw<Money>(rawOfTripleUp(exact));
}
