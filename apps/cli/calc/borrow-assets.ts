/**
 * What a borrower holds and owes, as the formulas of lending take it.
 * @module
 */
import { type Amount, type Price, rawOf } from 'plimsoll/units';
import { amount, isMoneyInRange, MONEY_IN_RANGE, price } from './quantity.ts';
import { checked, list, record, type Shape } from './shape.ts';

const ASSETS_MAX = 1000;
const ONE = 10n ** 18n;

/** At most so many assets on either side of an account. */
export const assetLimits = { atMost: ASSETS_MAX } as const;

/** What is wrong with the value of so much of an asset at a price, or null. */
export const valueProblem = (held: { readonly amount: Amount; readonly price: Price }) =>
  isMoneyInRange((rawOf(held.amount) * rawOf(held.price)) / ONE)
    ? null
    : `expected amount · price of ${MONEY_IN_RANGE}`;

/** The fields of a collateral asset but for what it counts for. */
export const collateralFields = {
  amount: amount('Units held', { atLeast: '0' }),
  price: price('Price in the settlement asset', { atLeast: '0' }),
};

export const debts: Shape<readonly { readonly amount: Amount; readonly price: Price }[]> = list(
  'What is owed',
  checked(
    record('A debt', {
      amount: amount('Units owed', { atLeast: '0' }),
      price: price('Price in the settlement asset', { above: '0' }),
    }),
    valueProblem,
  ),
  assetLimits,
);
