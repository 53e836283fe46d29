/**
 * What each counterparty of a deleveraging gives up against the mark.
 * @module
 */
import {
  fromRaw,
  isZero,
  lt,
  type Money,
  portionDown,
  rawOf,
  type Size,
  ZERO_MONEY,
} from '../units/index.ts';
import type { AdlCandidate } from './adl-candidate.ts';
import { takenMax } from './adl-caps.ts';
import { idOrder } from './id-order.ts';

export type AdlTakenInput = {
  readonly candidates: readonly AdlCandidate[];
  /** Of each, ≥ 0. */
  readonly closed: readonly Size[];
  /** Σ closed. */
  readonly filled: Size;
  /** Gap of what is filled. */
  readonly budget: Money;
};

/**
 * Taken per candidate: its share of the budget by size, within its limit (`takenMax`).
 *
 * Units     Money, ≥ 0
 * Rounding  Shares down; the units that are left go one each, by account id, to those below their
 *           limits. What limits keep back is taken from nobody else.
 * Cost      O(n log n)
 * Source    Plimsoll
 */
export function takenEach({ candidates, closed, filled, budget }: AdlTakenInput): Money[] {
  const taken = candidates.map(() => ZERO_MONEY);
  if (isZero(budget)) return taken;
  const belowLimit: number[] = [];
  let units = rawOf(budget);
  for (let at = 0; at < candidates.length; at += 1) {
    if (isZero(closed[at]!)) continue;
    const share = portionDown(budget, closed[at]!, filled);
    units -= rawOf(share);
    const limit = fromRaw<Money>(takenMax(candidates[at]!, closed[at]!));
    taken[at] = lt(share, limit) ? share : limit;
    if (lt(share, limit)) belowLimit.push(at);
  }
  if (units === 0n) return taken;
  const order = idOrder(belowLimit.map((at) => candidates[at]!.account));
  for (let next = 0; next < order.length && units > 0n; next += 1) {
    const at = belowLimit[order[next]!]!;
    taken[at] = fromRaw<Money>(rawOf(taken[at]!) + 1n);
    units -= 1n;
  }
  return taken;
}
