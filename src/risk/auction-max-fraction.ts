/**
 * The slice of a whole portfolio that restores its account's buffer, and what the slice costs,
 * while the portfolio is worth something.
 * @module
 */
import {
  assert,
  divideDown,
  divideUp,
  EXACT_PER_RAW,
  fromRaw,
  isNegative,
  isPositive,
  lt,
  lte,
  type Money,
  ONE_RATIO,
  type Ratio,
  rawOf,
  rawOfExactDown,
  rawOfTripleUp,
  ZERO_MONEY,
  ZERO_RATIO,
} from '../units/index.ts';

export type AuctionAccountInput = {
  /** Value of the portfolio at the marks, > 0. */
  readonly markToMarket: Money;
  /** Margin equity less maintenance margin, at most markToMarket; negative while liquidatable. */
  readonly netMaintenanceValue: Money;
  /** Part of the requirement that is to be left beyond it, ≥ 0. */
  readonly bufferFraction: Ratio;
};

export type AuctionMaxFractionInput = AuctionAccountInput & {
  /** Share of its value that is asked for the portfolio now, in [0, 1]. */
  readonly discount: Ratio;
  /** Proceeds of earlier slices that are not sold again, ≥ 0. */
  readonly reserved: Money;
};

export type AuctionMaxFraction = {
  /** Signed; what the account lacks of its buffer where it is negative. */
  readonly bufferMargin: Money;
  /** Largest share of what is not reserved that may be sold, in [0, 1]. */
  readonly maxFraction: Ratio;
};

/**
 * Largest slice of a portfolio that a bidder may take: the one after which nothing is missing of
 * the buffer.
 *
 *     B = M + β · (M − MtM)
 *     f = B / (B − d · MtM − R · (1 − d)), 0 if B ≥ 0
 *
 * A sale of the share f of what is not reserved, at d of its value, leaves a buffer margin of
 * B − f · (B − d · MtM − R · (1 − d)).
 *
 * Units     Money, Ratio → Money and Ratio in [0, 1]
 * Rounding  The buffer margin down, because it must not be overstated. The fraction up, once, on
 *           the exact buffer margin: the slice suffices, so that no remainder of a unit keeps the
 *           auction open.
 * Asserts   markToMarket > 0 · netMaintenanceValue ≤ markToMarket · β ≥ 0 · 0 ≤ d ≤ 1 · R ≥ 0
 * Source    Derive v2, DutchAuction.sol
 */
export function auctionMaxFraction(input: AuctionMaxFractionInput): AuctionMaxFraction {
  const { markToMarket, discount, reserved } = input;
  const buffer = exactBufferMargin(input);
  assert(
    !isNegative(discount) && lte(discount, ONE_RATIO) && !isNegative(reserved),
    'AUCTION_MAX_FRACTION',
    'expected a discount in [0, 1] and reserved proceeds of at least 0',
  );
  const bufferMargin = fromRaw<Money>(rawOfExactDown(buffer));
  if (buffer >= 0n) return { bufferMargin, maxFraction: ZERO_RATIO };
  const rest = EXACT_PER_RAW - rawOf(discount);
  const gained = rawOf(discount) * rawOf(markToMarket) + rawOf(reserved) * rest;
  const raw = divideUp(-buffer * EXACT_PER_RAW, gained - buffer);
  return { bufferMargin, maxFraction: fromRaw<Ratio>(raw) };
}

/** M + β · (M − MtM), in units of 1e-36. */
function exactBufferMargin(input: AuctionAccountInput): bigint {
  const { markToMarket, netMaintenanceValue, bufferFraction } = input;
  assert(
    isPositive(markToMarket) && lte(netMaintenanceValue, markToMarket),
    'AUCTION_ACCOUNT',
    'expected a mark to market above 0 and not below the net maintenance value',
  );
  assert(!isNegative(bufferFraction), 'AUCTION_ACCOUNT', 'expected a buffer of at least 0');
  const required = rawOf(netMaintenanceValue) - rawOf(markToMarket);
  return rawOf(netMaintenanceValue) * EXACT_PER_RAW + rawOf(bufferFraction) * required;
}

export type SolventSlicePriceInput = {
  /** Share of what is not reserved, in [0, 1]. */
  readonly fraction: Ratio;
  /** Share of its value that is asked for the portfolio now, in [0, 1]. */
  readonly discount: Ratio;
  /** Value of the portfolio at the marks. */
  readonly markToMarket: Money;
  /** Proceeds of earlier slices that are not sold again, in [0, markToMarket). */
  readonly reserved: Money;
};

/**
 * What a bidder pays for a slice of a portfolio that is worth something.
 *
 *     f · d · (MtM − R)
 *
 * Units     Ratio × Ratio × Money → Money, ≥ 0
 * Rounding  Up, once: the account never gives a slice for less than is asked.
 * Asserts   0 ≤ f, d ≤ 1 · 0 ≤ reserved < markToMarket
 * Source    Derive v2, DutchAuction.sol
 */
export function solventSlicePrice(input: SolventSlicePriceInput): Money {
  const { fraction, discount, markToMarket, reserved } = input;
  for (const share of [fraction, discount]) {
    assert(
      !isNegative(share) && lte(share, ONE_RATIO),
      'SOLVENT_SLICE',
      'expected a fraction and a discount in [0, 1]',
    );
  }
  assert(
    !isNegative(reserved) && lt(reserved, markToMarket),
    'SOLVENT_SLICE',
    'expected reserved proceeds in [0, markToMarket)',
  );
  const sold = rawOf(markToMarket) - rawOf(reserved);
  const exact = rawOf(fraction) * rawOf(discount) * sold;
  return fromRaw<Money>(rawOfTripleUp(exact));
}

export type AuctionStarterFeeInput = {
  /** Value of the portfolio at the marks, signed. */
  readonly markToMarket: Money;
  /** Margin equity less maintenance margin, at most markToMarket. */
  readonly netMaintenanceValue: Money;
  /** Part of the requirement that is to be left beyond it, ≥ 0. */
  readonly bufferFraction: Ratio;
  /** Fee per unit of value that has to be sold, in [0, 1]. */
  readonly feeFraction: Ratio;
};

/**
 * Fee of whoever finds an account and starts its auction: on the value that has to be sold while
 * it is asked in full. A portfolio that is worth nothing pays none: it would be at the cost of
 * those who bear its loss.
 *
 *     f(d = 1, R = 0) · MtM · rate, 0 if MtM ≤ 0
 *
 * Units     Money, Ratio → Money, in [0, MtM · rate]
 * Rounding  Down, once: no more is paid than is due.
 * Asserts   netMaintenanceValue ≤ markToMarket · β ≥ 0 · 0 ≤ rate ≤ 1
 * Source    Derive v2, DutchAuction.sol
 */
export function auctionStarterFee({ feeFraction, ...account }: AuctionStarterFeeInput): Money {
  assert(
    !isNegative(feeFraction) && lte(feeFraction, ONE_RATIO),
    'STARTER_FEE',
    'expected a fee in [0, 1]',
  );
  if (!isPositive(account.markToMarket)) return ZERO_MONEY;
  const buffer = exactBufferMargin(account);
  if (buffer >= 0n) return ZERO_MONEY;
  const value = rawOf(account.markToMarket);
  // B · MtM · rate / (B − MtM), with B in units of 1e-36.
  const denominator = (value * EXACT_PER_RAW - buffer) * EXACT_PER_RAW;
  return fromRaw<Money>(divideDown(-buffer * value * rawOf(feeFraction), denominator));
}
