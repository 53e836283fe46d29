/**
 * What a borrower may still take out: the loan to value bounds new debts, below the threshold at
 * which old ones are liquidated.
 * @module
 */
import {
  type Amount,
  assert,
  divideDown,
  EXACT_PER_RAW,
  isPositive,
  type Money,
  nearestQuantity,
  type Price,
  type Ratio,
  rawOf,
} from '../units/index.ts';
import { type BorrowDebt, exactDebtValue, exactWeightedValue } from './health-factor.ts';

export type MaxBorrowInput = {
  readonly collaterals: readonly {
    /** Units of the asset, ≥ 0. */
    readonly amount: Amount;
    /** ≥ 0. */
    readonly price: Price;
    /** Share of the value that may be borrowed, in [0, 1]. */
    readonly loanToValue: Ratio;
  }[];
  /** What is owed already. */
  readonly debts: readonly BorrowDebt[];
  /** Price of the asset to borrow, > 0. */
  readonly debtPrice: Price;
};

export type MaxBorrow = {
  /** Units of the asset that may be borrowed. */
  readonly maxBorrow: Amount;
  /** The same in money. */
  readonly maxBorrowValue: Money;
};

/**
 * Most that may be borrowed.
 *
 *     maxBorrowValue = max(0, Σ amount · price · loanToValue − Σ debt amount · price)
 *     maxBorrow      = maxBorrowValue / debtPrice
 *
 * Units     Amount × Price × Ratio → Money; ÷ Price → Amount, each ≥ 0
 * Rounding  Down, each once from the exact difference: after borrowing it the debts are still
 *           within the loan to value, and one unit more would exceed it. A result beyond the
 *           range of a quantity is the largest quantity.
 * Asserts   amounts, prices ≥ 0 · debt prices > 0 · loans to value in [0, 1]
 * Source    Aave v2 and v3, borrowing power
 */
export function maxBorrow({ collaterals, debts, debtPrice }: MaxBorrowInput): MaxBorrow {
  assert(isPositive(debtPrice), 'MAX_BORROW', 'expected a positive price of the debt');
  const limit = exactWeightedValue(
    collaterals.map(({ amount, price, loanToValue }) => ({ amount, price, share: loanToValue })),
  );
  const exactRoom = limit - exactDebtValue(debts) * EXACT_PER_RAW;
  const room = exactRoom > 0n ? exactRoom : 0n;
  return {
    maxBorrow: nearestQuantity<Amount>(divideDown(room, rawOf(debtPrice) * EXACT_PER_RAW)),
    maxBorrowValue: nearestQuantity<Money>(divideDown(room, EXACT_PER_RAW * EXACT_PER_RAW)),
  };
}
