/**
 * The filter in front of the exact verdict: an account's surplus in floating point, with a bound of
 * all that may be wrong with it. Where that leaves no doubt about the sign, nothing else is asked.
 * @module
 */
import { firstLegOf, fixedOf, legCountOf } from './account-rows.ts';
import type { Certificates } from './certificates.ts';
import { requirement, UNIT_ROUNDOFF } from './leg-bound.ts';
import { channelOfLeg, coefficientOf } from './legs.ts';
import { carryAt, coordinateOfChannel, isLoss, isMark, numberOf } from './watched-prices.ts';

/** Units by which the roundings of one leg can move the exact surplus between two evaluations. */
export const ROUNDING_PER_LEG = 8;

/** A surplus in floating point, and by how much the exact one may differ from it at most. */
export type Surplus = Float64Array;
export const VALUE = 0;
export const ERROR = 1;
export const newSurplus = (): Surplus => new Float64Array(2);

/**
 * Margin equity − maintenance margin of an account by its rows, into `into`.
 *
 *     surplus = fixed + Σ positions (c·x − c·carry − M(|c|·x)) + Σ holdings k·p
 *
 * Error: with u = 2⁻⁵³ every term is computed with at most twelve roundings, and adding T terms
 * makes T − 1 more on sums that are at most the sum A of the absolute terms: in all at most
 * (T + 12)·u·A, where T ≤ 3·legs + 1, and A counts four times the notional for a contract's
 * worth, its requirement and the deduction that was subtracted from it. A itself is computed, so
 * that the factor is taken as T + 16. The exact surplus rounds whole units besides.
 */
export function surplusOf(
  { prices, legs, accounts }: Pick<Certificates, 'prices' | 'legs' | 'accounts'>,
  account: number,
  into: Surplus,
): void {
  const first = firstLegOf(accounts, account);
  const count = legCountOf(accounts, account);
  let sum = fixedOf(accounts, account);
  let mass = Math.abs(sum);
  for (let leg = first; leg < first + count; leg += 1) {
    const coordinate = coordinateOfChannel(channelOfLeg(legs, leg));
    // What a market's losses took is part of what its position has cost to hold.
    if (isLoss(coordinate)) continue;
    const held = coefficientOf(legs, leg);
    const worth = held * prices.value[coordinate]!;
    sum += worth;
    if (isMark(coordinate)) {
      const market = numberOf(coordinate);
      const notional = Math.abs(worth);
      const carried = held * prices.carry[carryAt(market, held)]!;
      sum -= carried + requirement(prices.tiers[market]!, notional);
      mass += 4 * notional + Math.abs(carried);
    } else {
      mass += worth;
    }
  }
  into[VALUE] = sum;
  into[ERROR] = (3 * count + 17) * UNIT_ROUNDOFF * mass + ROUNDING_PER_LEG * (count + 1);
}

/**
 * What legs may use up: so little that the exact surplus, whose units are rounded once more at
 * other prices, stays at 0 or above. The bounds keep their own distance (`leg-bound.ts`).
 */
export const sureSurplus = (surplus: Surplus, legs: number): number =>
  surplus[VALUE]! - surplus[ERROR]! - ROUNDING_PER_LEG * (legs + 1);
