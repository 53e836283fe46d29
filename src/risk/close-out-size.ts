/**
 * How much of a position to close so that the account just reaches its target margin ratio.
 * Closing frees maintenance margin but costs penalty and slippage, so the surplus may rise and
 * then fall again: where it never reaches zero, no close-out cures and all must be taken over.
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
  lte,
  type Money,
  type Ratio,
  rawOf,
  sub,
  ZERO_MONEY,
} from '../units/index.ts';
import type { CloseOutImpact } from './close-out-leg.ts';
import { closeOutPeak } from './close-out-peak.ts';
import { leastSatisfying } from './close-out-surplus.ts';
import { impactCost } from './impact-cost.ts';
import { type MarginTier, maintenanceMargin } from './maintenance-margin.ts';

export type CloseOutSizeInput = {
  /** Collateral after haircuts of the whole account, signed. */
  readonly marginEquity: Money;
  /** Notional of the position at the mark, ≥ 0. */
  readonly notional: Money;
  /** Of the position's market, as `marginTierProblem` accepts them. */
  readonly tiers: readonly MarginTier[];
  /** Margin equity to reach per unit of maintenance margin: the release ratio, > 0. */
  readonly targetRatio: Ratio;
  /** Liquidation penalty per unit closed, ≥ 0. */
  readonly penaltyFraction: Ratio;
  /** Mark to limit price per unit closed, ≥ 0. */
  readonly slippageFraction: Ratio;
  /** Maintenance margin of the account's other positions, ≥ 0. */
  readonly otherMaintenanceMargin: Money;
  /** Notional of the smallest close-out; null where any amount may be closed. */
  readonly lotNotional?: Money | null;
  /** What closing moves the market by, on top of the slippage; null where nothing is known. */
  readonly impact?: CloseOutImpact | null;
};

export type CloseOutSize = {
  /** Notional to close; the whole position in a takeover. */
  readonly closeOutNotional: Money;
  /** True where no close-out of this position alone reaches the target. */
  readonly wholeTakeover: boolean;
};

/** Steps of the search above the unrounded root before it settles for a sufficient size. */
const SEARCH_STEPS_MAX = 64;

/**
 * Whether closing that much reaches the target: G(x) ≥ 0.
 *
 *     G(x) = E − (f + s) · x − C(x) − κ · (M_o + MM(N − x))
 *
 * E is margin equity, f the penalty and s the slippage fraction, C the cost of the impact on the
 * market as in `impactCost`, κ the target ratio, M_o the maintenance margin of the other
 * positions.
 *
 * Units     Money and Ratio are only compared.
 * Rounding  C and MM are rounded up, as wherever they decide; the inequality itself is exact.
 * Asserts   0 ≤ closeOutNotional ≤ notional
 * Source    Plimsoll
 */
export function restoresTarget(
  input: CloseOutSizeInput & { readonly closeOutNotional: Money },
): boolean {
  const { closeOutNotional, notional } = input;
  assert(
    !isNegative(closeOutNotional) && lte(closeOutNotional, notional),
    'CLOSE_OUT_SIZE',
    'close-out notional was not within the position',
  );
  return exactSurplus(input, closeOutNotional) >= 0n;
}

/**
 * Smallest close-out that reaches the target.
 *
 *     smallest x in [0, N] with G(x) ≥ 0, G as in `restoresTarget`
 *
 * Without rounding, G is concave and straight within a tier, so its first root follows from the
 * top tier down: x = (κ · (M_o + μ_i · N − d_i) − E) / (κ · μ_i − f − s), accepted where N − x
 * lies in tier i. A tier with κ · μ_i ≤ f + s ends the search: from there on closing only hurts.
 * Then x moves up over the few points at which the rounded requirement drops, until G(x) ≥ 0.
 * Admissible are multiples of the lot that leave nothing or at least a lot, and N itself.
 *
 * With an impact on the market G is concave and curved: the root is found by bisection between 0
 * and `closeOutPeak`, in units or lots; beyond the peak only the next admissible size can help.
 *
 * Units     Money, Ratio → Money, ≥ 0 and ≤ notional
 * Rounding  Up to a unit or lot, then clamped to the position: it must suffice, which the exact
 *           test confirms. Minimal to one unit or lot, unless f + s is within 2 % of κ · μ_i:
 *           there the result may exceed the minimum by κ / (κ · μ_i − f − s) units. With an
 *           impact one unit or lot less does not suffice; that a still smaller one would can
 *           only be owed to the rounding of C, and a surplus smaller than that counts as none.
 * Asserts   notional ≥ 0 · targetRatio > 0 · fractions, other margin ≥ 0 · lotNotional > 0
 * Cost      O(tiers); with an impact times the bits of the position in units or lots
 * Source    Plimsoll
 */
export function closeOutSize(input: CloseOutSizeInput): CloseOutSize {
  assertContract(input);
  const { notional } = input;
  if (exactSurplus(input, ZERO_MONEY) >= 0n) {
    return { closeOutNotional: ZERO_MONEY, wholeTakeover: false };
  }
  const { impact = null } = input;
  if (impact !== null && moves(impact)) return sizeWithImpact(input, impact);
  let candidate = admissible(input, unroundedRoot(input, 0n));
  for (let step = 0; step < SEARCH_STEPS_MAX && candidate !== null; step += 1) {
    if (exactSurplus(input, candidate) >= 0n) {
      return { closeOutNotional: candidate, wholeTakeover: false };
    }
    candidate = admissible(input, nextDrop(input, candidate));
  }
  // Rounding the requirement up costs less than κ · one unit: a reserve of that much suffices.
  const reserve = rawOf(input.targetRatio);
  for (const sufficient of [admissible(input, unroundedRoot(input, reserve)), notional]) {
    if (sufficient !== null && exactSurplus(input, sufficient) >= 0n) {
      return { closeOutNotional: sufficient, wholeTakeover: false };
    }
  }
  return { closeOutNotional: notional, wholeTakeover: true };
}

/** False where closing has no impact, whatever its size. */
const moves = ({ coefficient, volatility }: CloseOutImpact): boolean =>
  isPositive(coefficient) && isPositive(volatility);

/** The first root of a curved G, by bisection up to its peak; then the next size after it. */
function sizeWithImpact(input: CloseOutSizeInput, impact: CloseOutImpact): CloseOutSize {
  const { notional, lotNotional = null } = input;
  const costFraction = add(input.penaltyFraction, input.slippageFraction);
  const peak = rawOf(closeOutPeak({ ...input, costFraction, impact }));
  const step = lotNotional === null ? 1n : rawOf(lotNotional);
  const sizeOf = (steps: bigint): Money => fromRaw<Money>(steps * step);
  const suffices = (closed: Money): boolean => exactSurplus(input, closed) >= 0n;
  // Of the sizes up to the peak, the largest that leaves at least a lot; all of it leaves none.
  const upToPeak = peak < rawOf(notional) - step ? peak : rawOf(notional) - step;
  const most = upToPeak > 0n ? divideDown(upToPeak, step) : 0n;
  if (suffices(sizeOf(most))) {
    const least = leastSatisfying(0n, most, (steps) => suffices(sizeOf(steps)));
    return { closeOutNotional: sizeOf(least), wholeTakeover: false };
  }
  const next = admissible(input, (most + 1n) * step) ?? notional;
  if (suffices(next)) return { closeOutNotional: next, wholeTakeover: false };
  return { closeOutNotional: notional, wholeTakeover: true };
}

function assertContract(input: CloseOutSizeInput): void {
  const { notional, targetRatio, penaltyFraction, slippageFraction } = input;
  const { otherMaintenanceMargin, lotNotional = null } = input;
  assert(!isNegative(notional), 'CLOSE_OUT_SIZE', 'notional was negative');
  assert(isPositive(targetRatio), 'CLOSE_OUT_SIZE', 'target ratio was not positive');
  assert(
    !isNegative(penaltyFraction) && !isNegative(slippageFraction),
    'CLOSE_OUT_SIZE',
    'a cost fraction was negative',
  );
  assert(!isNegative(otherMaintenanceMargin), 'CLOSE_OUT_SIZE', 'other margin was negative');
  assert(lotNotional === null || isPositive(lotNotional), 'CLOSE_OUT_SIZE', 'lot was not positive');
}

/** What closing one unit costs apart from the impact on the market, as a raw fraction. */
const costPerUnit = ({ penaltyFraction, slippageFraction }: CloseOutSizeInput): bigint =>
  rawOf(add(penaltyFraction, slippageFraction));

/** What closing costs, in units of 1e-36. */
function exactCost(input: CloseOutSizeInput, closed: Money): bigint {
  const { impact = null } = input;
  const moved = impact === null ? ZERO_MONEY : impactCost({ ...impact, notional: closed }).cost;
  return costPerUnit(input) * rawOf(closed) + rawOf(moved) * EXACT_PER_RAW;
}

/** G(x) in units of 1e-36, with the requirement rounded up. */
function exactSurplus(input: CloseOutSizeInput, closed: Money): bigint {
  const { marginEquity, notional, tiers, targetRatio, otherMaintenanceMargin } = input;
  const left = maintenanceMargin({ tiers, notional: sub(notional, closed) });
  return (
    rawOf(marginEquity) * EXACT_PER_RAW -
    exactCost(input, closed) -
    rawOf(targetRatio) * (rawOf(otherMaintenanceMargin) + rawOf(left))
  );
}

/**
 * Smallest integer x with G(x) ≥ reserve where the requirement is not rounded; null if there is
 * none. The reserve is in units of 1e-36, the sums below in units of 1e-54.
 */
function unroundedRoot(input: CloseOutSizeInput, reserve: bigint): bigint | null {
  const { marginEquity, targetRatio, otherMaintenanceMargin } = input;
  const notional = rawOf(input.notional);
  const target = rawOf(targetRatio);
  const cost = costPerUnit(input) * EXACT_PER_RAW;
  const held = (rawOf(marginEquity) * EXACT_PER_RAW - reserve) * EXACT_PER_RAW;
  const others = rawOf(otherMaintenanceMargin) * EXACT_PER_RAW;
  let isTop = true;
  for (const { floor, fraction, deduction } of tierLines(input.tiers).reverse()) {
    if (floor > notional) continue;
    const missing = target * (others + fraction * notional - deduction) - held;
    if (isTop && missing <= 0n) return 0n;
    isTop = false;
    const slope = target * fraction - cost;
    if (slope <= 0n) return null;
    const root = divideUp(missing, slope);
    if (root <= notional - floor) return root;
  }
  return null;
}

/**
 * The next x at which the rounded requirement drops. Between two drops G only falls, so no
 * smaller x can succeed where the present one failed.
 */
function nextDrop(input: CloseOutSizeInput, closed: Money): bigint | null {
  const left = maintenanceMargin({ tiers: input.tiers, notional: sub(input.notional, closed) });
  if (!isPositive(left)) return null;
  const covered = (rawOf(left) - 1n) * EXACT_PER_RAW;
  const lines = tierLines(input.tiers);
  for (const [index, { fraction, deduction }] of lines.entries()) {
    const largest = divideDown(covered + deduction, fraction);
    const next = lines[index + 1];
    if (next === undefined || largest < next.floor) return rawOf(input.notional) - largest;
  }
  return null;
}

/** The smallest admissible close-out at or above x; null beyond the position. */
function admissible(
  { notional, lotNotional = null }: CloseOutSizeInput,
  closed: bigint | null,
): Money | null {
  if (closed === null || closed > rawOf(notional)) return null;
  if (lotNotional === null) return fromRaw<Money>(closed);
  const lot = rawOf(lotNotional);
  const rounded = divideUp(closed, lot) * lot;
  return rawOf(notional) - rounded < lot ? notional : fromRaw<Money>(rounded);
}

type TierLine = {
  readonly floor: bigint;
  readonly fraction: bigint;
  /** In units of 1e-36. */
  readonly deduction: bigint;
};

/** The requirement of each tier as the line fraction · notional − deduction. */
function tierLines(tiers: readonly MarginTier[]): TierLine[] {
  const lines: TierLine[] = [];
  let fraction = 0n;
  let deduction = 0n;
  for (const tier of tiers) {
    const floor = rawOf(tier.notionalFloor);
    const next = rawOf(tier.maintenanceMarginFraction);
    deduction += floor * (next - fraction);
    fraction = next;
    lines.push({ floor, fraction, deduction });
  }
  return lines;
}
