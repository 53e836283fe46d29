/**
 * Turning an account's collateral into the settlement asset: a house account buys it at the value
 * at which it counts towards margin, so that a conversion leaves margin equity where it is.
 * @module
 */
import { marginCollateralValueDown } from '../risk/index.ts';
import {
  type Amount,
  amountDown,
  amountUp,
  isNegative,
  isPositive,
  isZero,
  type Money,
  min,
  mulDown,
  neg,
  type Price,
  type Ratio,
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
 * The next conversion, or null where nothing is held or nobody can pay for it. Without positions
 * it sells what the negative balance needs; a bankrupt account with positions sells everything.
 */
export function collateralConversion(
  state: PoolView,
  account: AccountView,
): CollateralConversion | null {
  const buyer = collateralBuyer(state);
  const holding = account.collaterals[0];
  if (buyer === null || holding === undefined || buyer.id === account.id) return null;
  if (buyer.liquidation !== null || isNegative(buyer.balance)) return null;
  const { price: indexPrice, weight } = marginCollateral(state, holding);
  const unitValue = mulDown(indexPrice, weight);
  let amount = holding.amount;
  if (isPositive(unitValue)) {
    amount = min(amount, amountDown(buyer.balance, unitValue));
    if (account.positions.length === 0) {
      amount = min(amount, amountUp(neg(account.balance), unitValue));
    }
  }
  if (isZero(amount)) return null;
  // The buyer never pays more than it has: the unit value is rounded down, the product too.
  const exact = marginCollateralValueDown({ amount, price: indexPrice, weight });
  const proceeds = min(exact, buyer.balance);
  return { buyer, asset: holding.asset, amount, indexPrice, weight, proceeds };
}

function collateralBuyer(state: PoolView): AccountView | null {
  const { collateralBuyer: id } = poolParameters(state);
  const number = id === null ? undefined : state.numbers.accounts.get(id);
  return number === undefined ? null : state.accounts[number]!;
}
