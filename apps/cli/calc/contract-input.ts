/**
 * The kind of a contract, and whether so many of them have a value that formulas can take.
 * @module
 */
import type { ContractKind } from 'plimsoll/risk';
import { ONE_RATIO, type Price, rawOf, type Size } from 'plimsoll/units';
import { isMoneyInRange, MONEY_IN_RANGE } from './quantity.ts';
import { fallback, oneOf, type Shape } from './shape.ts';

const ONE = rawOf(ONE_RATIO);

export const contractKind: Shape<ContractKind> = fallback(
  oneOf('Default "linear"; "inverse": size in quote units, money in the base coin', [
    'linear',
    'inverse',
  ]),
  'linear',
);

/** What is wrong with the value of so many contracts at a price, or null. */
export function notionalProblem({
  kind,
  size: contracts,
  price: at,
}: {
  kind: ContractKind;
  size: Size;
  price: Price;
}): string | null {
  const value = kind === 'linear' ? (rawOf(contracts) * rawOf(at)) / ONE : coins(contracts, at);
  const text = kind === 'linear' ? 'size · price' : 'size / price';
  return isMoneyInRange(value) ? null : `expected ${text} of ${MONEY_IN_RANGE}`;
}

const coins = (contracts: Size, at: Price): bigint => (rawOf(contracts) * ONE) / rawOf(at);
