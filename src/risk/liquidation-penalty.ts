/**
 * What a liquidated account pays on top of its losses: a fraction that follows the account and
 * the market, charged on what is closed and never beyond what the account has.
 * @module
 */
import {
  add,
  assert,
  cmpScaled,
  divideUp,
  EXACT_PER_RAW,
  fromRaw,
  gte,
  isNegative,
  isPositive,
  lte,
  type Money,
  max,
  min,
  mulDown,
  mulUp,
  ONE_RATIO,
  type Ratio,
  ratio,
  ratioDown,
  ratioUp,
  rawOf,
  sub,
  sum,
  ZERO_MONEY,
  ZERO_RATIO,
} from '../units/index.ts';

export type LiquidationPenaltyInput = {
  /** Of the fill that is charged, ≥ 0. */
  readonly notional: Money;
  /** Penalty per unit of notional, ≥ 0. */
  readonly penaltyFraction: Ratio;
  /** Of the whole account after the fill, signed. */
  readonly equity: Money;
};

/**
 * Penalty of one close-out fill.
 *
 *     penalty = min(notional · fraction, max(0, equity))
 *
 * Units     Money × Ratio → Money, ≥ 0
 * Rounding  Up: a claim is never understated. The cap by equity is exact, so the penalty alone
 *           never makes an account bankrupt.
 * Asserts   notional ≥ 0 · fraction ≥ 0
 * Source    Plimsoll
 */
export function liquidationPenalty({
  notional,
  penaltyFraction,
  equity,
}: LiquidationPenaltyInput): Money {
  assert(!isNegative(notional), 'NOTIONAL', 'expected a notional of at least 0');
  assert(!isNegative(penaltyFraction), 'PENALTY_FRACTION', 'expected a fraction of at least 0');
  return min(mulUp(notional, penaltyFraction), max(equity, ZERO_MONEY));
}

export type PenaltyFractionInput = {
  /** Of a healthy account in a calm and deep market, ≥ 0. */
  readonly baseFraction: Ratio;
  /** Added for an account without any margin equity, in proportion to what is missing, ≥ 0. */
  readonly perShortfall: Ratio;
  /** Added for every multiple of the reference by which volatility exceeds it, ≥ 0. */
  readonly perVolatility: Ratio;
  /** Added for an empty book, in proportion to what is missing of the reference depth, ≥ 0. */
  readonly perThinness: Ratio;
  /** Most that may be charged, ≥ 0. */
  readonly maxFraction: Ratio;
  /** Of the whole account, signed. */
  readonly marginEquity: Money;
  /** Of the whole account, ≥ 0. */
  readonly maintenanceMargin: Money;
  /** ≥ 0; null where it is not known. */
  readonly realizedVolatility: Ratio | null;
  /** Volatility that the base allows for; null or not positive: not known. */
  readonly referenceVolatility: Ratio | null;
  /** Notional on the thinner side of the book, ≥ 0; null where it is not known. */
  readonly depth: Money | null;
  /** Depth that the base allows for; null or not positive: not known. */
  readonly referenceDepth: Money | null;
};

/** What was charged per unit of notional, and for what; each part at most the maximum. */
export type PenaltyFraction = {
  readonly penaltyFraction: Ratio;
  readonly byHealth: Ratio;
  readonly byVolatility: Ratio;
  readonly byThinness: Ratio;
};

/**
 * Penalty per unit of notional: more where the account is further below its requirement, where
 * the market moves faster than the base allows for, and where its book is thinner. What is not
 * known adds nothing.
 *
 *     fraction   = min(maxFraction, base + byHealth + byVolatility + byThinness)
 *     byHealth   = perShortfall · clamp(1 − marginEquity / maintenanceMargin, 0, 1)
 *     byVolatility = perVolatility · max(0, realizedVolatility / referenceVolatility − 1)
 *     byThinness = perThinness · clamp(1 − depth / referenceDepth, 0, 1)
 *
 * A requirement of zero lacks nothing. Each part is shown up to the maximum.
 *
 * Units     Ratio, Money ÷ Money → Ratio, ≥ 0
 * Rounding  Up at every step, what is subtracted down: a claim is never understated.
 * Asserts   fractions ≥ 0 · maintenanceMargin, volatility, depth ≥ 0
 * Source    Plimsoll
 */
export function penaltyFraction(input: PenaltyFractionInput): PenaltyFraction {
  const { baseFraction, perShortfall, perVolatility, perThinness, maxFraction } = input;
  const { marginEquity, maintenanceMargin, depth, referenceDepth } = input;
  for (const each of [baseFraction, perShortfall, perVolatility, perThinness, maxFraction]) {
    assert(!isNegative(each), 'PENALTY_FRACTION', 'expected fractions of at least 0');
  }
  assert(!isNegative(maintenanceMargin), 'PENALTY_FRACTION', 'maintenance margin was negative');
  const shortfall = missingShare(marginEquity, maintenanceMargin);
  const byHealth = min(mulUp(perShortfall, shortfall), maxFraction);
  const byVolatility = volatilityPart(input);
  let thinness = ZERO_RATIO;
  if (depth !== null && referenceDepth !== null) {
    assert(!isNegative(depth), 'PENALTY_FRACTION', 'depth was negative');
    thinness = missingShare(depth, referenceDepth);
  }
  const byThinness = min(mulUp(perThinness, thinness), maxFraction);
  const total = sum([baseFraction, byHealth, byVolatility, byThinness]);
  return { penaltyFraction: min(total, maxFraction), byHealth, byVolatility, byThinness };
}

/** Share of the whole that is missing, up, in [0, 1]; 0 where there is no whole. */
function missingShare(held: Money, whole: Money): Ratio {
  if (!isPositive(whole) || gte(held, whole)) return ZERO_RATIO;
  return isPositive(held) ? sub(ONE_RATIO, ratioDown(held, whole)) : ONE_RATIO;
}

/** By integers up to the maximum: a tiny reference makes the quotient larger than any ratio. */
function volatilityPart(input: PenaltyFractionInput): Ratio {
  const { perVolatility, maxFraction, realizedVolatility, referenceVolatility } = input;
  if (realizedVolatility === null || referenceVolatility === null) return ZERO_RATIO;
  assert(!isNegative(realizedVolatility), 'PENALTY_FRACTION', 'volatility was negative');
  if (!isPositive(referenceVolatility) || lte(realizedVolatility, referenceVolatility)) {
    return ZERO_RATIO;
  }
  const multiple = divideUp(rawOf(realizedVolatility) * EXACT_PER_RAW, rawOf(referenceVolatility));
  const excess = multiple - EXACT_PER_RAW;
  const part = divideUp(rawOf(perVolatility) * excess, EXACT_PER_RAW);
  return part < rawOf(maxFraction) ? fromRaw<Ratio>(part) : maxFraction;
}

export type InsurancePenaltyFractionInput = {
  /** μ of the position, ≥ 0. */
  readonly maintenanceMarginFraction: Ratio;
  /** What the liquidator or keeper already gets per unit of notional, ≥ 0. */
  readonly liquidationFraction: Ratio;
  /** What margin equity lacks of the requirement, ≥ 0. */
  readonly marginShortage: Money;
  /** Of the position, > 0. */
  readonly notional: Money;
  /** Most that insurance may get per unit of notional, ≥ 0. */
  readonly maxFraction: Ratio;
  /** Of the whole account, signed; absent or null: not looked at. */
  readonly equity?: Money | null;
};

/** The rest is left to the account, so that a small slip does not cost its last unit. */
const SHARE_OF_MARGIN_LEFT = ratio('0.95');

/**
 * What the insurance fund may charge per unit of notional: most of the margin that is left once
 * the liquidation is paid and the shortage made up for.
 *
 *     fraction = max(0, min(maxFraction, 0.95 · (μ − liquidationFraction − shortage / notional)))
 *     and      liquidationFraction + fraction ≤ max(0, equity) / notional, where that leaves any
 *
 * Units     Ratio, Money ÷ Money → Ratio, ≥ 0 and ≤ maxFraction
 * Rounding  Down, the shortage's quotient up: here the bound by the account's margin goes before
 *           the claim, so that the penalty never makes it bankrupt.
 * Asserts   fractions, shortage ≥ 0 · notional > 0
 * Source    Drift v2, calculate_perp_if_fee; the bound by equity is Plimsoll's
 */
export function insurancePenaltyFraction({
  maintenanceMarginFraction,
  liquidationFraction,
  marginShortage,
  notional,
  maxFraction,
  equity = null,
}: InsurancePenaltyFractionInput): Ratio {
  for (const each of [maintenanceMarginFraction, liquidationFraction, maxFraction]) {
    assert(!isNegative(each), 'PENALTY_FRACTION', 'expected fractions of at least 0');
  }
  assert(!isNegative(marginShortage), 'PENALTY_FRACTION', 'shortage was negative');
  assert(isPositive(notional), 'NOTIONAL', 'expected a positive notional');
  const unspent = sub(maintenanceMarginFraction, liquidationFraction);
  if (cmpScaled(marginShortage, notional, unspent) >= 0) return ZERO_RATIO;
  const left = sub(unspent, ratioUp(marginShortage, notional));
  const wanted = min(mulDown(left, SHARE_OF_MARGIN_LEFT), maxFraction);
  // Compared before it is divided: equity per unit of notional may exceed the range of a ratio.
  if (equity === null) return wanted;
  if (cmpScaled(equity, notional, add(liquidationFraction, wanted)) >= 0) return wanted;
  const affordable = ratioDown(max(equity, ZERO_MONEY), notional);
  return max(sub(affordable, liquidationFraction), ZERO_RATIO);
}
