/**
 * A loss spread over the open interest of a market by an index per unit of size: every position
 * pays the same for each unit it holds, long or short, when it is next touched, so that the work
 * of an event does not depend on the number of positions.
 * @module
 */
import {
  abs,
  add,
  assert,
  isNegative,
  isPositive,
  type Money,
  notionalUp,
  type Price,
  priceUp,
  type Size,
} from '../units/index.ts';

export type LossIndexDeltaInput = {
  /** What is to be borne, ≥ 0. */
  readonly loss: Money;
  /** Σ of the long sizes without the bankrupt position, ≥ 0. */
  readonly longSize: Size;
  /** Σ of the magnitudes of the short sizes without the bankrupt position, ≥ 0. */
  readonly shortSize: Size;
};

/**
 * What a loss adds to the index of its market.
 *
 *     Δ = loss / (Σ long + Σ |short|)
 *
 * Kept apart from the funding index, which would credit one side with what it takes from the
 * other.
 *
 * Units     Money ÷ Size → Price (money per unit of size), ≥ 0
 * Rounding  Up: the payments together must cover the loss; the surplus goes to the fund.
 * Asserts   loss, sizes ≥ 0 · some open interest · the quotient is in range (by the division)
 * Source    Drift v2, resolution of a perpetual bankruptcy
 */
export function lossIndexDelta({ loss, longSize, shortSize }: LossIndexDeltaInput): Price {
  assert(!isNegative(loss), 'LOSS_INDEX', 'expected a loss of at least 0');
  assert(!isNegative(longSize) && !isNegative(shortSize), 'LOSS_INDEX', 'a size was negative');
  const openSize = add(longSize, shortSize);
  assert(isPositive(openSize), 'LOSS_INDEX', 'expected some open interest');
  return priceUp(loss, openSize);
}

/**
 * What one position pays for a change of the index.
 *
 *     payment = |size| · Δ
 *
 * Units     Size × Price → Money, ≥ 0
 * Rounding  Up, once per position: the claim is never understated.
 * Source    Plimsoll
 */
export function lossIndexPayment({
  size,
  delta,
}: {
  readonly size: Size;
  /** ≥ 0 */
  readonly delta: Price;
}): Money {
  return notionalUp(abs(size), delta);
}
