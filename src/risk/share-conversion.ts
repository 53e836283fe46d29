/**
 * Debts and deposits of a lending pool are kept as shares, which interest does not touch; an
 * index says what one share is worth in units of the asset. Each direction of each conversion has
 * its use, and each leaves the pool with at least as much as before.
 * @module
 */
import {
  type Amount,
  assert,
  divideDown,
  divideUp,
  EXACT_PER_RAW,
  fromRaw,
  gte,
  isNegative,
  isPositive,
  type Ratio,
  rawOf,
  type Shares,
  sub,
  ZERO_SHARES,
} from '../units/index.ts';

/**
 * What shares of a deposit are worth.
 *
 *     amount = shares · index
 *
 * Units     Shares × Ratio → Amount
 * Rounding  Down: a depositor is not paid what others own.
 * Source    Plimsoll
 */
export function amountOfSharesDown(shares: Shares, index: Ratio): Amount {
  return fromRaw<Amount>(divideDown(rawOf(shares) * rawOf(index), EXACT_PER_RAW));
}

/**
 * What shares of a debt owe.
 *
 *     amount = shares · index
 *
 * Units     Shares × Ratio → Amount
 * Rounding  Up: the claim is never understated.
 * Source    Plimsoll
 */
export function amountOfSharesUp(shares: Shares, index: Ratio): Amount {
  return fromRaw<Amount>(divideUp(rawOf(shares) * rawOf(index), EXACT_PER_RAW));
}

/**
 * Shares that a deposit buys, or that a part repayment of a debt takes away.
 *
 *     shares = amount / index
 *
 * Units     Amount ÷ Ratio → Shares
 * Rounding  Down: whoever pays in gets no more shares, and loses no more debt, than was paid for.
 * Asserts   index > 0
 * Source    Plimsoll
 */
export function sharesOfAmountDown(amount: Amount, index: Ratio): Shares {
  assert(isPositive(index), 'SHARE_INDEX', 'expected a positive index');
  return fromRaw<Shares>(divideDown(rawOf(amount) * EXACT_PER_RAW, rawOf(index)));
}

/**
 * Shares that a loan adds to a debt, or that a withdrawal by amount takes from a deposit.
 *
 *     shares = amount / index
 *
 * Units     Amount ÷ Ratio → Shares
 * Rounding  Up: whoever takes out owes, or gives up, at least what was taken.
 * Asserts   index > 0
 * Source    Plimsoll
 */
export function sharesOfAmountUp(amount: Amount, index: Ratio): Shares {
  assert(isPositive(index), 'SHARE_INDEX', 'expected a positive index');
  return fromRaw<Shares>(divideUp(rawOf(amount) * EXACT_PER_RAW, rawOf(index)));
}

export type DebtRepaymentInput = {
  /** What is offered, ≥ 0. */
  readonly amount: Amount;
  /** The debt, ≥ 0. */
  readonly debtShares: Shares;
  /** > 0. */
  readonly debtIndex: Ratio;
};

export type DebtRepayment = {
  /** What is taken of the offer. */
  readonly amountPaid: Amount;
  readonly sharesRepaid: Shares;
  readonly debtSharesLeft: Shares;
};

/**
 * A repayment: the shares it takes away, and what it really costs.
 *
 *     offer ≥ shares · index:  all shares, for shares · index
 *     else                     sharesRepaid = amount / index, for sharesRepaid · index
 *
 * What rounding leaves of the offer stays with the payer, so that an offer too small to take away
 * a share costs nothing, and a debt can always be repaid to the last share.
 *
 * Units     Amount, Shares, Ratio → Amount, Shares
 * Rounding  Shares down, their price up: the pool never loses. The price is at most the offer.
 * Asserts   amount, debtShares ≥ 0 · debtIndex > 0
 * Source    Plimsoll
 */
export function debtRepayment({
  amount,
  debtShares,
  debtIndex,
}: DebtRepaymentInput): DebtRepayment {
  assert(
    !isNegative(amount) && !isNegative(debtShares),
    'DEBT_REPAYMENT',
    'expected an amount and a debt of at least 0',
  );
  assert(isPositive(debtIndex), 'SHARE_INDEX', 'expected a positive index');
  const owed = amountOfSharesUp(debtShares, debtIndex);
  if (gte(amount, owed)) {
    return { amountPaid: owed, sharesRepaid: debtShares, debtSharesLeft: ZERO_SHARES };
  }
  const sharesRepaid = sharesOfAmountDown(amount, debtIndex);
  return {
    amountPaid: amountOfSharesUp(sharesRepaid, debtIndex),
    sharesRepaid,
    debtSharesLeft: sub(debtShares, sharesRepaid),
  };
}
