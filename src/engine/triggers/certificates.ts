/**
 * Certificates of healthy accounts: their surplus, split over their legs by exposure and by how
 * much what each watches has moved lately, gives each leg one bound. While no bound is reached the
 * account cannot have become liquidatable.
 * @module
 */
import { type AccountRows, countCertificate, firstLegOf, legCountOf } from './account-rows.ts';
import { holdingBound, lossBound, positionBound } from './leg-bound.ts';
import { channelOfLeg, coefficientOf, isWatched, type Legs } from './legs.ts';
import { createWheel, unwatch, type Wheel, watch } from './price-wheel.ts';
import {
  coordinateOf,
  coordinateOfChannel,
  isLoss,
  isMark,
  isOfRise,
  numberOf,
  type WatchedPrices,
} from './watched-prices.ts';

export type Certificates = {
  readonly prices: WatchedPrices;
  readonly legs: Legs;
  readonly accounts: AccountRows;
  /** By channel. */
  readonly wheels: (Wheel | undefined)[];
};

/** The shares of all legs, each rounded, are together no more than the surplus. */
const SHARED = 1 - 2 ** -40;

/** Gives every leg of an account a bound; the account is healthy by `surplus` or more. */
export function certify(certificates: Certificates, account: number, surplus: number): void {
  const { prices, legs, accounts } = certificates;
  const first = firstLegOf(accounts, account);
  const end = first + legCountOf(accounts, account);
  let total = 0;
  for (let leg = first; leg < end; leg += 1) total += stakeOf(prices, legs, leg);
  // Nothing at stake: no bound is reached before the account changes, whatever its share.
  const perStake = total > 0 ? (surplus * SHARED) / total : 0;
  for (let leg = first; leg < end; leg += 1) {
    const share = stakeOf(prices, legs, leg) * perStake;
    place(certificates, leg, boundOf(prices, legs, leg, share));
  }
  countCertificate(accounts, account);
}

/**
 * Parts of a position's stake of which one is for losses that open interest bears. It decides how
 * often an account is looked at, never what is found.
 */
const LOSS_PARTS = 16;

/** What a leg is expected to move the surplus by, in relation to the others. */
export function stakeOf(prices: WatchedPrices, legs: Legs, leg: number): number {
  const watched = coordinateOfChannel(channelOfLeg(legs, leg));
  const parts = isLoss(watched) ? LOSS_PARTS : 1;
  const coordinate = isLoss(watched) ? coordinateOf('mark', numberOf(watched)) : watched;
  const held = Math.abs(coefficientOf(legs, leg));
  return (held * prices.value[coordinate]! * prices.swing[coordinate]!) / parts;
}

/** Value of what the leg watches at which its share is used up; null where there is none. */
export function boundOf(
  prices: WatchedPrices,
  legs: Legs,
  leg: number,
  share: number,
): number | null {
  const channel = channelOfLeg(legs, leg);
  const coordinate = coordinateOfChannel(channel);
  const contracts = Math.abs(coefficientOf(legs, leg));
  const price = prices.value[coordinate]!;
  if (isLoss(coordinate)) return lossBound({ index: price, contracts, share });
  if (contracts === 0 || price === 0) return null;
  if (!isMark(coordinate)) return holdingBound({ price, weightedAmount: contracts, share });
  const tiers = prices.tiers[numberOf(coordinate)]!;
  const falling = !isOfRise(channel);
  return positionBound({ tiers, notional: contracts * price, contracts, share, falling });
}

/** Puts a leg in the wheel of its channel; no value is 0 or less, so a bound there is none. */
export function place(certificates: Certificates, leg: number, bound: number | null): void {
  const { legs } = certificates;
  const channel = channelOfLeg(legs, leg);
  if (bound === null || bound <= 0) {
    if (isWatched(legs, leg)) unwatch(certificates.wheels[channel]!, legs, leg);
    return;
  }
  watch(wheelOf(certificates, channel), legs, leg, isOfRise(channel) ? -bound : bound);
}

function wheelOf({ wheels, prices }: Certificates, channel: number): Wheel {
  while (wheels.length <= channel) wheels.push(undefined);
  const value = prices.value[coordinateOfChannel(channel)]!;
  const wheel = wheels[channel] ?? createWheel(isOfRise(channel) ? -value : value);
  wheels[channel] = wheel;
  return wheel;
}

/** Takes every leg of an account out of its wheel. */
export function unplace({ legs, accounts, wheels }: Certificates, account: number): void {
  const first = firstLegOf(accounts, account);
  const end = first + legCountOf(accounts, account);
  for (let leg = first; leg < end; leg += 1) {
    if (isWatched(legs, leg)) unwatch(wheels[channelOfLeg(legs, leg)]!, legs, leg);
  }
}
