/**
 * What passes between a liquidation and the insurance fund.
 * @module
 */
import {
  abs,
  assert,
  isNegative,
  isPositive,
  type Money,
  min,
  mulDown,
  type Ratio,
  sub,
} from '../units/index.ts';

export type InsuranceFundDeltaInput = {
  /** Proceeds that would consume the closed part's share of equity, signed. */
  readonly bankruptcyQuote: Money;
  /** Proceeds of the fill, signed: + received by the account. */
  readonly fillQuote: Money;
  /** Most that the fund keeps of a fill, per unit of its proceeds, ≥ 0. */
  readonly maxFeeFraction: Ratio;
};

/**
 * What the insurance fund gains (+) or pays (−) for a fill, where the account is charged for
 * filling better than its bankruptcy quote and the fund makes up for filling worse.
 *
 *     d = fillQuote − bankruptcyQuote;   d > 0: min(d, maxFeeFraction · |fillQuote|), else d
 *
 * Units     Money × Ratio → Money, signed
 * Rounding  The cap down, because no more than the stated fraction may be taken; the difference
 *           is exact.
 * Asserts   maxFeeFraction ≥ 0
 * Source    dYdX v4, x/clob/keeper/liquidations.go, GetLiquidationInsuranceFundDelta
 */
export function insuranceFundDelta({
  bankruptcyQuote,
  fillQuote,
  maxFeeFraction,
}: InsuranceFundDeltaInput): Money {
  assert(!isNegative(maxFeeFraction), 'FEE_FRACTION', 'expected a fraction of at least 0');
  const difference = sub(fillQuote, bankruptcyQuote);
  if (!isPositive(difference)) return difference;
  return min(difference, mulDown(abs(fillQuote), maxFeeFraction));
}

export type InsuranceFundCoverInput = {
  /** What the account lacks, ≥ 0. */
  readonly deficit: Money;
  /** What the fund holds, ≥ 0. */
  readonly fund: Money;
  /** Most that the fund pays for this event, ≥ 0; null for no cap. */
  readonly eventCap?: Money | null;
};

/**
 * Part of a deficit that the insurance fund pays.
 *
 *     min(deficit, fund, eventCap)
 *
 * Units     Money → Money, ≥ 0
 * Rounding  None. The fund never becomes negative and never pays more than the deficit.
 * Asserts   deficit ≥ 0 · fund ≥ 0 · eventCap ≥ 0
 * Source    Plimsoll
 */
export function insuranceFundCover({
  deficit,
  fund,
  eventCap = null,
}: InsuranceFundCoverInput): Money {
  assert(!isNegative(deficit), 'DEFICIT', 'expected a deficit of at least 0');
  assert(!isNegative(fund), 'INSURANCE_FUND', 'expected a fund of at least 0');
  const payable = min(deficit, fund);
  if (eventCap === null) return payable;
  assert(!isNegative(eventCap), 'EVENT_CAP', 'expected a cap of at least 0');
  return min(payable, eventCap);
}
