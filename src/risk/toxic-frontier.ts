/**
 * Where closing a little stops to help: beyond the frontier the cost of a close-out takes more
 * margin than it frees, and every further step leaves the account worse.
 * @module
 */
import {
  assert,
  divideDown,
  EXACT_PER_RAW,
  fromRaw,
  isNegative,
  isPositive,
  type Money,
  type Ratio,
  rawOf,
} from '../units/index.ts';
import { cmpQuotient, type Quotient, quotientDown } from './exact-quotient.ts';

export type ToxicFrontierInput = {
  /** Of the whole account, signed. */
  readonly marginEquity: Money;
  /** Of the whole account, > 0. */
  readonly maintenanceMargin: Money;
  /** μ of the leg, in the tier that closing would leave first, ≥ 0. */
  readonly maintenanceMarginFraction: Ratio;
  /** Penalty and slippage per unit closed, ≥ 0. */
  readonly costFraction: Ratio;
};

export type ToxicFrontier = {
  /** True where closing a little raises the margin ratio. */
  readonly improves: boolean;
  /** Cost at which closing changes nothing; null beyond the range of a ratio. */
  readonly frontierCost: Ratio | null;
};

/**
 * Whether closing a little of a leg raises margin equity per unit of requirement.
 *
 *     improves     ⇔ marginEquity · μ > cost · maintenanceMargin
 *     frontierCost = marginEquity · μ / maintenanceMargin
 *
 * With one leg in one tier this is equity per unit of notional. A larger step may cross a tier
 * and cure although a small one hurts: whether to take over is decided by the close-out size.
 *
 * Units     Money, Ratio → Ratio, signed
 * Rounding  The frontier down; the decision is exact.
 * Asserts   maintenanceMargin > 0 · fractions ≥ 0
 * Source    Plimsoll
 */
export function toxicFrontier({
  marginEquity,
  maintenanceMargin,
  maintenanceMarginFraction,
  costFraction,
}: ToxicFrontierInput): ToxicFrontier {
  assert(isPositive(maintenanceMargin), 'TOXIC_FRONTIER', 'expected a positive requirement');
  assert(
    !isNegative(maintenanceMarginFraction) && !isNegative(costFraction),
    'TOXIC_FRONTIER',
    'expected fractions of at least 0',
  );
  const frontier: Quotient = {
    numerator: rawOf(marginEquity) * rawOf(maintenanceMarginFraction),
    denominator: rawOf(maintenanceMargin) * EXACT_PER_RAW,
  };
  const cost: Quotient = { numerator: rawOf(costFraction), denominator: EXACT_PER_RAW };
  return { improves: cmpQuotient(frontier, cost) > 0, frontierCost: quotientDown(frontier) };
}

export type SeizureMarket =
  | {
      readonly model: 'constant-product';
      /** Value of the pool's holding of the collateral, y, > 0. */
      readonly depth: Money;
    }
  | {
      readonly model: 'linear';
      /** Slippage per unit of money sold, φ, ≥ 0. */
      readonly slippagePerMoney: Ratio;
    };

export type LoanToValueFrontierInput = {
  /** What the liquidator gets beyond the debt repaid, per unit of it, ≥ 0. */
  readonly liquidationBonus: Ratio;
  /** Value of the collateral that is sold, c, ≥ 0. */
  readonly seizedValue: Money;
  /** Where it is sold. */
  readonly market: SeizureMarket;
};

/**
 * Loan to value above which seizing collateral hurts the borrower: each step repays less debt
 * than the collateral it takes was behind, and the loan to value rises.
 *
 *     frontier = 1 / ((1 + bonus) · λ)
 *     constant product  λ = 1 + 2 · c / y        linear  λ = 1 + φ · c
 *
 * Units     Ratio, Money ÷ Money → Ratio, in [0, 1]
 * Rounding  Down, once. A loan to value in whole units exceeds the exact frontier if and only if
 *           it exceeds this one.
 * Asserts   bonus, seizedValue, φ ≥ 0 · y > 0
 * Source    Warmuz, Chaudhary and Pinna 2022, Toxic Liquidation Spirals; with slippage
 */
export function loanToValueFrontier({
  liquidationBonus,
  seizedValue,
  market,
}: LoanToValueFrontierInput): Ratio {
  assert(
    !isNegative(liquidationBonus) && !isNegative(seizedValue),
    'TOXIC_FRONTIER',
    'expected a bonus and a value of at least 0',
  );
  const { numerator, denominator } = slippageFactor(rawOf(seizedValue), market);
  const claimed = (EXACT_PER_RAW + rawOf(liquidationBonus)) * numerator;
  return fromRaw<Ratio>(divideDown(EXACT_PER_RAW * EXACT_PER_RAW * denominator, claimed));
}

/** λ, exactly. */
function slippageFactor(seized: bigint, market: SeizureMarket): Quotient {
  if (market.model === 'constant-product') {
    const depth = rawOf(market.depth);
    assert(depth > 0n, 'TOXIC_FRONTIER', 'expected a positive depth');
    return { numerator: depth + seized + seized, denominator: depth };
  }
  const slippage = rawOf(market.slippagePerMoney);
  assert(slippage >= 0n, 'TOXIC_FRONTIER', 'expected a slippage of at least 0');
  const whole = EXACT_PER_RAW * EXACT_PER_RAW;
  return { numerator: whole + slippage * seized, denominator: whole };
}
