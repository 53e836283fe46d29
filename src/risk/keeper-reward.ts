/**
 * What a keeper gets for a liquidation: enough to cover its cost whatever the size, and no more
 * than the margin at stake and the penalty allow.
 * @module
 */
import {
  add,
  assert,
  cmpScaled,
  isNegative,
  type Money,
  max,
  min,
  mulDown,
  ONE_RATIO,
  type Ratio,
  sub,
  ZERO_MONEY,
} from '../units/index.ts';

export type KeeperRewardInput = {
  /** Reward for finding the account, before cost, ≥ 0. */
  readonly flagReward: Money;
  /** What it costs the keeper to have its command accepted, ≥ 0. */
  readonly executionCost: Money;
  /** Least gain beyond the cost, in money, ≥ 0. */
  readonly minReward: Money;
  /** Least gain beyond the cost, per unit of cost, ≥ 0. */
  readonly minProfitFraction: Ratio;
  /** Margin equity of the account, signed. */
  readonly marginEquity: Money;
  /** Most that is paid per unit of margin equity, ≥ 0. */
  readonly marginScale: Ratio;
  /** Most that is paid, ≥ 0. */
  readonly maxReward: Money;
  /** What the account was charged, ≥ 0. */
  readonly penalty: Money;
};

export type KeeperReward = {
  /** Paid out of the penalty. */
  readonly keeperReward: Money;
  /** What the keeper's floor exceeds the penalty by. Whether a fund pays it is its own event. */
  readonly subsidy: Money;
};

/**
 * Reward of a keeper.
 *
 *     cap    = min(max(0, marginEquity) · marginScale, maxReward)
 *     floor  = max(cost + minReward, cost · (1 + minProfitFraction))
 *     keeperReward = min(max(floor, flagReward + cost), cap, penalty)
 *     subsidy      = max(0, min(floor, cap) − penalty)
 *
 * Only what is missing of the floor is a subsidy: a fund keeps keepers from working at a loss,
 * it does not pay their gain.
 *
 * Units     Money, Ratio → Money, each ≥ 0
 * Rounding  Down: nothing is paid out that was not charged.
 * Asserts   every amount and fraction but marginEquity ≥ 0
 * Source    Synthetix v3, keeper rewards of the perpetuals market; the bound by the penalty and
 *           the subsidy are Plimsoll's
 */
export function keeperReward(input: KeeperRewardInput): KeeperReward {
  const { flagReward, executionCost, minReward, minProfitFraction } = input;
  const { marginEquity, marginScale, maxReward, penalty } = input;
  for (const each of [flagReward, executionCost, minReward, maxReward, penalty]) {
    assert(!isNegative(each), 'KEEPER_REWARD', 'expected amounts of at least 0');
  }
  for (const each of [minProfitFraction, marginScale]) {
    assert(!isNegative(each), 'KEEPER_REWARD', 'expected fractions of at least 0');
  }
  const cap = productUpTo(maxReward, max(marginEquity, ZERO_MONEY), marginScale);
  const byFraction = productUpTo(cap, executionCost, add(ONE_RATIO, minProfitFraction));
  const floor = min(max(add(executionCost, minReward), byFraction), cap);
  const due = min(max(floor, add(flagReward, executionCost)), cap);
  return {
    keeperReward: min(due, penalty),
    subsidy: max(sub(floor, penalty), ZERO_MONEY),
  };
}

/** min(limit, ⌊amount · factor⌋); compared first, as the product may exceed the range of money. */
function productUpTo(limit: Money, amount: Money, factor: Ratio): Money {
  return cmpScaled(limit, amount, factor) <= 0 ? limit : mulDown(amount, factor);
}
