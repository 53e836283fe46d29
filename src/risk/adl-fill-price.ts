/**
 * The price at which a deleveraged position is shown to have closed.
 * @module
 */
import {
  divideDown,
  divideUp,
  fromRaw,
  isQuantity,
  isZero,
  type Money,
  ONE_RATIO,
  type Price,
  rawOf,
  type Size,
} from '../units/index.ts';
import type { AdlMarket } from './adl-candidate.ts';

/**
 * Price that stands for closing a size at the mark less what is taken.
 *
 *     linear  mark − side · t / x          inverse  1 / (1/mark + side · t / x)
 *
 * t is what is taken, x the size closed. Null where that is not a positive price: a long may
 * give up more than the value of the part it closes, out of the profit of the whole.
 *
 * Units     Price, Money, Size → Price, > 0
 * Rounding  Toward the mark (a long's price up, a short's down): the price shown never takes more
 *           than was taken. Display only: the mark value and t settle.
 * Source    Plimsoll
 */
export function adlFillPrice(
  { kind, side, markPrice }: AdlMarket,
  { size, taken }: { readonly size: Size; readonly taken: Money },
): Price | null {
  if (isZero(taken)) return markPrice;
  const one = rawOf(ONE_RATIO);
  const mark = rawOf(markPrice);
  const signedTaken = side === 1 ? rawOf(taken) : -rawOf(taken);
  const exact =
    kind === 'linear'
      ? { numerator: mark * rawOf(size) - signedTaken * one, denominator: rawOf(size) }
      : {
          numerator: mark * rawOf(size) * one,
          denominator: rawOf(size) * one + signedTaken * mark,
        };
  if (exact.numerator <= 0n || exact.denominator <= 0n) return null;
  const divide = side === 1 ? divideUp : divideDown;
  const raw = divide(exact.numerator, exact.denominator);
  return raw > 0n && isQuantity(raw) ? fromRaw<Price>(raw) : null;
}
