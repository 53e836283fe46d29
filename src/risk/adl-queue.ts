/**
 * The policies that close whole positions in order of a score.
 * @module
 */
import { cmpId } from '../units/index.ts';
import type { AdlPolicyInput, AdlShares } from './adl-policy.ts';
import { type AdlScore, queueNotionalScore, queueScore } from './adl-rank.ts';
import { cmpKeyed, keyed } from './exact-quotient.ts';

/**
 * Positions closed whole by profit and effective leverage (`queueScore`), the last in part.
 *
 * Units     lots
 * Rounding  None: lots are given whole.
 * Cost      O(n log n)
 * Source    The queue that BitMEX published for auto-deleveraging
 */
export function queueByProfit(input: AdlPolicyInput): AdlShares {
  return queue(input, queueScore);
}

/**
 * Positions closed whole by price gain and account leverage (`queueNotionalScore`), the last in
 * part.
 *
 * Units     lots
 * Rounding  None: lots are given whole.
 * Cost      O(n log n)
 * Source    The queue that Hyperliquid documents
 */
export function queueByNotional(input: AdlPolicyInput): AdlShares {
  return queue(input, queueNotionalScore);
}

function queue({ market, quantity, seats }: AdlPolicyInput, score: AdlScore): AdlShares {
  const order = seats.map(({ candidate }, index) => ({
    index,
    account: candidate.account,
    score: keyed(score(market, candidate)),
  }));
  // The order of `cmpAdlRank`.
  order.sort((a, b) => cmpKeyed(b.score, a.score) || cmpId(a.account, b.account));
  const lots = seats.map(() => 0n);
  let left = quantity;
  for (const { index } of order) {
    if (left === 0n) break;
    const { cap } = seats[index]!;
    lots[index] = cap < left ? cap : left;
    left -= lots[index]!;
  }
  return { lots, level: null };
}
