/**
 * The rolling window over which what was closed on the book is counted. See
 * docs/spec/close-outs.md, section "Room in a market".
 * @module
 */
import { total } from './integers.ts';
import type { Liquidity, MarketLedger } from './ledger.ts';

const PARTS = 16;

const partMs = ({ windowMs }: Liquidity): number => Math.ceil(windowMs / PARTS);

/** A part that began then or earlier no longer counts. */
const outdated = (liquidity: Liquidity, time: number): number =>
  time - liquidity.windowMs - partMs(liquidity);

/** Adds what a fill of a close-out order was worth; drops what is outdated. */
export function countInWindow(
  market: MarketLedger,
  { notional, time }: { notional: bigint; time: number },
): void {
  const { liquidity, window } = market;
  if (liquidity === null) return;
  const width = partMs(liquidity);
  const kept = window.filter((entry) => entry.fromMs > outdated(liquidity, time));
  // A part of a shorter window may have begun later than the one that this fill belongs to.
  const fromMs = Math.max(Math.floor(time / width) * width, ...kept.map((entry) => entry.fromMs));
  const same = kept.find((entry) => entry.fromMs === fromMs);
  const others = kept.filter((entry) => entry !== same);
  market.window = [...others, { fromMs, notional: (same?.notional ?? 0n) + notional }];
}

export function usedInWindow({ liquidity, window }: MarketLedger, time: number): bigint {
  if (liquidity === null) return 0n;
  const counting = window.filter(({ fromMs }) => fromMs > outdated(liquidity, time));
  return total(counting.map(({ notional }) => notional));
}
