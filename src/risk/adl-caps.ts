/**
 * How much of a position may be deleveraged before its holder would lose more than its profit
 * from it, or be less healthy than before.
 * @module
 */
import { isPositive, isZero, type Money, type Price, rawOf, type Size } from '../units/index.ts';
import { type AdlCandidate, legMarginEquity } from './adl-candidate.ts';

/** What closing at the bankruptcy quote costs the counterparties of a quantity. */
export type AdlGap = {
  /** Money lost against the mark by the counterparties of the whole quantity, ≥ 0. */
  readonly gap: Money;
  /** > 0. */
  readonly quantity: Size;
};

/**
 * First-stage cap of a candidate, in units of 1e-18 of size.
 *
 *     |q|                              where there is no gap
 *     0                                where g · |q| > legMarginEquity: E_m/MM would fall
 *     min(|q|, max(PnL, 0) / g)        else,   g = gap / quantity
 *
 * Closing x of |q| pays x · g and releases the part x/|q| of the leg's margin, so E_m/MM falls
 * exactly when g · |q| exceeds the leg's part of margin equity, whatever x is.
 *
 * Units     Money ÷ (Money ÷ Size) → Size, ≥ 0
 * Rounding  Down: the cap must not let a holder lose more than its profit. The comparison that
 *           sets it to zero is exact.
 * Source    Plimsoll
 */
export function adlCap(candidate: AdlCandidate, { gap, quantity }: AdlGap): bigint {
  const size = rawOf(candidate.size);
  if (isZero(gap)) return size;
  // In units of 1e-18 of money, times the quantity.
  const loss = rawOf(gap) * size;
  const behind = legMarginEquity(candidate);
  const lowersHealth = loss * behind.denominator > behind.numerator * rawOf(quantity);
  if (lowersHealth || !isPositive(candidate.unrealizedPnl)) return 0n;
  const profit = rawOf(candidate.unrealizedPnl) * rawOf(quantity);
  return profit >= loss ? size : profit / rawOf(gap);
}

export type AdlHedgeTerms = AdlGap & {
  /** Of the candidates: 1 long, −1 short. */
  readonly side: 1 | -1;
  /** Of this market, > 0. */
  readonly factorLoading: Price;
};

/**
 * Exposure of an account to the factor, taken as positive where its leg adds to it.
 *
 *     F = v · |q| + side · (other exposure)
 *
 * Units     money in units of 1e-36, signed
 * Rounding  None.
 * Source    Plimsoll
 */
export function sidedExposure(
  candidate: AdlCandidate,
  { side, factorLoading }: Pick<AdlHedgeTerms, 'side' | 'factorLoading'>,
): bigint {
  const other = candidate.otherExposure ?? 0n;
  const own = rawOf(factorLoading) * rawOf(candidate.size);
  return side === 1 ? own + other : own - other;
}

/**
 * How much of a position may be closed before its holder's factor leverage is larger than it was,
 * in units of 1e-18 of size.
 *
 *     0                              where F ≤ 0: the leg hedges the rest of the account
 *     0                              where F · g > v · E: the loss outweighs the relief
 *     2 · F · E / (v · E + F · g)    else,   g = gap / quantity
 *
 * Closing x leaves |F − v · x| / (E − g · x), which falls to zero at x = F / v and then rises on
 * the other side; the last line is where it is |F| / E again. Beyond that the holder would be left
 * with a larger naked position than it had.
 *
 * Units     Price, Money, Size → Size, ≥ 0, at most the size
 * Rounding  Down: leverage must not rise. Counts the whole gap, of which profits bear a part.
 * Source    Plimsoll
 */
export function hedgeCap(candidate: AdlCandidate, terms: AdlHedgeTerms): bigint {
  const size = rawOf(candidate.size);
  const exposure = sidedExposure(candidate, terms);
  if (exposure <= 0n) return 0n;
  const relief = rawOf(terms.factorLoading) * rawOf(candidate.equity) * rawOf(terms.quantity);
  const loss = exposure * rawOf(terms.gap);
  if (loss > relief) return 0n;
  const equity = rawOf(candidate.equity) * rawOf(terms.quantity);
  const most = ((exposure + exposure) * equity) / (relief + loss);
  return most < size ? most : size;
}

/**
 * Most that may be taken from a candidate for closing part of its position.
 *
 *     min(max(PnL, 0), max(legMarginEquity, 0) · x / |q|)
 *
 * Whoever was healthy stays so: collateral that counts for less stands behind less.
 *
 * Units     Money, ≥ 0
 * Rounding  Down: what is taken never leaves the holder less healthy than it was.
 * Source    Plimsoll
 */
export function takenMax(candidate: AdlCandidate, closed: Size): bigint {
  if (!isPositive(candidate.unrealizedPnl)) return 0n;
  const profit = rawOf(candidate.unrealizedPnl);
  const behind = legMarginEquity(candidate);
  if (behind.numerator <= 0n) return 0n;
  const share = (behind.numerator * rawOf(closed)) / (behind.denominator * rawOf(candidate.size));
  return share < profit ? share : profit;
}
