/**
 * Funding that a position has earned or owes since it was last settled.
 * @module
 */
import {
  eq,
  type FundingIndex,
  fundingDown,
  type Money,
  neg,
  type Size,
  sub,
  ZERO_MONEY,
} from '../units/index.ts';

export type FundingPaymentInput = {
  readonly size: Size;
  /** Index at which the position was last settled. */
  readonly fundingIndexBefore: FundingIndex;
  readonly fundingIndexAfter: FundingIndex;
};

/**
 * Funding payment of one account, from its own side: plus is received, minus is paid.
 *
 *     payment = −size · (indexAfter − indexBefore)
 *
 * A rising index means that longs pay shorts.
 *
 * Units     Size × FundingIndex → Money, signed
 * Rounding  Down, once per account: the payer pays the ceiling, the receiver gets the floor, so
 *           the payments of a balanced market sum to at most zero; the residue goes to the
 *           insurance fund as its own event.
 * Source    Plimsoll; an index of cumulative funding as in Perpetual Protocol and dYdX
 */
export function fundingPayment({
  size,
  fundingIndexBefore,
  fundingIndexAfter,
}: FundingPaymentInput): Money {
  // Between two accruals most positions owe nothing: no product is needed to know that.
  if (eq(fundingIndexAfter, fundingIndexBefore)) return ZERO_MONEY;
  return fundingDown(neg(size), sub(fundingIndexAfter, fundingIndexBefore));
}
