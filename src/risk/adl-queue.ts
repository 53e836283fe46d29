/**
 * The policies that close whole positions in order of a score.
 * @module
 */
import { cmpId } from '../units/index.ts';
import type { AdlPolicyInput, AdlShares } from './adl-policy.ts';
import { type AdlScore, queueNotionalScore, queueScore } from './adl-rank.ts';
import { ascendingOrder } from './ascending-order.ts';
import { cmpQuotient, keyed } from './exact-quotient.ts';

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
  const scores = seats.candidates.map((candidate) => keyed(score(market, candidate)));
  const keys = new Float64Array(scores.length);
  for (let at = 0; at < keys.length; at += 1) keys[at] = -scores[at]!.key;
  const accountAt = (at: number): string => seats.candidates[at]!.account;
  // The order of `cmpAdlRank`.
  const exact = (a: number, b: number): number =>
    cmpQuotient(scores[b]!, scores[a]!) || cmpId(accountAt(a), accountAt(b));
  const lots: bigint[] = new Array(scores.length).fill(0n);
  let left = quantity;
  for (const index of ascendingOrder({ keys, exact })) {
    if (left === 0n) break;
    const cap = seats.capAt(index);
    lots[index] = cap < left ? cap : left;
    left -= lots[index]!;
  }
  return { lots, level: null };
}
