/**
 * How much a pool reckons with. Any number can be sent to it; these limits are far above every
 * real market and far below what a quantity can hold, so that no later sum or product overflows.
 * Beyond them a deposit or a fill is refused, and a price is no price.
 * @module
 */
import type { ContractKind } from '../risk/index.ts';
import {
  type Amount,
  fromRaw,
  type Money,
  money,
  ONE_RATIO,
  type Price,
  type Ratio,
  ratio,
  rawOf,
  type Size,
  type Wad,
} from '../units/index.ts';

/** Most units of anything, as messages show it: money, contracts, an asset, a price. 10^17. */
export const MONEY_MAX_TEXT = '100000000000000000';

export const MONEY_MAX: Money = money(MONEY_MAX_TEXT);

const LARGEST = rawOf(MONEY_MAX);

/** Most weight of a source and most of a factor: a larger one would say nothing more. */
export const FACTOR_MAX: Ratio = ratio('1000000');

/** Longest duration, in milliseconds: about thirty thousand years. */
export const DURATION_MS_MAX = 1_000_000_000_000_000;

/** No larger than `MONEY_MAX`, whatever the dimension and the sign. */
export const isModerate = (value: Wad): boolean => {
  const raw = rawOf(value);
  return raw <= LARGEST && raw >= -LARGEST;
};

/** The sum of two quantities of one dimension is no larger than `MONEY_MAX`. */
export const isModerateSum = <U extends Wad>(a: U, b: NoInfer<U>): boolean => {
  const raw = rawOf(a) + rawOf(b);
  return raw <= LARGEST && raw >= -LARGEST;
};

/** So many contracts are worth at most `MONEY_MAX` at a price, and are no more than that many. */
export function isReckonable(kind: ContractKind, size: Size, price: Price): boolean {
  if (!isModerate(size) || !isModerate(price)) return false;
  const one = rawOf(ONE_RATIO);
  return kind === 'linear'
    ? rawOf(size) * rawOf(price) <= LARGEST * one
    : rawOf(size) * one <= LARGEST * rawOf(price);
}

/** So much of an asset is worth at most `MONEY_MAX` at a price. */
export const isReckonableAmount = (amount: Amount, price: Price): boolean =>
  isReckonable('linear', fromRaw<Size>(rawOf(amount)), price);
