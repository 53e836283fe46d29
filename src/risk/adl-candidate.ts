/**
 * What auto-deleveraging needs to know about a possible counterparty, and the two exact
 * quantities that decide about it: its leverage and its leg's share of its equity.
 * @module
 */
import { type Money, ONE_RATIO, type Price, type Ratio, rawOf, type Size } from '../units/index.ts';
import type { ContractKind } from './contract-value.ts';
import type { Quotient } from './exact-quotient.ts';

/** The market and the side whose positions are reduced. */
export type AdlMarket = {
  readonly kind: ContractKind;
  /** Side of the candidates: 1 long, −1 short; the liquidated position has the other. */
  readonly side: 1 | -1;
  /** > 0. */
  readonly markPrice: Price;
};

/** A position on that side; its account is not in liquidation. */
export type AdlCandidate<Id extends string = string> = {
  readonly account: Id;
  /** Magnitude, > 0. */
  readonly size: Size;
  /** Of the account, at the mark before the deleveraging; not eligible unless positive. */
  readonly equity: Money;
  /** What of it counts towards margin, signed, at most all of it; absent: all of it. */
  readonly marginEquity?: Money | null;
  /** Of this position, signed. */
  readonly unrealizedPnl: Money;
  /** Of the whole account; absent where the position stands alone. */
  readonly maintenanceMargin?: Money | null;
  /** Of this position, at most that of the account. */
  readonly legMaintenanceMargin?: Money | null;
  /** Signed; derived from the unrealized PnL where absent. */
  readonly entryValue?: Money | null;
  /** Of the account without any unrealized PnL; absent: equity less that of this position. */
  readonly balance?: Money | null;
  /**
   * Of the account's other positions to the factor, in units of 1e-36 of money, signed as if the
   * loading of this market were positive (`factorExposure`); absent: none.
   */
  readonly otherExposure?: bigint | null;
  /** Replaces the computed score of a queue. */
  readonly score?: Ratio | null;
};

/**
 * Notional of a size at the mark, in units of 1e-18, before rounding.
 *
 * Units     Size × Price → Money, exact
 * Rounding  None.
 * Source    Plimsoll
 */
export function exactNotional({ kind, markPrice }: AdlMarket, size: Size): Quotient {
  const one = rawOf(ONE_RATIO);
  return kind === 'linear'
    ? { numerator: rawOf(size) * rawOf(markPrice), denominator: one }
    : { numerator: rawOf(size) * one, denominator: rawOf(markPrice) };
}

/**
 * Leverage of one position against the equity of its account; zero for a closed position.
 *
 *     notional / equity
 *
 * Units     Size × Price ÷ Money → dimensionless, exact
 * Rounding  None: it orders candidates.
 * Asserts   equity > 0 unless the size is zero: by the caller's choice of candidates.
 * Source    Plimsoll
 */
export function exactLeverage(market: AdlMarket, size: Size, equity: Money): Quotient {
  if (rawOf(size) === 0n) return { numerator: 0n, denominator: 1n };
  const { numerator, denominator } = exactNotional(market, size);
  return { numerator, denominator: denominator * rawOf(equity) };
}

/**
 * The part of the account's equity that stands behind this position, in units of 1e-18.
 *
 *     E · MM_leg / MM_account      (all of E where either margin is absent or MM_account is 0)
 *
 * A position closed in part is given its part of this by size. Requirements grow faster than
 * size, so that never exceeds what the released margin would allow.
 *
 * Units     Money, exact
 * Rounding  None: callers round where they settle.
 * Source    Plimsoll
 */
export function legEquity(candidate: AdlCandidate): Quotient {
  return legShare(candidate, candidate.equity);
}

/**
 * The part of the account's margin equity that stands behind this position, in units of 1e-18:
 * what may be taken for it without leaving the account less healthy.
 *
 *     E_m · MM_leg / MM_account      (all of E_m where either margin is absent or MM_account is 0)
 *
 * Units     Money, exact, signed
 * Rounding  None: callers round where they settle.
 * Source    Plimsoll
 */
export function legMarginEquity(candidate: AdlCandidate): Quotient {
  return legShare(candidate, candidate.marginEquity ?? candidate.equity);
}

function legShare(candidate: AdlCandidate, equity: Money): Quotient {
  const total = candidate.maintenanceMargin ?? null;
  const leg = candidate.legMaintenanceMargin ?? null;
  if (total === null || leg === null || rawOf(total) === 0n) {
    return { numerator: rawOf(equity), denominator: 1n };
  }
  return { numerator: rawOf(equity) * rawOf(leg), denominator: rawOf(total) };
}
