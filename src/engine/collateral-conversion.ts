/**
 * Turning what an account holds into the settlement asset: a house account buys it at a discount
 * of at most the haircut with which it counts towards margin, so that a conversion never lowers
 * margin equity, and without a discount where the account has none to give.
 * @module
 */
import { collateralValueDown, marginCollateralValueDown } from '../risk/index.ts';
import {
  type Amount,
  clamp,
  divideDown,
  divideUp,
  EXACT_PER_RAW,
  isNegative,
  isPositive,
  isZero,
  lt,
  type Money,
  min,
  mulDown,
  nearestQuantity,
  type Price,
  type Ratio,
  rawOf,
  sub,
} from '../units/index.ts';
import { marginCollateral } from './margin.ts';
import { type AccountView, type PoolView, poolParameters } from './state.ts';

export type CollateralConversion = {
  readonly buyer: AccountView;
  readonly asset: number;
  readonly amount: Amount;
  readonly indexPrice: Price;
  readonly weight: Ratio;
  readonly proceeds: Money;
};

/**
 * The next conversion, or null where nothing is held, needed, or nobody can pay for it. Without
 * positions it sells what the negative balance and the fund's cover need; a bankrupt account with
 * positions sells everything.
 */
export function collateralConversion(
  state: PoolView,
  account: AccountView,
  coverPaid: Money,
): CollateralConversion | null {
  const buyer = solventBuyer(state, account);
  const holding = account.collaterals[0];
  if (buyer === null || holding === undefined) return null;
  const { price: indexPrice, weight } = marginCollateral(state, holding);
  const need = neededProceeds(account, coverPaid);
  const offer = { amount: holding.amount, price: indexPrice, weight };
  const sale = saleOf(offer, { purse: buyer.balance, need });
  return sale && { buyer, asset: holding.asset, indexPrice, weight, ...sale };
}

/** What has to be raised by selling; null: as much as there is. */
export const neededProceeds = (account: AccountView, coverPaid: Money): Money | null =>
  account.positions.length === 0 ? sub(coverPaid, account.balance) : null;

/** What is for sale, and the least share of its value that it is sold for. */
export type Offer = {
  readonly amount: Amount;
  readonly price: Price;
  readonly weight: Ratio;
};

export type Sale = { readonly amount: Amount; readonly proceeds: Money };

/**
 * How much of an offer is sold, and for what, to a buyer with so much money; null where nothing
 * is needed or nothing can be paid. A need of null sells all at its full value.
 */
export function saleOf(
  { amount: offered, price, weight }: Offer,
  { purse, need }: { readonly purse: Money; readonly need: Money | null },
): Sale | null {
  if (need !== null && !isPositive(need)) return null;
  const unitValue = mulDown(price, weight);
  let amount = offered;
  // The buyer never pays more than it has, whatever the discount turns out to be.
  if (isPositive(price)) amount = min(amount, unitsFor(purse, price, divideDown));
  // What counts for nothing as margin is still sold for what it is worth.
  const sold = isPositive(unitValue) ? unitValue : price;
  if (need !== null && isPositive(sold)) amount = min(amount, unitsFor(need, sold, divideUp));
  if (isZero(amount)) return null;
  const full = collateralValueDown({ amount, price });
  const weighted = marginCollateralValueDown({ amount, price, weight });
  // The buyer's discount is what the account can spare: it never leaves a loss for others.
  const proceeds = need === null ? full : clamp(need, weighted, full);
  // A purse too small for one unit of money would be asked for ever, for dust that pays nothing.
  if (isZero(proceeds) && lt(amount, offered)) return null;
  return { amount, proceeds };
}

/** What money pays for; of something all but worthless, as much as a quantity can hold. */
const unitsFor = (money: Money, price: Price, divide: typeof divideDown): Amount =>
  nearestQuantity<Amount>(divide(rawOf(money) * EXACT_PER_RAW, rawOf(price)));

/** The house, unless it is in liquidation itself, or the very account that needs it. */
export function houseFor(state: PoolView, account: AccountView): AccountView | null {
  const { collateralBuyer: id } = poolParameters(state);
  const number = id === null ? undefined : state.numbers.accounts.get(id);
  const house = number === undefined ? null : state.accounts[number]!;
  if (house === null || house.id === account.id || house.liquidation !== null) return null;
  return house;
}

/** The house where it has money to buy with. */
export function solventBuyer(state: PoolView, account: AccountView): AccountView | null {
  const house = houseFor(state, account);
  return house === null || isNegative(house.balance) ? null : house;
}
