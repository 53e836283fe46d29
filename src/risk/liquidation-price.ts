/**
 * The mark at which an account would become liquidatable, all other prices unchanged. For
 * display and for ordering candidates: whether an account is liquidatable is decided by its
 * sums, never by this price.
 * @module
 */
import {
  divideDown,
  divideUp,
  EXACT_PER_RAW,
  fromRaw,
  isNegative,
  isQuantity,
  isZero,
  type Money,
  ONE_RATIO,
  type Price,
  type Ratio,
  ratioDown,
  rawOf,
  type Size,
  sub,
} from '../units/index.ts';
import { type ContractKind, contractNotional, contractValueDown } from './contract-value.ts';
import { type MarginTier, maintenanceMargin } from './maintenance-margin.ts';
import { type MarginAccount, marginSummary } from './margin-summary.ts';

export type LiquidationPriceOfLegInput = {
  readonly kind: ContractKind;
  readonly size: Size;
  readonly markPrice: Price;
  readonly tiers: readonly MarginTier[];
  /** Of the whole account at the present marks. */
  readonly marginEquity: Money;
  /** Of the whole account at the present marks. */
  readonly maintenanceMargin: Money;
};

/** A positive quotient of raw integers. */
type Quotient = { readonly numerator: bigint; readonly denominator: bigint };

/**
 * The account's liquidation price in one market.
 *
 * Units     Money, Size, Price → Price, > 0; null when no mark in (0, ∞) is the boundary, when
 *           there is no position in the market, or when the boundary is no representable price
 * Rounding  Long up, short down: the display warns early.
 * Source    Plimsoll
 */
export function liquidationPrice({
  account,
  positionIndex,
}: {
  readonly account: MarginAccount;
  readonly positionIndex: number;
}): Price | null {
  const position = account.positions[positionIndex];
  if (position === undefined) return null;
  const { kind, size, markPrice, tiers } = position;
  const { marginEquity, maintenanceMargin: required } = marginSummary(account);
  return liquidationPriceOfLeg({
    kind,
    size,
    markPrice,
    tiers,
    marginEquity,
    maintenanceMargin: required,
  });
}

/**
 * The liquidation price of one leg, from the account's sums at the present marks.
 *
 * Let n be the leg's notional at the price sought and A the margin equity without the leg's
 * value, less the other legs' maintenance margin. The leg's value is σ · n, with σ = +1 where it
 * is an asset (linear long, inverse short) and −1 where it is a debt. At the boundary, in tier i,
 *
 *     A + σ · n − (μ_i · n − d_i) = 0,   n = σ · (A + d_i) / (σ · μ_i − 1)
 *
 * The left side is monotone in n because 0 < μ < 1, so at most one tier contains its own root.
 * One linear tier alone gives
 *
 *     P − side · (marginEquity − maintenanceMargin) / (|q| · (1 − side · μ))
 *
 * Units     Money, Size, Price → Price, > 0; null as for `liquidationPrice`
 * Rounding  Long up, short down, once, on the exact root: the display warns early. The other
 *           legs and the collateral count with the amounts that the decision uses.
 * Cost      O(tiers)
 * Source    Plimsoll
 */
export function liquidationPriceOfLeg({
  kind,
  size,
  markPrice,
  tiers,
  marginEquity,
  maintenanceMargin: required,
}: LiquidationPriceOfLegInput): Price | null {
  if (isZero(size)) return null;
  const value = contractValueDown({ kind, size, price: markPrice });
  const notional = contractNotional({ kind, size, price: markPrice });
  const surplus = sub(
    sub(marginEquity, value),
    sub(required, maintenanceMargin({ tiers, notional })),
  );
  const isDebt = isNegative(size) === (kind === 'linear');
  const boundary = boundaryNotional({ tiers, surplus, isDebt });
  return boundary === null ? null : priceAtNotional({ kind, size, boundary });
}

/**
 * Distance from the mark to the liquidation price.
 *
 *     |liquidationPrice / mark − 1|
 *
 * Units     Price ÷ Price → Ratio, ≥ 0
 * Rounding  Down: never overstates the room left.
 * Asserts   mark ≠ 0 · the quotient is in range (both by the division)
 * Source    Plimsoll
 */
export function liquidationDistance({
  liquidationPrice: boundary,
  markPrice,
}: {
  readonly liquidationPrice: Price;
  readonly markPrice: Price;
}): Ratio {
  const gap = sub(boundary, markPrice);
  return ratioDown(isNegative(gap) ? sub(markPrice, boundary) : gap, markPrice);
}

/** The notional at which A + σ · n = MM(n), exactly; null unless it is positive. */
function boundaryNotional({
  tiers,
  surplus,
  isDebt,
}: {
  readonly tiers: readonly MarginTier[];
  readonly surplus: Money;
  readonly isDebt: boolean;
}): Quotient | null {
  const one = rawOf(ONE_RATIO);
  let deduction = 0n;
  let fraction = 0n;
  for (const [index, tier] of tiers.entries()) {
    const floor = rawOf(tier.notionalFloor);
    const next = tiers[index + 1];
    deduction += floor * (rawOf(tier.maintenanceMarginFraction) - fraction);
    fraction = rawOf(tier.maintenanceMarginFraction);
    const covered = rawOf(surplus) * one + deduction;
    const numerator = isDebt ? covered : -covered;
    const denominator = isDebt ? one + fraction : one - fraction;
    if (numerator <= 0n || numerator < floor * denominator) continue;
    if (next !== undefined && numerator >= rawOf(next.notionalFloor) * denominator) continue;
    return { numerator, denominator };
  }
  return null;
}

/** The price at which the position has that notional; null if no price can represent it. */
function priceAtNotional({
  kind,
  size,
  boundary,
}: {
  readonly kind: ContractKind;
  readonly size: Size;
  readonly boundary: Quotient;
}): Price | null {
  const { numerator, denominator } = boundary;
  const quantity = isNegative(size) ? -rawOf(size) : rawOf(size);
  const top = (kind === 'linear' ? numerator : quantity * denominator) * EXACT_PER_RAW;
  const bottom = kind === 'linear' ? quantity * denominator : numerator;
  const raw = isNegative(size) ? divideDown(top, bottom) : divideUp(top, bottom);
  return raw > 0n && isQuantity(raw) ? fromRaw<Price>(raw) : null;
}
