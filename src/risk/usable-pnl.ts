/**
 * The part of a position's profit that carries new risk or may be paid out.
 * @module
 */
import {
  isNegative,
  isPositive,
  type Money,
  max,
  min,
  type Price,
  ZERO_MONEY,
} from '../units/index.ts';
import { type UnrealizedPnlInput, unrealizedPnl } from './unrealized-pnl.ts';

export type UsablePnlInput = UnrealizedPnlInput & {
  /** Slow average of the mark; null: nothing confirms a profit. */
  readonly stablePrice: Price | null;
};

/**
 * Unrealized PnL as far as it is usable: profit at the worse of mark and stable price for the
 * side of the position, loss at the mark.
 *
 *     at the mark ≤ 0   as it is
 *     else              max(0, unrealizedPnl at min(mark, stable) for a long, max for a short)
 *
 * New profit becomes usable only as fast as the stable price follows the mark; a loss counts at
 * once, and one that has been made good at the mark is no loss, whatever the stable price: a
 * position that was opened at the mark never begins with one.
 *
 * Units     Size × Price → Money, signed; + is profit
 * Rounding  Down, by the value of the contract.
 * Source    Plimsoll; a stable price for new risk as in Mango v4
 */
export function usablePnl(input: UsablePnlInput): Money {
  const { size, markPrice, stablePrice } = input;
  const pnl = unrealizedPnl(input);
  if (!isPositive(pnl)) return pnl;
  if (stablePrice === null) return ZERO_MONEY;
  const worse = isNegative(size) ? max(markPrice, stablePrice) : min(markPrice, stablePrice);
  return max(unrealizedPnl({ ...input, markPrice: worse }), ZERO_MONEY);
}
