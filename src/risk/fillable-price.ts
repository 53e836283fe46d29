/**
 * How far from the mark a close-out order may go: a little while the account is barely short of
 * margin, further the nearer it is to bankruptcy, and, while there is equity to protect, never
 * so far that the fill and its penalty would cost more than the position's share of it.
 * @module
 */
import {
  add,
  assert,
  divDown,
  divideDown,
  divideUp,
  EXACT_PER_RAW,
  gt,
  isNegative,
  isPositive,
  isZero,
  lt,
  type Money,
  max,
  min,
  mulDown,
  mulUp,
  nearestQuantity,
  ONE_RATIO,
  type Price,
  type Ratio,
  rawOf,
  type Size,
  sub,
  ZERO_MONEY,
} from '../units/index.ts';
import type { ContractKind } from './contract-value.ts';

export type FillablePriceInput = {
  readonly kind: ContractKind;
  /** Signed position; a long is sold, a short is bought back. */
  readonly size: Size;
  readonly markPrice: Price;
  /** Collateral after haircuts of the whole account, signed. */
  readonly marginEquity: Money;
  /** Of the whole account, > 0. */
  readonly maintenanceMargin: Money;
  /** Of this position, ≥ 0. */
  readonly legMaintenanceMargin: Money;
  /** How fast the spread opens as the margin ratio falls below one, ≥ 0. */
  readonly bankruptcyAdjustment: Ratio;
  /** Widest spread, as a fraction of the position's maintenance margin, ≥ 0. */
  readonly spreadToMaintenanceMarginRatio: Ratio;
};

/**
 * Worst price at which the position may be closed, before penalty and bankruptcy are considered.
 *
 *     value' = value(q) − clamp(A · (1 − E_m / MM), 0, 1) · S · MM_leg
 *     linear  value' / q,  value(q) = q · P          inverse  −q / value',  value(q) = −q / P
 *
 * A is the bankruptcy adjustment, S the spread to the leg's maintenance margin. Never below the
 * smallest price nor above the largest: where the spread exceeds the value, any price will do.
 *
 * Units     Money, Size, Price, Ratio → Price, > 0
 * Rounding  Sells up, buys down, once, on the exact expression: toward the mark, so no order
 *           sells lower or buys higher than allowed.
 * Asserts   size ≠ 0 · maintenanceMargin > 0 · markPrice > 0
 * Source    dYdX v4 `GetFillablePrice`; the inverse form is Plimsoll's
 */
export function fillablePrice(input: FillablePriceInput): Price {
  const { kind, size, markPrice, legMaintenanceMargin, spreadToMaintenanceMarginRatio } = input;
  assert(!isZero(size), 'FILLABLE_PRICE', 'size was zero');
  assert(isPositive(markPrice), 'FILLABLE_PRICE', 'mark price was not positive');
  const { numerator, denominator } = spreadShare(input);
  const mark = rawOf(markPrice);
  const q = rawOf(size);
  // The adjustment of the value in units of 1e-36 per `denominator`.
  const spread = numerator * rawOf(spreadToMaintenanceMarginRatio) * rawOf(legMaintenanceMargin);
  const isSell = q > 0n;
  if (kind === 'linear') {
    const top = mark * q * denominator - spread;
    const bottom = q * denominator;
    return positivePrice(isSell ? divideUp(top, bottom) : divideDown(top, bottom));
  }
  const coin = q * EXACT_PER_RAW * EXACT_PER_RAW * denominator;
  const left = isSell ? coin + spread * mark : -coin - spread * mark;
  const top = (isSell ? coin : -coin) * mark;
  const bottom = left > 0n ? left : 1n;
  return positivePrice(isSell ? divideUp(top, bottom) : divideDown(top, bottom));
}

/** clamp(A · (1 − E_m / MM), 0, 1) as an exact quotient. */
function spreadShare({
  marginEquity,
  maintenanceMargin,
  bankruptcyAdjustment,
}: FillablePriceInput): {
  readonly numerator: bigint;
  readonly denominator: bigint;
} {
  assert(isPositive(maintenanceMargin), 'FILLABLE_PRICE', 'maintenance margin was not positive');
  const deficit = rawOf(maintenanceMargin) - rawOf(marginEquity);
  const denominator = rawOf(maintenanceMargin) * EXACT_PER_RAW;
  const numerator = rawOf(bankruptcyAdjustment) * deficit;
  if (numerator <= 0n) return { numerator: 0n, denominator: 1n };
  return numerator >= denominator ? { numerator: 1n, denominator: 1n } : { numerator, denominator };
}

/** The price of a raw integer, moved up to the smallest price where it is not positive. */
function positivePrice(raw: bigint): Price {
  return nearestQuantity<Price>(raw > 0n ? raw : 1n);
}

export type CloseOutLimitPriceInput = {
  readonly kind: ContractKind;
  /** Signed position; a long is sold, a short is bought back. */
  readonly size: Size;
  readonly markPrice: Price;
  readonly fillablePrice: Price;
  /** Null where no positive price would bankrupt: then only the fillable price limits. */
  readonly bankruptcyPrice: Price | null;
  /** Equity of the whole account, signed. */
  readonly equity: Money;
  /** Penalty per unit of the fill's notional, in [0, 1). */
  readonly penaltyFraction: Ratio;
};

/**
 * Limit price of a close-out order: the tighter of the fillable price and, while equity is
 * positive, the price at which the fill less its penalty still meets the bankruptcy quote; never
 * beyond the mark.
 *
 *     linear   sell p_b / (1 − f), buy p_b / (1 + f)
 *     inverse  sell p_b · (1 + f), buy p_b · (1 − f)
 *
 * p_b is the bankruptcy price and f the penalty fraction. An inverse long pays |q| / p in coin
 * to close, so its penalty f · |q| / p adds to a payment; an inverse short receives it.
 *
 * Units     Price, Ratio → Price
 * Rounding  Sells up, buys down: toward the mark.
 * Asserts   size ≠ 0 · 0 ≤ penaltyFraction < 1
 * Source    Plimsoll
 */
export function closeOutLimitPrice(input: CloseOutLimitPriceInput): Price {
  const { size, markPrice, fillablePrice: fillable, bankruptcyPrice, equity } = input;
  const { penaltyFraction } = input;
  assert(!isZero(size), 'CLOSE_OUT_LIMIT_PRICE', 'size was zero');
  assert(
    !isNegative(penaltyFraction) && lt(penaltyFraction, ONE_RATIO),
    'CLOSE_OUT_LIMIT_PRICE',
    'penalty fraction was not in [0, 1)',
  );
  const protects = gt(equity, ZERO_MONEY) && bankruptcyPrice !== null;
  if (isPositive(size)) {
    const limit = protects ? max(fillable, solventPrice(input, bankruptcyPrice)) : fillable;
    return min(limit, markPrice);
  }
  const limit = protects ? min(fillable, solventPrice(input, bankruptcyPrice)) : fillable;
  return max(limit, markPrice);
}

/** The bankruptcy price moved toward the mark by the penalty. */
function solventPrice(
  { kind, size, penaltyFraction }: CloseOutLimitPriceInput,
  bankruptcyPrice: Price,
): Price {
  const kept = sub(ONE_RATIO, penaltyFraction);
  const paid = add(ONE_RATIO, penaltyFraction);
  if (isPositive(size)) {
    if (kind === 'inverse') return mulUp(bankruptcyPrice, paid);
    // A penalty near the whole notional pushes the price beyond any representable one.
    return nearestQuantity<Price>(divideUp(rawOf(bankruptcyPrice) * EXACT_PER_RAW, rawOf(kept)));
  }
  return kind === 'linear' ? divDown(bankruptcyPrice, paid) : mulDown(bankruptcyPrice, kept);
}
