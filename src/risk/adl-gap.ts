/**
 * What closing away from the mark costs the counterparties of a liquidated position.
 * @module
 */
import {
  divideUp,
  fromRaw,
  type Money,
  ONE_RATIO,
  type Price,
  rawOf,
  type Size,
  ZERO_MONEY,
} from '../units/index.ts';
import type { AdlMarket } from './adl-candidate.ts';

export type AdlGapInput = AdlMarket & {
  /** What is to be closed, > 0. */
  readonly quantity: Size;
  /** Price at which the liquidated position closes, > 0. */
  readonly closePrice: Price;
};

/**
 * Money that the counterparties of a quantity lose against the mark by closing at a price.
 *
 *     linear   max(0, side · (mark − close)) · quantity
 *     inverse  max(0, side · (1/close − 1/mark)) · quantity
 *
 * Side is that of the counterparties: a long loses where it closes below the mark.
 *
 * Units     Size × Price → Money, ≥ 0
 * Rounding  Up: it is a claim on them and must not be understated.
 * Source    Plimsoll
 */
export function adlGap({ kind, side, markPrice, quantity, closePrice }: AdlGapInput): Money {
  const mark = rawOf(markPrice);
  const close = rawOf(closePrice);
  const apart = side === 1 ? mark - close : close - mark;
  if (apart <= 0n) return ZERO_MONEY;
  const one = rawOf(ONE_RATIO);
  const raw =
    kind === 'linear'
      ? divideUp(rawOf(quantity) * apart, one)
      : divideUp(rawOf(quantity) * one * apart, mark * close);
  return fromRaw<Money>(raw);
}
