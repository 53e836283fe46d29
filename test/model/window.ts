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
  const fromMs = Math.floor(time / partMs(liquidity)) * partMs(liquidity);
  const same = window.find((part) => part.fromMs === fromMs);
  const others = window.filter((part) => part !== same);
  const part = { fromMs, notional: (same?.notional ?? 0n) + notional };
  market.window = [...others, part]
    .filter((entry) => entry.fromMs > outdated(liquidity, time))
    .toSorted((a, b) => a.fromMs - b.fromMs);
}

export function usedInWindow({ liquidity, window }: MarketLedger, time: number): bigint {
  if (liquidity === null) return 0n;
  const counting = window.filter(({ fromMs }) => fromMs > outdated(liquidity, time));
  return total(counting.map(({ notional }) => notional));
}
