/**
 * Interest of a lending pool over a stretch of time: the index of the debts grows, and the index
 * of the deposits by what the debts pay less the reserve's share. Deposits never exceed what
 * stands behind them:
 *
 *     supplyShares · supplyIndex ≤ cash + debtShares · debtIndex
 * @module
 */
import {
  type Amount,
  add,
  assert,
  type DurationMs,
  divideDown,
  divideUp,
  EXACT_PER_RAW,
  fromRaw,
  isNegative,
  isPositive,
  isZero,
  lte,
  ONE_RATIO,
  type Ratio,
  rawOf,
  rawOfExactDown,
  rawOfExactUp,
  type Shares,
  sub,
  ZERO_RATIO,
} from '../units/index.ts';
import { borrowRate, type RateCurve, utilization } from './borrow-rate.ts';

export type BorrowInterestInput = {
  /** What the pool holds, ≥ 0. */
  readonly cash: Amount;
  /** All debts, ≥ 0. */
  readonly debtShares: Shares;
  /** Worth of a debt share, > 0. */
  readonly debtIndex: Ratio;
  /** All deposits, ≥ 0. */
  readonly supplyShares: Shares;
  /** Worth of a deposit share, > 0. */
  readonly supplyIndex: Ratio;
  /** Share of the interest that the pool keeps, in [0, 1]. */
  readonly reserveShare: Ratio;
  readonly curve: RateCurve;
  readonly elapsedMs: DurationMs;
};

export type BorrowInterest = {
  readonly utilization: Ratio;
  /** Per year. */
  readonly borrowRate: Ratio;
  readonly debtIndexAfter: Ratio;
  readonly supplyIndexAfter: Ratio;
  /** What all debts grow by. */
  readonly interest: Amount;
  /** What all deposits grow by. */
  readonly supplyInterest: Amount;
  /** What the pool keeps: the rest. */
  readonly reserveInterest: Amount;
};

/** A year of 365 days. */
const YEAR_MS = BigInt(365 * 24 * 60 * 60 * 1000);

/**
 * Interest accrued since the indices were last moved; simple within the stretch, compound from
 * stretch to stretch.
 *
 *     debtIndexAfter   = debtIndex · (1 + borrowRate · elapsed / year)
 *     interest         = debtShares · (debtIndexAfter − debtIndex)
 *     supplyIndexAfter = supplyIndex · (1 + interest · (1 − reserveShare) / (cash + debt))
 *
 * The second index grows at the rate of the debts times utilization, as if the reserve were a
 * depositor that leaves its interest to the pool. Dividing by the deposits instead would pay the
 * interest of the reserve's own loans to whoever deposits the last unit, without a bound. An
 * index of nobody does not move.
 *
 * Units     Amount, Shares, Ratio, ms → Ratio, Amount
 * Rounding  Debt index up, supply index down, each once, from the exact debt: the payments of all
 *           debtors together cover what all depositors are credited, so a stretch never breaks
 *           the law above. Interest up, the deposits' part down, the reserve's by subtraction.
 *           Without time nothing moves.
 * Asserts   cash, shares ≥ 0 · indices > 0 · reserveShare in [0, 1] · the curve's own rules ·
 *           results in range: who sets curves bounds their rates
 * Source    Compound v2, accrual of interest; index of the deposits Plimsoll
 */
export function interestAccrued(input: BorrowInterestInput): BorrowInterest {
  const { cash, debtShares, debtIndex, supplyShares, supplyIndex, curve, elapsedMs } = input;
  assert(
    !isNegative(supplyShares) && isPositive(supplyIndex),
    'BORROW_INTEREST',
    'expected deposits of at least 0 and a positive index',
  );
  assert(
    !isNegative(input.reserveShare) && lte(input.reserveShare, ONE_RATIO),
    'BORROW_INTEREST',
    'expected a reserve share in [0, 1]',
  );
  const used = utilization({ cash, debtShares, debtIndex });
  const rate = borrowRate({ curve, utilization: used });
  const growth = rawOf(debtIndex) * rawOf(rate) * BigInt(elapsedMs);
  const debtRise = isZero(debtShares)
    ? ZERO_RATIO
    : fromRaw<Ratio>(divideUp(growth, EXACT_PER_RAW * YEAR_MS));
  const exactInterest = rawOf(debtShares) * rawOf(debtRise);
  const supplyRise = supplyIndexRise(input, exactInterest);
  const interest = fromRaw<Amount>(rawOfExactUp(exactInterest));
  const supplyInterest = fromRaw<Amount>(rawOfExactDown(rawOf(supplyShares) * rawOf(supplyRise)));
  return {
    utilization: used,
    borrowRate: rate,
    debtIndexAfter: add(debtIndex, debtRise),
    supplyIndexAfter: add(supplyIndex, supplyRise),
    interest,
    supplyInterest,
    reserveInterest: sub(interest, supplyInterest),
  };
}

/** Interest in units of 1e-36, as what stands behind the deposits. */
function supplyIndexRise(
  { cash, debtShares, debtIndex, supplyShares, supplyIndex, reserveShare }: BorrowInterestInput,
  exactInterest: bigint,
): Ratio {
  if (isZero(supplyShares)) return ZERO_RATIO;
  const behind = rawOf(cash) * EXACT_PER_RAW + rawOf(debtShares) * rawOf(debtIndex);
  const deposits = rawOf(supplyShares) * rawOf(supplyIndex);
  // After a loss that is not yet borne the deposits are the larger; they share what there is.
  const whole = behind > deposits ? behind : deposits;
  const passedOn = exactInterest * (EXACT_PER_RAW - rawOf(reserveShare));
  return fromRaw<Ratio>(divideDown(rawOf(supplyIndex) * passedOn, whole * EXACT_PER_RAW));
}
