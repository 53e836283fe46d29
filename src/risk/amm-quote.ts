/**
 * What the pool of the protocol pays or asks for a close-out, and how much of it it takes: no
 * further from the mark than its impact bound, no more than its inventory may grow to.
 * @module
 */
import {
  add,
  assert,
  divideDown,
  divideUp,
  EXACT_PER_RAW,
  fromRaw,
  isNegative,
  isPositive,
  isQuantity,
  isZero,
  lt,
  type Money,
  neg,
  ONE_RATIO,
  type Price,
  priceDown,
  priceUp,
  type Ratio,
  rawOf,
  type Size,
  sub,
} from '../units/index.ts';
import {
  type AmmSide,
  type AmmState,
  curveQuote,
  priceRatio,
  valueWithinPrice,
  virtualDepth,
} from './amm-curve.ts';

export type AmmPool =
  | {
      readonly curve: 'constant-product';
      /** Money on either side of a pool without inventory, > 0. */
      readonly depth: Money;
    }
  | {
      readonly curve: 'concentrated';
      /** Money on either side within the band, > 0. */
      readonly depth: Money;
      /** The pool deals from mark · (1 − band) to mark / (1 − band); in (0, 1). */
      readonly band: Ratio;
    };

export type AmmQuoteInput = {
  readonly pool: AmmPool;
  /** > 0. */
  readonly markPrice: Price;
  /** What the pool holds: + long, − short. */
  readonly inventory: Size;
  /** Most it may hold on either side, ≥ 0. */
  readonly inventoryMax: Size;
  /** Furthest that the price of the last unit may lie from the mark, in [0, 1). */
  readonly impactMax: Ratio;
  /** Side of the account that is closed. */
  readonly side: AmmSide;
  /** What it wants to close, ≥ 0. */
  readonly size: Size;
};

export type AmmQuote = {
  /** What the pool takes. */
  readonly size: Size;
  /** What the account receives (sell) or pays (buy) for it. */
  readonly quote: Money;
  /** Per unit; null for nothing. */
  readonly averagePrice: Price | null;
  /** Of the next unit; null where the pool has none to sell. */
  readonly marginalPrice: Price | null;
  readonly inventoryAfter: Size;
  /** What kept the size below what was wanted. */
  readonly bound: 'none' | 'impact' | 'inventory';
};

/**
 * Quote of the pool for an order of a liquidated account.
 *
 *     W = D + inventory · mark                      D the virtual depth
 *     sell  quote = v · D² / (W · (W + v))          v = size · mark
 *     buy   quote = v · D² / (W · (W − v))
 *     at the mark, instead, while the order brings the inventory back to zero
 *
 * The size is the largest with (D / W')² within [1 − impactMax, 1 + impactMax] and within the
 * band, and with an inventory within ±inventoryMax after it; at most what is wanted.
 *
 * Units     Size, Price, Money, Ratio → Size, Money, Price
 * Rounding  For the pool: what it pays down, what it is paid up, each once on exact products; the
 *           size down. The average price alike. Bounds are decided on exact integers.
 * Asserts   depth, markPrice > 0 · 0 < band < 1 · 0 ≤ impactMax < 1 · size, inventoryMax ≥ 0
 * Source    Uniswap v2 (constant product), Uniswap v3 (concentrated), Perpetual Protocol and
 *           Drift v2 (virtual reserves around a mark); bounds and the mark as a limit Plimsoll
 */
export function ammQuote(input: AmmQuoteInput): AmmQuote {
  assertSound(input);
  const { side, markPrice, inventory } = input;
  const state = stateOf(input);
  const { size, bound } = boundedSize(input, state);
  const value = rawOf(size) * rawOf(markPrice);
  const quote = fromRaw<Money>(curveQuote(state, { side, value }));
  const after = { ...state, base: state.base + (side === 'sell' ? value : -value) };
  const averagePrice = side === 'sell' ? priceDown : priceUp;
  return {
    size,
    quote,
    averagePrice: isZero(size) ? null : averagePrice(quote, size),
    marginalPrice: marginalPrice(after, { side, markPrice }),
    inventoryAfter: side === 'sell' ? add(inventory, size) : sub(inventory, size),
    bound,
  };
}

function assertSound({ pool, markPrice, inventoryMax, impactMax, size }: AmmQuoteInput): void {
  assert(
    isPositive(pool.depth) && isPositive(markPrice),
    'AMM_QUOTE',
    'expected a positive depth and a positive mark',
  );
  assert(
    pool.curve === 'constant-product' || (isPositive(pool.band) && lt(pool.band, ONE_RATIO)),
    'AMM_QUOTE',
    'expected a band in (0, 1)',
  );
  assert(
    !isNegative(impactMax) && lt(impactMax, ONE_RATIO),
    'AMM_QUOTE',
    'expected an impact bound in [0, 1)',
  );
  assert(
    !isNegative(size) && !isNegative(inventoryMax),
    'AMM_QUOTE',
    'expected a size and an inventory bound of at least 0',
  );
}

function stateOf({ pool, inventory, markPrice }: AmmQuoteInput): AmmState {
  const given = rawOf(pool.depth) * EXACT_PER_RAW;
  const depth =
    pool.curve === 'constant-product'
      ? given
      : virtualDepth(given, { insideBand: sub(ONE_RATIO, pool.band) });
  return { depth, base: depth + rawOf(inventory) * rawOf(markPrice) };
}

function boundedSize(
  input: AmmQuoteInput,
  state: AmmState,
): { readonly size: Size; readonly bound: AmmQuote['bound'] } {
  const { side, size, inventory, inventoryMax, markPrice } = input;
  const held = rawOf(side === 'sell' ? inventory : neg(inventory));
  const room = rawOf(inventoryMax) - held;
  const byInventory = room > 0n ? room : 0n;
  const byImpact = priceLimits(input)
    .map((limit) => valueWithinPrice(state, { side, ...limit }))
    .map((value) => divideDown(value, rawOf(markPrice)))
    .reduce((least, bound) => (bound < least ? bound : least));
  const wanted = rawOf(size);
  if (wanted <= byImpact && wanted <= byInventory) return { size, bound: 'none' };
  return byImpact < byInventory
    ? { size: fromRaw<Size>(byImpact), bound: 'impact' }
    : { size: fromRaw<Size>(byInventory), bound: 'inventory' };
}

/** Price over mark at the impact bound and at the end of the band. */
function priceLimits({ pool, side, impactMax }: AmmQuoteInput) {
  const one = EXACT_PER_RAW;
  const impact = side === 'sell' ? one - rawOf(impactMax) : one + rawOf(impactMax);
  const byImpact = { numerator: impact, denominator: one };
  if (pool.curve === 'constant-product') return [byImpact];
  const inside = one - rawOf(pool.band);
  return [
    byImpact,
    side === 'sell'
      ? { numerator: inside, denominator: one }
      : { numerator: one, denominator: inside },
  ];
}

function marginalPrice(
  state: AmmState,
  { side, markPrice }: { readonly side: AmmSide; readonly markPrice: Price },
): Price | null {
  const ratio = priceRatio(state, side);
  if (ratio === null) return null;
  const divide = side === 'sell' ? divideDown : divideUp;
  const raw = divide(rawOf(markPrice) * ratio.numerator, ratio.denominator);
  return isQuantity(raw) ? fromRaw<Price>(raw) : null;
}
