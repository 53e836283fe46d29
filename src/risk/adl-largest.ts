/**
 * The part of a deleveraging that fits into one record.
 * @module
 */
import { cmpId } from '../units/index.ts';
import type { AdlCandidate } from './adl-candidate.ts';
import { ascendingOrder } from './ascending-order.ts';

export type AdlLargestInput = {
  /** Per candidate, ≥ 0. */
  readonly lots: readonly bigint[];
  readonly candidates: readonly AdlCandidate[];
  /** > 0; null: all. */
  readonly fillsMax: number | null;
};

/**
 * Lots per candidate with no more than so many above 0: the largest as they are, ties by account
 * id, the others 0. The largest close at least their share, by count, of all lots, so that few
 * records follow even where each changes the next allocation.
 *
 * Units     lots
 * Rounding  None.
 * Cost      O(n log n)
 * Source    Plimsoll
 */
export function largestOf({ lots, candidates, fillsMax }: AdlLargestInput): readonly bigint[] {
  if (fillsMax === null || lots.length <= fillsMax) return lots;
  const filled: number[] = [];
  for (let at = 0; at < lots.length; at += 1) if (lots[at]! > 0n) filled.push(at);
  if (filled.length <= fillsMax) return lots;
  // The largest come first.
  const keys = Float64Array.from(filled, (at) => -Number(lots[at]!));
  const exact = (a: number, b: number): number => {
    const [one, other] = [filled[a]!, filled[b]!];
    if (lots[one]! !== lots[other]!) return lots[one]! > lots[other]! ? -1 : 1;
    return cmpId(candidates[one]!.account, candidates[other]!.account);
  };
  const kept = lots.map(() => 0n);
  for (const index of ascendingOrder({ keys, exact }).subarray(0, fillsMax)) {
    const at = filled[index]!;
    kept[at] = lots[at]!;
  }
  return kept;
}
