/**
 * Rolling windows over which something is counted: what was closed on the book, what the fund
 * paid. See docs/spec/close-outs.md, section "Room in a market".
 * @module
 */
import { total } from './integers.ts';
import type { MarketLedger, Window } from './ledger.ts';

const PARTS = 16;

export const partOfWindow = (windowMs: number): number => Math.ceil(windowMs / PARTS);

/** A part that began then or earlier no longer counts. */
const outdated = (windowMs: number, time: number): number =>
  time - windowMs - partOfWindow(windowMs);

/** The window with so much more in the part of a moment, without what is outdated by then. */
export function withMore(
  window: Window,
  { windowMs, notional, time }: { windowMs: number; notional: bigint; time: number },
): Window {
  const width = partOfWindow(windowMs);
  const kept = window.filter((entry) => entry.fromMs > outdated(windowMs, time));
  // A part of a shorter window may have begun later than the one that this belongs to.
  const fromMs = Math.max(Math.floor(time / width) * width, ...kept.map((entry) => entry.fromMs));
  const same = kept.find((entry) => entry.fromMs === fromMs);
  const others = kept.filter((entry) => entry !== same);
  return [...others, { fromMs, notional: (same?.notional ?? 0n) + notional }];
}

export function countedIn(
  window: Window,
  { windowMs, time }: { windowMs: number; time: number },
): bigint {
  const counting = window.filter(({ fromMs }) => fromMs > outdated(windowMs, time));
  return total(counting.map(({ notional }) => notional));
}

/** Adds what a fill of a close-out order was worth; drops what is outdated. */
export function countInWindow(
  market: MarketLedger,
  { notional, time }: { notional: bigint; time: number },
): void {
  const { liquidity, window } = market;
  if (liquidity === null) return;
  market.window = withMore(window, { windowMs: liquidity.windowMs, notional, time });
}

export function usedInWindow({ liquidity, window }: MarketLedger, time: number): bigint {
  return liquidity === null ? 0n : countedIn(window, { windowMs: liquidity.windowMs, time });
}
