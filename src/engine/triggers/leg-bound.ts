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
 * Bound of a position, as the worth of a contract: with notional N, share S and fraction μ_i of
 * tier i, each unit of notional that is lost costs 1 and releases μ_i, each that is gained
 * (against the position) costs 1 and requires μ_i more:
 *
 *     falling  N' = N − S / (1 − μ_i)   rising  N' = N + S / (1 + μ_i)
 *
 * tier by tier, so that nothing but the slope that is really met counts.
 */
export function positionBound(leg: {
  readonly tiers: FloatTiers;
  /** Worth of a contract times contracts, without sign. */
  readonly notional: number;
  readonly contracts: number;
  readonly share: number;
  readonly falling: boolean;
}): number {
  const { tiers, notional, contracts, share } = leg;
  const distance = keepOut(tiers.floors.length);
  if (leg.falling) {
    const fallen = fallenNotional(tiers, notional, share);
    return (fallen + distance * notional) / contracts;
  }
  return (risenNotional(tiers, notional, share) * (1 - distance)) / contracts;
}

/** The tier whose floor lies below the notional, the first one otherwise. */
function activeTier({ floors }: FloatTiers, notional: number): number {
  let tier = floors.length - 1;
  while (tier > 0 && floors[tier]! >= notional) tier -= 1;
  return tier;
}

function fallenNotional(tiers: FloatTiers, notional: number, share: number): number {
  let tier = activeTier(tiers, notional);
  let [from, rest] = [notional, share];
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
  let [from, rest] = [notional, share];
  for (; tier < last; tier += 1) {
    const top = tiers.floors[tier + 1]!;
    const cost = (top - from) * (1 + tiers.fractions[tier]!);
    if (rest <= cost) break;
    rest -= cost;
    from = top;
  }
  return from + rest / (1 + tiers.fractions[tier]!);
}

/** Bound of a holding, as its price: each unit of price lost costs the weighted amount. */
export const holdingBound = (leg: {
  readonly price: number;
  readonly weightedAmount: number;
  readonly share: number;
}): number => leg.price - leg.share / leg.weightedAmount + keepOut(0) * leg.price;

/**
 * Bound of the losses that a position bears, as their index: it only rises, by whole units, so that
 * the first one is reached whatever the share.
 */
export const lossBound = (leg: {
  readonly index: number;
  readonly contracts: number;
  readonly share: number;
}): number => Math.max(1, (leg.index + leg.share / leg.contracts) * (1 - keepOut(0)));

/** Maintenance margin of a notional. */
export function requirement(tiers: FloatTiers, notional: number): number {
  const { floors, fractions, deductions } = tiers;
  let tier = floors.length - 1;
  while (tier > 0 && floors[tier]! > notional) tier -= 1;
  return notional * fractions[tier]! - deductions[tier]!;
}
