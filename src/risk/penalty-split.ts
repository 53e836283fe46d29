/**
 * Who receives a liquidation penalty.
 * @module
 */
import {
  assert,
  isNegative,
  lte,
  type Money,
  mulDown,
  ONE_RATIO,
  type Ratio,
  sub,
  sum,
  ZERO_MONEY,
} from '../units/index.ts';

export type PenaltySplitInput = {
  /** ≥ 0. */
  readonly penalty: Money;
  /** Share of a keeper who found the account, ≥ 0; the three shares together at most 1. */
  readonly keeperShare: Ratio;
  /** Share of those whose capital stands behind the liquidation, ≥ 0. */
  readonly providerShare: Ratio;
  /** ≥ 0. */
  readonly burnShare: Ratio;
  /** Who noticed first that the account was liquidatable. */
  readonly foundBy: 'keeper' | 'engine';
};

export type PenaltySplit = {
  readonly keeperReward: Money;
  readonly providerReward: Money;
  readonly insuranceContribution: Money;
  readonly burned: Money;
};

/**
 * Split of a penalty; the four parts sum to it exactly.
 *
 *     keeperReward   = penalty · keeperShare, 0 if the engine found the account itself
 *     providerReward = penalty · providerShare
 *     burned         = penalty · burnShare
 *     insuranceContribution = penalty − keeperReward − providerReward − burned
 *
 * Units     Money × Ratio → Money, each ≥ 0
 * Rounding  Rewards and burn down, the insurance contribution by subtraction: nothing is paid
 *           out that was not charged, and what rounding leaves goes to the fund.
 * Asserts   penalty ≥ 0 · shares ≥ 0 with a sum of at most 1
 * Source    Plimsoll
 */
export function penaltySplit({
  penalty,
  keeperShare,
  providerShare,
  burnShare,
  foundBy,
}: PenaltySplitInput): PenaltySplit {
  const shares = [keeperShare, providerShare, burnShare];
  assert(!isNegative(penalty), 'PENALTY', 'expected a penalty of at least 0');
  assert(
    !shares.some(isNegative) && lte(sum(shares), ONE_RATIO),
    'PENALTY_SHARES',
    'expected shares of at least 0 with a sum of at most 1',
  );
  const keeperReward = foundBy === 'keeper' ? mulDown(penalty, keeperShare) : ZERO_MONEY;
  const providerReward = mulDown(penalty, providerShare);
  const burned = mulDown(penalty, burnShare);
  return {
    keeperReward,
    providerReward,
    insuranceContribution: sub(penalty, sum([keeperReward, providerReward, burned])),
    burned,
  };
}
