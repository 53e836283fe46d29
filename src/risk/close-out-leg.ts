/**
 * One leg of an account that is being closed: what closing some of it costs, and what requirement
 * is left. Sizes are counted in whole lots, as plain integers.
 * @module
 */
import {
  abs,
  add,
  assert,
  floorTo,
  fromRaw,
  isNegative,
  isPositive,
  isZero,
  lte,
  type Money,
  mulUp,
  type Price,
  type Ratio,
  rawOf,
  rawOfExactUp,
  type Size,
  sub,
  ZERO_MONEY,
} from '../units/index.ts';
import { type ContractKind, contractNotional } from './contract-value.ts';
import { impactScale, type RawImpact, rawImpact } from './impact-cost.ts';
import { type MarginTier, maintenanceMargin } from './maintenance-margin.ts';

/** Expected impact of closing in a market, as in `impactCost`. */
export type CloseOutImpact = {
  readonly model: 'square-root' | 'linear';
  readonly coefficient: Ratio;
  readonly volatility: Ratio;
  readonly volume: Money;
};

export type CloseOutLeg = {
  readonly kind: ContractKind;
  /** Signed, whole lots, not zero. */
  readonly size: Size;
  readonly markPrice: Price;
  readonly lot: Size;
  readonly tiers: readonly MarginTier[];
  /** Liquidation penalty per unit of notional, ≥ 0. */
  readonly penaltyFraction: Ratio;
  /** Mark to limit price per unit of notional, ≥ 0: what closing costs at most. */
  readonly slippageFraction: Ratio;
  /** Null where nothing is known of the market: closing then costs what it costs at most. */
  readonly impact: CloseOutImpact | null;
  /** What the market has room for now, in whole lots; from 0 to |size|. */
  readonly closable: Size;
  /** A smaller remainder is closed with the rest. */
  readonly notionalMin: Money;
  /** Legs of one group hedge each other. */
  readonly hedgeGroup: string;
};

/** A leg with what every question about it needs. */
export type PreparedLeg = {
  readonly leg: CloseOutLeg;
  /** Lots held and lots closable. */
  readonly held: bigint;
  readonly closable: bigint;
  readonly notional: Money;
  readonly maintenanceMargin: Money;
  readonly impact: RawImpact | null;
};

/**
 * A leg with what every question about it needs, worked out once.
 *
 * Units     Size → lots
 * Rounding  Notional and requirement up; sizes are whole lots.
 * Asserts   a position in whole lots · 0 ≤ closable ≤ |size| · fractions ≥ 0 · volume > 0
 */
export function preparedLeg(leg: CloseOutLeg): PreparedLeg {
  const { kind, size, markPrice, lot, tiers, closable } = leg;
  assert(isPositive(lot) && !isZero(size), 'CLOSE_OUT_LEG', 'expected a position in lots');
  const isWhole = (part: Size): boolean => isZero(sub(part, floorTo(part, lot)));
  assert(isWhole(size) && isWhole(closable), 'CLOSE_OUT_LEG', 'a size was not in whole lots');
  assert(
    !isNegative(closable) && lte(closable, abs(size)),
    'CLOSE_OUT_LEG',
    'what is closable was not within the position',
  );
  assert(
    !isNegative(leg.penaltyFraction) && !isNegative(leg.slippageFraction),
    'CLOSE_OUT_LEG',
    'a cost fraction was negative',
  );
  const { impact } = leg;
  assert(
    impact === null ||
      (isPositive(impact.volume) &&
        !isNegative(impact.coefficient) &&
        !isNegative(impact.volatility)),
    'CLOSE_OUT_LEG',
    'an impact model had a negative part or no volume',
  );
  const notional = contractNotional({ kind, size, price: markPrice });
  return {
    leg,
    held: rawOf(abs(size)) / rawOf(lot),
    closable: rawOf(closable) / rawOf(lot),
    notional,
    maintenanceMargin: maintenanceMargin({ tiers, notional }),
    impact: impact && {
      model: impact.model,
      scale: impactScale(impact),
      volume: rawOf(impact.volume),
    },
  };
}

/**
 * Contracts in so many lots.
 *
 * Units     lots → Size
 * Rounding  None.
 */
export const sizeOfLots = ({ leg }: PreparedLeg, lots: bigint): Size =>
  fromRaw<Size>(rawOf(leg.lot) * lots);

/**
 * Notional of so many lots at the mark.
 *
 * Units     lots → Money, ≥ 0
 * Rounding  Up, as for every requirement.
 */
export const notionalOfLots = (prepared: PreparedLeg, lots: bigint): Money => {
  const { kind, markPrice } = prepared.leg;
  return contractNotional({ kind, size: sizeOfLots(prepared, lots), price: markPrice });
};

/**
 * Expected cost of closing so many lots: the penalty, and the impact on the market, which the
 * limit price bounds.
 *
 *     cost = f · n + min(s · n, C(n)),  n the notional closed, C as in `impactCost`
 *
 * Units     lots → Money, ≥ 0
 * Rounding  Up, term by term: a cost is never understated.
 */
export function closeOutCost(prepared: PreparedLeg, lots: bigint): Money {
  if (lots === 0n) return ZERO_MONEY;
  const { impact } = prepared;
  const { penaltyFraction, slippageFraction } = prepared.leg;
  const notional = notionalOfLots(prepared, lots);
  const penalty = mulUp(notional, penaltyFraction);
  const atLimit = mulUp(notional, slippageFraction);
  if (impact === null || isZero(atLimit)) return add(penalty, atLimit);
  const moved = rawOfExactUp(rawOf(notional) * rawImpact(impact, rawOf(notional)).average);
  return add(penalty, moved < rawOf(atLimit) ? fromRaw<Money>(moved) : atLimit);
}

/**
 * Maintenance margin of what closing so many lots leaves.
 *
 * Units     lots → Money, ≥ 0
 * Rounding  Up, as wherever the requirement decides.
 */
export function marginLeft(prepared: PreparedLeg, lots: bigint): Money {
  if (lots === 0n) return prepared.maintenanceMargin;
  const notional = notionalOfLots(prepared, prepared.held - lots);
  return maintenanceMargin({ tiers: prepared.leg.tiers, notional });
}
