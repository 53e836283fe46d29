/**
 * Turning an account's collateral into the settlement asset: a house account buys it at a discount
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
  const buyer = collateralBuyer(state);
  const holding = account.collaterals[0];
  if (buyer === null || holding === undefined || buyer.id === account.id) return null;
  if (buyer.liquidation !== null || isNegative(buyer.balance)) return null;
  const { price: indexPrice, weight } = marginCollateral(state, holding);
  const need = account.positions.length === 0 ? sub(coverPaid, account.balance) : null;
  if (need !== null && !isPositive(need)) return null;
  const unitValue = mulDown(indexPrice, weight);
  let amount = holding.amount;
  // The buyer never pays more than it has, whatever the discount turns out to be.
  if (isPositive(indexPrice)) amount = min(amount, unitsFor(buyer.balance, indexPrice, divideDown));
  // What counts for nothing as margin is still sold for what it is worth.
  const sold = isPositive(unitValue) ? unitValue : indexPrice;
  if (need !== null && isPositive(sold)) amount = min(amount, unitsFor(need, sold, divideUp));
  if (isZero(amount)) return null;
  const full = collateralValueDown({ amount, price: indexPrice });
  const weighted = marginCollateralValueDown({ amount, price: indexPrice, weight });
  // The buyer's discount is what the account can spare: it never leaves a loss for others.
  const proceeds = need === null ? full : clamp(need, weighted, full);
  // A purse too small for one unit of money would be asked for ever, for dust that pays nothing.
  if (isZero(proceeds) && lt(amount, holding.amount)) return null;
  return { buyer, asset: holding.asset, amount, indexPrice, weight, proceeds };
}

/** What money pays for; of something all but worthless, as much as a quantity can hold. */
const unitsFor = (money: Money, price: Price, divide: typeof divideDown): Amount =>
  nearestQuantity<Amount>(divide(rawOf(money) * EXACT_PER_RAW, rawOf(price)));

function collateralBuyer(state: PoolView): AccountView | null {
  const { collateralBuyer: id } = poolParameters(state);
  const number = id === null ? undefined : state.numbers.accounts.get(id);
  return number === undefined ? null : state.accounts[number]!;
}
