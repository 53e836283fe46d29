/**
 * The algebra of quantities: add within a dimension, scale by a ratio, change dimension only by
 * name. There is no neutral `mul` or `div`: each names its rounding direction (Down toward −∞,
 * Up toward +∞). Nothing else outside this room applies an operator to a quantity.
 * @module
 */
import {
  type Amount,
  brand,
  type FundingIndex,
  type Money,
  type Price,
  type Ratio,
  type Size,
  WAD,
  type Wad,
} from './brand.ts';
import { divideByWadDown, divideByWadUp, divideDown, divideUp } from './division.ts';

// Within one dimension.

export const add = <U extends Wad>(a: U, b: NoInfer<U>): U => brand<U>(a + b);
export const sub = <U extends Wad>(a: U, b: NoInfer<U>): U =>
  brand<U>((a as bigint) - (b as bigint));
export const neg = <U extends Wad>(a: U): U => -(a as bigint) as U;
export const abs = <U extends Wad>(a: U): U => (a < 0n ? (-(a as bigint) as U) : a);
export const min = <U extends Wad>(a: U, b: NoInfer<U>): U => (a < b ? a : b);
export const max = <U extends Wad>(a: U, b: NoInfer<U>): U => (a > b ? a : b);
/** The value moved into [low, high]; low ≤ high. */
export const clamp = <U extends Wad>(a: U, low: NoInfer<U>, high: NoInfer<U>): U =>
  a < low ? low : a > high ? high : a;
export const sum = <U extends Wad>(values: readonly U[]): U =>
  brand<U>(values.reduce((total, value) => total + value, 0n));

export const cmp = <U extends Wad>(a: U, b: NoInfer<U>): -1 | 0 | 1 => (a < b ? -1 : a > b ? 1 : 0);
export const eq = <U extends Wad>(a: U, b: NoInfer<U>): boolean => a === b;
export const lt = <U extends Wad>(a: U, b: NoInfer<U>): boolean => a < b;
export const lte = <U extends Wad>(a: U, b: NoInfer<U>): boolean => a <= b;
export const gt = <U extends Wad>(a: U, b: NoInfer<U>): boolean => a > b;
export const gte = <U extends Wad>(a: U, b: NoInfer<U>): boolean => a >= b;
export const isZero = (a: Wad): boolean => a === 0n;
export const isPositive = (a: Wad): boolean => a > 0n;
export const isNegative = (a: Wad): boolean => a < 0n;
export const sign = (a: Wad): -1 | 0 | 1 => (a < 0n ? -1 : a > 0n ? 1 : 0);
/** The value with the sign of a direction: `withSign(x, −1)` is −x. */
export const withSign = <U extends Wad>(a: U, direction: -1 | 0 | 1): U =>
  direction === 0 ? (0n as U) : direction < 0 ? (-(a as bigint) as U) : a;
/** The mean of two values, rounded down; lies between them. */
export const meanDown = <U extends Wad>(a: U, b: NoInfer<U>): U => brand<U>(divideDown(a + b, 2n));

// Scaling by a dimensionless ratio; the dimension is kept.

export const mulDown = <U extends Wad>(a: U, ratio: Ratio): U =>
  brand<U>(divideByWadDown(a * ratio));
export const mulUp = <U extends Wad>(a: U, ratio: Ratio): U => brand<U>(divideByWadUp(a * ratio));
export const divDown = <U extends Wad>(a: U, ratio: Ratio): U =>
  brand<U>(divideDown(a * WAD, ratio));
export const divUp = <U extends Wad>(a: U, ratio: Ratio): U => brand<U>(divideUp(a * WAD, ratio));

/** a · part / whole, rounded once; whole ≠ 0. */
export const portionDown = <U extends Wad, P extends Wad>(a: U, part: P, whole: NoInfer<P>): U =>
  brand<U>(divideDown((a as bigint) * part, whole));
export const portionUp = <U extends Wad, P extends Wad>(a: U, part: P, whole: NoInfer<P>): U =>
  brand<U>(divideUp((a as bigint) * part, whole));

/** The largest multiple of step that is ≤ a; step > 0. */
export const floorTo = <U extends Wad>(a: U, step: NoInfer<U>): U =>
  brand<U>(divideDown(a, step) * step);
/** The smallest multiple of step that is ≥ a; step > 0. */
export const ceilTo = <U extends Wad>(a: U, step: NoInfer<U>): U =>
  brand<U>(divideUp(a, step) * step);

// Changes of dimension. Signed operands keep their sign.

/** Size × Price → Money: signed value of a linear position. */
export const notionalDown = (size: Size, price: Price): Money =>
  brand<Money>(divideByWadDown(size * price));
export const notionalUp = (size: Size, price: Price): Money =>
  brand<Money>(divideByWadUp(size * price));
/** Size ÷ Price → Money: signed coin notional of an inverse position (size in quote units). */
export const coinNotionalDown = (size: Size, price: Price): Money =>
  brand<Money>(divideDown(size * WAD, price));
export const coinNotionalUp = (size: Size, price: Price): Money =>
  brand<Money>(divideUp(size * WAD, price));
/** Amount × Price → Money: value of a collateral asset. */
export const valueDown = (amount: Amount, price: Price): Money =>
  brand<Money>(divideByWadDown(amount * price));
export const valueUp = (amount: Amount, price: Price): Money =>
  brand<Money>(divideByWadUp(amount * price));
/** Size × FundingIndex → Money. */
export const fundingDown = (size: Size, index: FundingIndex): Money =>
  brand<Money>(divideByWadDown(size * index));
/** a ÷ b → Ratio; b ≠ 0. */
export const ratioDown = <U extends Wad>(a: U, b: NoInfer<U>): Ratio =>
  brand<Ratio>(divideDown(a * WAD, b));
export const ratioUp = <U extends Wad>(a: U, b: NoInfer<U>): Ratio =>
  brand<Ratio>(divideUp(a * WAD, b));
/** Money ÷ Size → Price; size ≠ 0. */
export const priceDown = (money: Money, size: Size): Price =>
  brand<Price>(divideDown(money * WAD, size));
export const priceUp = (money: Money, size: Size): Price =>
  brand<Price>(divideUp(money * WAD, size));
/** Size ÷ Money → Price: inverse contracts; money ≠ 0. */
export const inversePriceDown = (size: Size, money: Money): Price =>
  brand<Price>(divideDown(size * WAD, money));
export const inversePriceUp = (size: Size, money: Money): Price =>
  brand<Price>(divideUp(size * WAD, money));
/** Money ÷ Price → Size (linear). */
export const sizeDown = (money: Money, price: Price): Size =>
  brand<Size>(divideDown(money * WAD, price));
export const sizeUp = (money: Money, price: Price): Size =>
  brand<Size>(divideUp(money * WAD, price));
/** Money × Price → Size (inverse: coin notional × price). */
export const quoteSizeDown = (money: Money, price: Price): Size =>
  brand<Size>(divideByWadDown(money * price));
export const quoteSizeUp = (money: Money, price: Price): Size =>
  brand<Size>(divideByWadUp(money * price));
/** Money ÷ Price → Amount of a collateral asset. */
export const amountDown = (money: Money, price: Price): Amount =>
  brand<Amount>(divideDown(money * WAD, price));
export const amountUp = (money: Money, price: Price): Amount =>
  brand<Amount>(divideUp(money * WAD, price));
/** Money ÷ Amount → Price of a collateral asset; amount ≠ 0. */
export const unitPriceDown = (money: Money, amount: Amount): Price =>
  brand<Price>(divideDown(money * WAD, amount));
/** Price × Ratio → FundingIndex: what one interval adds per unit of size (linear). */
export const fundingIndexDelta = (price: Price, rate: Ratio): FundingIndex =>
  brand<FundingIndex>(divideByWadDown(price * rate));
/** Ratio ÷ Price → FundingIndex: the same for inverse contracts. */
export const inverseFundingIndexDelta = (price: Price, rate: Ratio): FundingIndex =>
  brand<FundingIndex>(divideDown(rate * WAD, price));

/** The settlement asset is its own unit of account: its ledger amount is money, exactly. */
export const moneyOfSettlement = (amount: Amount): Money => brand<Money>(amount);
export const settlementOfMoney = (money: Money): Amount => brand<Amount>(money);

// Decisions on quotients: no rounding, integers are cross-multiplied.

/** Compares a/b with c/d exactly; b > 0 and d > 0. */
export const cmpQuotients = <U extends Wad, V extends Wad>(
  a: U,
  b: V,
  c: NoInfer<U>,
  d: NoInfer<V>,
): -1 | 0 | 1 => {
  const left = a * d;
  const right = c * b;
  return left < right ? -1 : left > right ? 1 : 0;
};
/** Compares a with b · ratio exactly. */
export const cmpScaled = <U extends Wad>(a: U, b: NoInfer<U>, ratio: Ratio): -1 | 0 | 1 => {
  const left = a * WAD;
  const right = b * ratio;
  return left < right ? -1 : left > right ? 1 : 0;
};
