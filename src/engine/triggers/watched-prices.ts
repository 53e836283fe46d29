/**
 * What certificates are computed from, in floating point: the value of everything that an account
 * may watch, how much it has moved lately, and the terms of the markets. Refreshed from the state
 * where the state says that it has changed.
 * @module
 */
import type { MarginTier } from '../../risk/index.ts';
import { fromRaw, ONE_RATIO, type Price, rawOf, type Size } from '../../units/index.ts';
import { sideIndex } from '../side-index.ts';
import type { MarketView, PoolView } from '../state.ts';
import type { Bound } from '../trigger-bound.ts';
import { columnOf } from './columns.ts';

export const ONE = Number(rawOf(ONE_RATIO));

const KINDS = { mark: 0, index: 1, debt: 2, supply: 3, loss: 4 } as const satisfies Record<
  Bound['on'],
  number
>;
const KIND_BITS = 3;
const KIND_MASK = (1 << KIND_BITS) - 1;

/** One coordinate of the pool, in which accounts can be hurt. */
export const coordinateOf = (on: Bound['on'], number: number): number =>
  (number << KIND_BITS) | KINDS[on];

/** A coordinate and the direction in which it is adverse; a rise is watched by the negation. */
export const channelOf = (coordinate: number, crossedBy: Bound['crossedBy']): number =>
  coordinate * 2 + (crossedBy === 'rise' ? 1 : 0);

export const coordinateOfChannel = (channel: number): number => channel >> 1;
export const isOfRise = (channel: number): boolean => (channel & 1) === 1;
export const isMark = (coordinate: number): boolean => (coordinate & KIND_MASK) === KINDS.mark;
export const isLoss = (coordinate: number): boolean => (coordinate & KIND_MASK) === KINDS.loss;
export const numberOf = (coordinate: number): number => coordinate >> KIND_BITS;

/** Tiers of a market: the requirement is notional · fraction − deduction of the active one. */
export type FloatTiers = {
  readonly floors: Float64Array;
  readonly fractions: Float64Array;
  readonly deductions: Float64Array;
  /** 1 − fraction, subtracted exactly: what a unit of notional that is lost costs. */
  readonly kept: Float64Array;
};

export type WatchedPrices = {
  /** By coordinate. Of a mark: what one contract is worth, in units of 1e-18. */
  value: Float64Array;
  /** By coordinate: running means of relative moves, without their sign and with it. */
  step: Float64Array;
  drift: Float64Array;
  /** By coordinate: how far it is expected to go, by which slack is split. */
  swing: Float64Array;
  /** By market and side, see `carryAt`: what a contract has cost to hold since its beginning. */
  carry: Float64Array;
  /** By market. */
  readonly tiers: FloatTiers[];
};

export const createWatchedPrices = (): WatchedPrices => ({
  value: new Float64Array(0),
  step: new Float64Array(0),
  drift: new Float64Array(0),
  swing: new Float64Array(0),
  carry: new Float64Array(0),
  tiers: [],
});

/** What is not known to move moves so much with every change. */
const SWING_START = 1e-4;
/** Changes over which moves are averaged. */
const AVERAGED = 64;
const SWING_LEAST = SWING_START / AVERAGED;
/**
 * What goes one way goes as far as it is long, what goes to and fro as far as the root of that:
 * over a thousand changes a drift counts 32 times as much as the size of its steps.
 */
const DRIFT_WEIGHT = 32;

/** Takes what a coordinate is worth now. */
export function takeValue(prices: WatchedPrices, coordinate: number, value: number): void {
  if (coordinate >= prices.value.length) growTo(prices, coordinate + 1);
  const before = prices.value[coordinate]!;
  prices.value[coordinate] = value;
  if (before === 0) {
    prices.step[coordinate] = SWING_START;
    prices.swing[coordinate] = SWING_START;
  } else if (value !== before) {
    const move = (value - before) / before;
    const step = prices.step[coordinate]! + (Math.abs(move) - prices.step[coordinate]!) / AVERAGED;
    const drift = prices.drift[coordinate]! + (move - prices.drift[coordinate]!) / AVERAGED;
    prices.step[coordinate] = step;
    prices.drift[coordinate] = drift;
    // Never zero: a leg without a share of the slack would be reached by every move.
    prices.swing[coordinate] = Math.max(step + DRIFT_WEIGHT * Math.abs(drift), SWING_LEAST);
  }
}

function growTo(prices: WatchedPrices, length: number): void {
  prices.value = columnOf(prices.value, length);
  prices.step = columnOf(prices.step, length);
  prices.drift = columnOf(prices.drift, length);
  prices.swing = columnOf(prices.swing, length);
}

/** A contract's worth rises with a linear market's mark and falls with an inverse one's. */
export const signOf = ({ parameters }: MarketView): number =>
  parameters.kind === 'linear' ? 1 : -1;

/** Absolute worth of one contract, in units of 1e-18: price, or one unit of quote in coin. */
export const worthOf = ({ parameters }: MarketView, mark: Price): number =>
  parameters.kind === 'linear' ? Number(rawOf(mark)) : (ONE * ONE) / Number(rawOf(mark));

/** Where the carry of a leg is, by the sign of its coefficient. */
export const carryAt = (market: number, coefficient: number): number =>
  2 * market + (coefficient < 0 ? 1 : 0);

/** Takes what a market's legs depend on besides its mark. */
export function takeTerms(prices: WatchedPrices, state: PoolView, number: number): void {
  takeCarry(prices, state, number);
  prices.tiers[number] = floatTiers(state.markets[number]!.parameters.tiers);
}

/** Takes what funding and losses have come to in a market. */
export function takeCarry(prices: WatchedPrices, state: PoolView, number: number): void {
  const market = state.markets[number]!;
  prices.carry = columnOf(prices.carry, 2 * number + 2);
  for (const held of [1, -1]) {
    // A contract that is worth more as the worth rises: a long, or a short of an inverse market.
    const side = fromRaw<Size>(BigInt(held * signOf(market)));
    const index = Number(rawOf(sideIndex(market, side)));
    prices.carry[carryAt(number, held)] = signOf(market) * index;
  }
}

function floatTiers(tiers: readonly MarginTier[]): FloatTiers {
  const deductions: number[] = [];
  let [exact, below] = [0n, 0n];
  for (const tier of tiers) {
    const fraction = rawOf(tier.maintenanceMarginFraction);
    exact += rawOf(tier.notionalFloor) * (fraction - below);
    below = fraction;
    deductions.push(Number(exact) / ONE);
  }
  return {
    floors: Float64Array.from(tiers, (tier) => Number(rawOf(tier.notionalFloor))),
    fractions: Float64Array.from(tiers, (t) => Number(rawOf(t.maintenanceMarginFraction)) / ONE),
    deductions: Float64Array.from(deductions),
    kept: Float64Array.from(tiers, (tier) => {
      return Number(rawOf(ONE_RATIO) - rawOf(tier.maintenanceMarginFraction)) / ONE;
    }),
  };
}
