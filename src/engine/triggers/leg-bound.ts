/**
 * How far what a leg watches may move before the leg has used up its share of an account's
 * surplus. Exact up to floating point, whose errors `keepOut` covers on the safe side.
 * @module
 */
import type { FloatTiers } from './watched-prices.ts';

/** 2⁻⁵³: the relative error of one operation. */
export const UNIT_ROUNDOFF = 2 ** -53;

/**
 * A bound is moved towards the value by this share of the larger of the two. It covers the
 * roundings of the bound itself: a dozen, and four more for each tier that may be crossed, none of
 * which works on a number larger than that one.
 */
const keepOut = (tiers: number): number => (16 + 4 * tiers) * UNIT_ROUNDOFF;

/**
 * Notional of a position when its share is used up. With notional N, share S and fraction μ_i of
 * tier i, each unit of notional that is lost costs 1 and releases μ_i, each that is gained
 * (against the position) costs 1 and requires μ_i more:
 *
 *     falling  N' = N − S / (1 − μ_i)   rising  N' = N + S / (1 + μ_i)
 *
 * tier by tier, so that nothing but the slope that is really met counts. Scalars go in and out:
 * the engine of the language makes no garbage of them, as it would of objects.
 */
export function notionalBound(
  tiers: FloatTiers,
  notional: number,
  share: number,
  falling: boolean,
): number {
  const distance = keepOut(tiers.floors.length);
  return falling
    ? fallenNotional(tiers, notional, share) + distance * notional
    : risenNotional(tiers, notional, share) * (1 - distance);
}

/** The tier whose floor lies below the notional, the first one otherwise. */
function activeTier({ floors }: FloatTiers, notional: number): number {
  let tier = floors.length - 1;
  while (tier > 0 && floors[tier]! >= notional) tier -= 1;
  return tier;
}

function fallenNotional(tiers: FloatTiers, notional: number, share: number): number {
  let tier = activeTier(tiers, notional);
  let from = notional;
  let rest = share;
  for (; tier > 0; tier -= 1) {
    const floor = tiers.floors[tier]!;
    const cost = (from - floor) * tiers.kept[tier]!;
    if (rest <= cost) break;
    rest -= cost;
    from = floor;
  }
  return from - rest / tiers.kept[tier]!;
}

function risenNotional(tiers: FloatTiers, notional: number, share: number): number {
  const last = tiers.floors.length - 1;
  let tier = activeTier(tiers, notional);
  let from = notional;
  let rest = share;
  for (; tier < last; tier += 1) {
    const top = tiers.floors[tier + 1]!;
    const cost = (top - from) * (1 + tiers.fractions[tier]!);
    if (rest <= cost) break;
    rest -= cost;
    from = top;
  }
  return from + rest / (1 + tiers.fractions[tier]!);
}

/** Price of a holding when its share is used up: a unit of it costs the weighted amount. */
export const holdingBound = (price: number, weightedAmount: number, share: number): number =>
  price - share / weightedAmount + keepOut(0) * price;

/**
 * Bound of the losses that a position bears, as their index: it only rises, by whole units, so that
 * the first one is reached whatever the share.
 */
export const lossBound = (index: number, contracts: number, share: number): number =>
  Math.max(1, (index + share / contracts) * (1 - keepOut(0)));

/** Maintenance margin of a notional. */
export function requirement(tiers: FloatTiers, notional: number): number {
  const { floors, fractions, deductions } = tiers;
  let tier = floors.length - 1;
  while (tier > 0 && floors[tier]! > notional) tier -= 1;
  return notional * fractions[tier]! - deductions[tier]!;
}
