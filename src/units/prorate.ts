/**
 * Splitting a total so that the parts sum to it exactly.
 * @module
 */
import { assert } from './assert.ts';
import { brand, type Wad } from './brand.ts';

/**
 * Splits a total in proportion to weights: every share is floored, then the remainder is given
 * away one unit each in the stated order (indices into weights; weightless entries are skipped).
 * The shares sum to the total exactly and none differs from its exact share by more than a unit.
 *
 * Asserts   total ≥ 0 · weights ≥ 0 with a positive sum (or total = 0)
 */
export function prorate<U extends Wad>(
  total: U,
  weights: readonly Wad[],
  order: readonly number[] = weights.map((_, index) => index),
): U[] {
  assert(total >= 0n, 'PRORATE', `total ${total} was negative`);
  let weightTotal = 0n;
  for (const weight of weights) {
    assert(weight >= 0n, 'PRORATE', `weight ${weight} was negative`);
    weightTotal += weight;
  }
  if (total === 0n) return weights.map(() => total);
  assert(weightTotal > 0n, 'PRORATE', 'no positive weight to carry a positive total');
  const shares: bigint[] = weights.map((weight) => (total * weight) / weightTotal);
  let remainder: bigint = total - shares.reduce((a, b) => a + b, 0n);
  for (const index of order) {
    if (remainder === 0n) break;
    if (weights[index]! > 0n) {
      shares[index]! += 1n;
      remainder -= 1n;
    }
  }
  assert(remainder === 0n, 'PRORATE', `${remainder} units were left over by the order given`);
  return shares.map((share) => brand<U>(share));
}
