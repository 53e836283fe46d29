/**
 * The curve of the pool that takes the other side: x · y constant, with virtual reserves that are
 * worth the same at the mark while the pool holds nothing. All values are money at the mark in
 * units of 1e-36, so that the mark itself drops out and nothing is rounded before the quote.
 *
 *     price / mark = (D / W)²,   D the virtual depth, W = D + inventory · mark
 *
 * A pool that is short would pay more than the mark to be rid of its inventory (W < D), one that
 * is long would sell for less. It does neither: up to W = D it deals at the mark. What a pool
 * pays beyond the mark its providers pay, and when the mark runs away from an inventory the bare
 * curve asks them for any sum.
 * @module
 */
import {
  divideDown,
  divideUp,
  EXACT_PER_RAW,
  integerSqrtDown,
  integerSqrtUp,
  type Ratio,
  rawOf,
  sqrtDown,
} from '../units/index.ts';

/** The side of the account's order; the pool takes the other one. */
export type AmmSide = 'buy' | 'sell';

/** Where a pool stands, in units of 1e-36. */
export type AmmState = {
  /** D, > 0. */
  readonly depth: bigint;
  /** W; may be 0 or less when the pool is short by more than its depth. */
  readonly base: bigint;
};

/**
 * Depth of a full curve whose part within the band holds the depth given.
 *
 *     D = depth / (1 − √(1 − band))
 *
 * Between mark · (1 − band) and mark / (1 − band) a pool without inventory then has money of
 * `depth` on either side, as if it stood on a curve D deep.
 *
 * Units     raw money, Ratio → raw money
 * Rounding  Down, of a root rounded down: a shallower curve favours the pool, and within the band
 *           it never pays more than the depth given.
 * Source    Uniswap v3, virtual reserves of a position
 */
export function virtualDepth(depth: bigint, { insideBand }: { insideBand: Ratio }): bigint {
  return divideDown(depth * EXACT_PER_RAW, EXACT_PER_RAW - rawOf(sqrtDown(insideBand)));
}

/** What is dealt at the mark, what on the curve, and where on the curve that begins. */
function partsOf({ depth, base }: AmmState, { side, value }: { side: AmmSide; value: bigint }) {
  const toCentre = side === 'sell' ? depth - base : base - depth;
  const flat = toCentre <= 0n ? 0n : toCentre < value ? toCentre : value;
  return { flat, curved: value - flat, start: toCentre > 0n ? depth : base };
}

/**
 * What an order is worth on the curve.
 *
 *     sell  flat + curved · D² / (W · (W + curved)),  what the account receives
 *     buy   flat + curved · D² / (W · (W − curved)),  what the account pays
 *
 * Units     1e-36 → raw money
 * Rounding  Once, for the pool: what it pays down, what it is paid up. The product of the
 *           reserves never falls, and an order in parts is never better than in one.
 */
export function curveQuote(
  state: AmmState,
  order: { readonly side: AmmSide; readonly value: bigint },
): bigint {
  const { flat, curved, start } = partsOf(state, order);
  if (curved === 0n) {
    return order.side === 'sell' ? divideDown(flat, EXACT_PER_RAW) : divideUp(flat, EXACT_PER_RAW);
  }
  const end = order.side === 'sell' ? start + curved : start - curved;
  const numerator = flat * start * end + curved * state.depth * state.depth;
  const denominator = start * end * EXACT_PER_RAW;
  return order.side === 'sell'
    ? divideDown(numerator, denominator)
    : divideUp(numerator, denominator);
}

/**
 * The largest value of an order after which the price is still within its limit.
 *
 *     sell  (D / W')² ≥ priceRatioMin      buy  (D / W')² ≤ priceRatioMax
 *
 * Units     1e-36, ratios as quotients → 1e-36, ≥ 0
 * Rounding  Down, by roots of integers that keep the inequality exactly.
 */
export function valueWithinPrice(
  { depth, base }: AmmState,
  limit: {
    readonly side: AmmSide;
    /** price / mark at the limit, > 0, as a quotient. */
    readonly numerator: bigint;
    readonly denominator: bigint;
  },
): bigint {
  const square = depth * depth * limit.denominator;
  const room =
    limit.side === 'sell'
      ? integerSqrtDown(divideDown(square, limit.numerator)) - base
      : base - integerSqrtUp(divideUp(square, limit.numerator));
  return room > 0n ? room : 0n;
}

/**
 * Price of the next unit over the mark, as a quotient; null where the pool sells none.
 *
 * Units     1e-36 → dimensionless
 * Rounding  None.
 */
export function priceRatio(
  { depth, base }: AmmState,
  side: AmmSide,
): { readonly numerator: bigint; readonly denominator: bigint } | null {
  if (side === 'sell' ? base <= depth : base >= depth) return { numerator: 1n, denominator: 1n };
  return base <= 0n ? null : { numerator: depth * depth, denominator: base * base };
}
