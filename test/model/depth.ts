/**
 * What the book of a market offers, as it was reported last. See docs/spec/close-outs.md, section
 * "Depth and volatility".
 * @module
 */
import { floorDiv, ONE, smaller, total } from './integers.ts';
import type { Depth, Level, Market, MarketLedger } from './ledger.ts';

/** Time constant and greatest age where the liquidity of a market is not configured. */
export const DEFAULT_DEPTH_MS = 60_000;

/** Money on one side of a book, each level rounded down. */
export const sideMoney = (kind: Market['kind'], side: readonly Level[]): bigint =>
  total(
    side.map(({ price, size }) =>
      kind === 'linear' ? floorDiv(size * price, ONE) : floorDiv(size * ONE, price),
    ),
  );

export const thinnerSide = (kind: Market['kind'], { bids, asks }: Depth): bigint =>
  smaller(sideMoney(kind, bids), sideMoney(kind, asks));

/** The depth that was reported last, null where there is none or it is too old. */
export function freshDepth({ depth, liquidity }: MarketLedger, time: number): Depth | null {
  if (depth === null) return null;
  const oldest = liquidity?.depthStalenessMsMax ?? DEFAULT_DEPTH_MS;
  return time - depth.timeMs <= oldest ? depth : null;
}

/** Share of the average depth that is missing at a time; null where it cannot be told. */
export function missingDepth(
  market: MarketLedger,
  { time, average }: { time: number; average: bigint | null },
): bigint | null {
  const depth = freshDepth(market, time);
  if (depth === null || average === null || average <= 0n) return null;
  const there = floorDiv(thinnerSide(market.parameters.kind, depth) * ONE, average);
  return there >= ONE ? 0n : ONE - there;
}
