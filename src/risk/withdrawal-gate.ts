/**
 * When nobody may take money out: while more is owed than there is to pay it with, whoever leaves
 * first would leave it to the others.
 * @module
 */
import { isNegative, type Money, nearestQuantity, rawOf } from '../units/index.ts';

export type WithdrawalGateInput = {
  readonly insuranceFund: Money;
  /** Losses that nobody could bear yet. */
  readonly unallocatedLoss: Money;
  /** Equity of every account in liquidation, at the marks there are. */
  readonly equities: readonly Money[];
};

export type WithdrawalGate = {
  /** What the fund is called upon for. */
  readonly claims: Money;
  readonly gated: boolean;
};

/**
 * Whether withdrawals are gated.
 *
 *     claims = unallocatedLoss + Σ max(0, −equity)          gated = claims > insuranceFund
 *
 * A deficit counts from the moment at which it opens, not only once it has been settled: what is
 * known of it must not be a reason to leave in time. Both claims are on the same fund.
 *
 * Units     Money
 * Rounding  None. Claims beyond all quantities are shown as the largest.
 * Cost      O(equities)
 * Source    Plimsoll; deficits as in Derive's auctions of insolvent accounts
 */
export function withdrawalGate(input: WithdrawalGateInput): WithdrawalGate {
  const { insuranceFund, unallocatedLoss, equities } = input;
  let claims = rawOf(unallocatedLoss);
  for (const equity of equities) {
    if (isNegative(equity)) claims -= rawOf(equity);
  }
  return { claims: nearestQuantity<Money>(claims), gated: claims > rawOf(insuranceFund) };
}
