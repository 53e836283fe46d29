/**
 * Certificates of healthy accounts: their surplus, split over their legs by exposure and by how
 * much what each watches has moved lately, gives each leg one bound. While no bound is reached the
 * account cannot have become liquidatable.
 * @module
 */
import { type AccountRows, countCertificate, firstLegOf, legCountOf } from './account-rows.ts';
import { holdingBound, lossBound, notionalBound } from './leg-bound.ts';
import { BOUND, channelOfLeg, coefficientOf, FLOATS, isWatched, type Legs } from './legs.ts';
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

/**
 * Gives every leg of an account a bound; the account is healthy by `surplus` or more. What a leg
 * has at stake, its share and at last its bound stand one after the other in the same place: a
 * number that is handed from function to function would be garbage each time.
 */
export function certify(certificates: Certificates, account: number, surplus: number): void {
  const { prices, legs, accounts } = certificates;
  const first = firstLegOf(accounts, account);
  const end = first + legCountOf(accounts, account);
  let total = 0;
  for (let leg = first; leg < end; leg += 1) {
    putStake(prices, legs, leg);
    total += legs.floats[leg * FLOATS + BOUND]!;
  }
  // Nothing at stake: no bound is reached before the account changes, whatever its share.
  const perStake = total > 0 ? (surplus * SHARED) / total : 0;
  for (let leg = first; leg < end; leg += 1) {
    legs.floats[leg * FLOATS + BOUND]! *= perStake;
    shareToBound(prices, legs, leg);
    place(certificates, leg);
  }
  countCertificate(accounts, account);
}

/**
 * Parts of a position's stake of which one is for losses that open interest bears. It decides how
 * often an account is looked at, never what is found.
 */
const LOSS_PARTS = 16;

/** What a leg is expected to move the surplus by, in relation to the others. */
export function putStake(prices: WatchedPrices, legs: Legs, leg: number): void {
  const watched = coordinateOfChannel(channelOfLeg(legs, leg));
  const parts = isLoss(watched) ? LOSS_PARTS : 1;
  const coordinate = isLoss(watched) ? coordinateOf('mark', numberOf(watched)) : watched;
  const held = Math.abs(coefficientOf(legs, leg));
  const stake = (held * prices.value[coordinate]! * prices.swing[coordinate]!) / parts;
  legs.floats[leg * FLOATS + BOUND] = stake;
}

/**
 * From the share of a leg to the value of what it watches at which it is used up; 0 or less where
 * there is none.
 */
export function shareToBound(prices: WatchedPrices, legs: Legs, leg: number): void {
  const { floats } = legs;
  const channel = channelOfLeg(legs, leg);
  const coordinate = coordinateOfChannel(channel);
  const contracts = Math.abs(coefficientOf(legs, leg));
  const price = prices.value[coordinate]!;
  const at = leg * FLOATS + BOUND;
  const share = floats[at]!;
  if (isLoss(coordinate)) floats[at] = lossBound(price, contracts, share);
  else if (contracts === 0 || price === 0) floats[at] = 0;
  else if (!isMark(coordinate)) floats[at] = holdingBound(price, contracts, share);
  else {
    const tiers = prices.tiers[numberOf(coordinate)]!;
    const falling = !isOfRise(channel);
    floats[at] = notionalBound(tiers, contracts * price, share, falling) / contracts;
  }
}

/** Puts a leg with a bound in the wheel of its channel; no value is ever 0 or less. */
export function place(certificates: Certificates, leg: number): void {
  const { legs } = certificates;
  const { floats } = legs;
  const channel = channelOfLeg(legs, leg);
  const at = leg * FLOATS + BOUND;
  if (floats[at]! <= 0) {
    if (isWatched(legs, leg)) unwatch(certificates.wheels[channel]!, legs, leg);
    return;
  }
  if (isOfRise(channel)) floats[at] = -floats[at]!;
  watch(wheelOf(certificates, channel), legs, leg);
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
