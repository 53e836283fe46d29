/**
 * Legs that hedge each other: markets of one group that an account is long in some and short in
 * others. Closing one side of a hedge alone may lower the requirement and yet leave the account
 * more exposed than before.
 * @module
 */
import { divideDown, isPositive, type Money, rawOf, sum } from '../units/index.ts';
import type { PreparedLeg } from './close-out-leg.ts';
import { notionalShare } from './close-out-marginal.ts';
import type { LotVector } from './close-out-surplus.ts';

/** Both sides of a group, as places in the account's list of legs. */
export type Hedge = {
  /** The side with less notional; the shorts where both have the same. */
  readonly smaller: readonly number[];
  readonly larger: readonly number[];
  /** Notional by which the larger side exceeds the smaller. */
  readonly net: bigint;
};

/**
 * The groups of legs that hold both longs and shorts.
 *
 * Units     Money is summed and compared.
 * Rounding  None.
 */
export function hedgesOf(legs: readonly PreparedLeg[]): Hedge[] {
  const groups = new Set(legs.map(({ leg }) => leg.hedgeGroup));
  return [...groups].flatMap((group) => {
    const members = [...legs.keys()].filter((at) => legs[at]!.leg.hedgeGroup === group);
    const longs = members.filter((at) => isPositive(legs[at]!.leg.size));
    const shorts = members.filter((at) => !isPositive(legs[at]!.leg.size));
    if (longs.length === 0 || shorts.length === 0) return [];
    const total = (side: readonly number[]): bigint => {
      const notionals: Money[] = side.map((at) => legs[at]!.notional);
      return rawOf(sum(notionals));
    };
    const net = total(longs) - total(shorts);
    return net >= 0n
      ? [{ smaller: shorts, larger: longs, net }]
      : [{ smaller: longs, larger: shorts, net: -net }];
  });
}

/**
 * The vector with what would open a hedge taken back: of the smaller side no more is closed than
 * of the larger one, and of the larger one no more than would turn the net exposure around.
 *
 * Units     lots → lots
 * Rounding  Down.
 */
export function hedged(
  legs: readonly PreparedLeg[],
  hedges: readonly Hedge[],
  vector: LotVector,
): bigint[] {
  const kept = [...vector];
  const closed = (side: readonly number[]): bigint => closedOf(legs, side, kept);
  const scale = (side: readonly number[], part: bigint, whole: bigint): void => {
    for (const at of side) kept[at] = divideDown(kept[at]! * part, whole);
  };
  for (const { smaller, larger, net } of hedges) {
    const less = closed(smaller);
    const more = closed(larger);
    if (less > more) scale(smaller, more, less);
    else if (more > less + net) scale(larger, less + net, more);
  }
  return kept;
}

/**
 * By how much closing so many lots would leave groups more exposed than they were: what is closed
 * of the smaller side beyond the larger one, or of the larger one beyond what turns it around.
 *
 * Units     lots → raw notional, ≥ 0
 * Rounding  Each leg's share down.
 */
export function openedBy(
  legs: readonly PreparedLeg[],
  hedges: readonly Hedge[],
  vector: LotVector,
): bigint {
  const closed = (side: readonly number[]): bigint => closedOf(legs, side, vector);
  let opened = 0n;
  for (const { smaller, larger, net } of hedges) {
    const excess = closed(smaller) - closed(larger);
    if (excess > 0n) opened += excess;
    else if (-excess > net) opened += -excess - net;
  }
  return opened;
}

/** Notional that a vector closes of one side. */
const closedOf = (
  legs: readonly PreparedLeg[],
  side: readonly number[],
  vector: LotVector,
): bigint => side.reduce((total, at) => total + notionalShare(legs[at]!, vector[at]!), 0n);
