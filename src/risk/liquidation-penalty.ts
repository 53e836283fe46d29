/**
 * What a liquidated account pays on top of its losses, and who receives it.
 * @module
 */
import {
  add,
  assert,
  isNegative,
  lte,
  type Money,
  max,
  min,
  mulDown,
  mulUp,
  ONE_RATIO,
  type Ratio,
  sub,
  ZERO_MONEY,
} from '../units/index.ts';

export type LiquidationPenaltyInput = {
  /** Of the fill that is charged, ≥ 0. */
  readonly notional: Money;
  /** Penalty per unit of notional, ≥ 0. */
  readonly penaltyFraction: Ratio;
  /** Of the whole account after the fill, signed. */
  readonly equity: Money;
};

/**
 * Penalty of one close-out fill.
 *
 *     penalty = min(notional · fraction, max(0, equity))
 *
 * Units     Money × Ratio → Money, ≥ 0
 * Rounding  Up: a claim is never understated. The cap by equity is exact, so the penalty alone
 *           never makes an account bankrupt.
 * Asserts   notional ≥ 0 · fraction ≥ 0
 * Source    Plimsoll
 */
export function liquidationPenalty({
  notional,
  penaltyFraction,
  equity,
}: LiquidationPenaltyInput): Money {
  assert(!isNegative(notional), 'NOTIONAL', 'expected a notional of at least 0');
  assert(!isNegative(penaltyFraction), 'PENALTY_FRACTION', 'expected a fraction of at least 0');
  return min(mulUp(notional, penaltyFraction), max(equity, ZERO_MONEY));
}

export type PenaltySplitInput = {
  /** ≥ 0. */
  readonly penalty: Money;
  /** Share of a keeper who found the account, ≥ 0; keeper and burn together at most 1. */
  readonly keeperShare: Ratio;
  readonly burnShare: Ratio;
  /** Who noticed first that the account was liquidatable. */
  readonly foundBy: 'keeper' | 'engine';
};

export type PenaltySplit = {
  readonly keeperReward: Money;
  readonly insuranceContribution: Money;
  readonly burned: Money;
};

/**
 * Split of a penalty; the three parts sum to it exactly.
 *
 *     keeperReward = penalty · keeperShare, 0 if the engine found the account itself
 *     burned       = penalty · burnShare
 *     insuranceContribution = penalty − keeperReward − burned
 *
 * Units     Money × Ratio → Money, each ≥ 0
 * Rounding  Reward and burn down, the insurance contribution by subtraction: nothing is paid out
 *           that was not charged, and what rounding leaves goes to the fund.
 * Asserts   penalty ≥ 0 · shares ≥ 0 with a sum of at most 1
 * Source    Plimsoll
 */
export function penaltySplit({
  penalty,
  keeperShare,
  burnShare,
  foundBy,
}: PenaltySplitInput): PenaltySplit {
  assert(!isNegative(penalty), 'PENALTY', 'expected a penalty of at least 0');
  assert(
    !isNegative(keeperShare) &&
      !isNegative(burnShare) &&
      lte(add(keeperShare, burnShare), ONE_RATIO),
    'PENALTY_SHARES',
    'expected shares of at least 0 with a sum of at most 1',
  );
  const keeperReward = foundBy === 'keeper' ? mulDown(penalty, keeperShare) : ZERO_MONEY;
  const burned = mulDown(penalty, burnShare);
  return {
    keeperReward,
    insuranceContribution: sub(sub(penalty, keeperReward), burned),
    burned,
  };
}
