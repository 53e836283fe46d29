/**
 * What was closed on the book of a market within its rolling window. The window is kept in a few
 * parts and counts a part until its last instant has left: never does more pass than is allowed.
 * @module
 */
import {
  type EngineTimeMs,
  engineTimeMs,
  type Money,
  nearestQuantity,
  rawOf,
} from '../units/index.ts';
import type { MarketView } from './state.ts';

/** Parts that a window is kept in. */
const PARTS = 16;

type Part = MarketView['window'][number];

const partMs = (windowMs: number): number => Math.ceil(windowMs / PARTS);

const counts = (windowMs: number, timeMs: number) => {
  const oldest = timeMs - windowMs - partMs(windowMs);
  return ({ fromMs }: Part): boolean => fromMs > oldest;
};

/** Notional closed within the window that ends now. */
export const windowUsed = (
  { window }: Pick<MarketView, 'window'>,
  windowMs: number,
  timeMs: number,
): Money => saturatingSum(window.filter(counts(windowMs, timeMs)).map(({ notional }) => notional));

/** The sum of amounts that only bound something: at most the largest quantity. */
export const saturatingSum = (amounts: readonly Money[]): Money =>
  nearestQuantity<Money>(amounts.reduce((total, amount) => total + rawOf(amount), 0n));

/** The window's parts after one more close. */
export function windowWith(
  window: readonly Part[],
  close: {
    readonly windowMs: number;
    readonly timeMs: EngineTimeMs;
    readonly notional: Money;
  },
): Part[] {
  const { windowMs, timeMs, notional } = close;
  const length = partMs(windowMs);
  const fromMs = engineTimeMs(Math.floor(timeMs / length) * length);
  const kept = window.filter(counts(windowMs, timeMs));
  const last = kept.at(-1);
  if (last === undefined || last.fromMs < fromMs) return [...kept, { fromMs, notional }];
  return [...kept.slice(0, -1), { ...last, notional: saturatingSum([last.notional, notional]) }];
}
