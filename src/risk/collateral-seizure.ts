/**
 * What a liquidator gets for the debt it repays.
 * @module
 */
import {
  type Amount,
  assert,
  divideDown,
  divideUp,
  EXACT_PER_RAW,
  fromRaw,
  isNegative,
  isPositive,
  lte,
  min,
  ONE_RATIO,
  type Price,
  type Ratio,
  rawOf,
  sub,
  ZERO_RATIO,
} from '../units/index.ts';

export type CollateralSeizureInput = {
  /** Units of the debt offered, ≥ 0. */
  readonly debtToRepay: Amount;
  /** > 0. */
  readonly debtPrice: Price;
  /** Units of the collateral there are, ≥ 0. */
  readonly collateralAmount: Amount;
  /** > 0. */
  readonly collateralPrice: Price;
  /** What the liquidator gets beyond the debt repaid, per unit of it, ≥ 0. */
  readonly liquidationBonus: Ratio;
  /** Share of the bonus that the pool keeps, in [0, 1]; absent: none. */
  readonly protocolFeeFraction?: Ratio;
};

export type CollateralSeizure = {
  /** Units of the debt that are repaid: the offer, or less where the collateral ends first. */
  readonly debtRepaid: Amount;
  /** Units of the collateral that leave the account. */
  readonly seized: Amount;
  /** Part of them that the pool keeps. */
  readonly protocolFee: Amount;
  /** The rest. */
  readonly toLiquidator: Amount;
};

/**
 * Collateral that a repayment buys.
 *
 *     seized      = debtToRepay · debtPrice · (1 + bonus) / collateralPrice, at most what there is
 *     debtRepaid  = seized · collateralPrice / (debtPrice · (1 + bonus)) where all is seized
 *     protocolFee = seized · bonus / (1 + bonus) · protocolFeeFraction
 *
 * Units     Amount × Price ÷ Price → Amount
 * Rounding  Against the liquidator: seized down, the price of all collateral up, the fee up and
 *           its own part by subtraction. It never gets more than it paid for.
 * Asserts   amounts, bonus ≥ 0 · prices > 0 · protocolFeeFraction in [0, 1]
 * Source    Aave v2 and v3, collateral to liquidate; fee on the bonus alone Aave v3
 */
export function collateralSeizure({
  debtToRepay,
  debtPrice,
  collateralAmount,
  collateralPrice,
  liquidationBonus,
  protocolFeeFraction = ZERO_RATIO,
}: CollateralSeizureInput): CollateralSeizure {
  assert(
    ![debtToRepay, collateralAmount, liquidationBonus, protocolFeeFraction].some(isNegative) &&
      lte(protocolFeeFraction, ONE_RATIO),
    'COLLATERAL_SEIZURE',
    'expected amounts and a bonus of at least 0, and a fee fraction in [0, 1]',
  );
  assert(
    isPositive(debtPrice) && isPositive(collateralPrice),
    'COLLATERAL_SEIZURE',
    'expected positive prices',
  );
  const withBonus = EXACT_PER_RAW + rawOf(liquidationBonus);
  const perDebt = rawOf(debtPrice) * withBonus;
  const perCollateral = rawOf(collateralPrice) * EXACT_PER_RAW;
  const there = rawOf(collateralAmount);
  const bought = divideDown(rawOf(debtToRepay) * perDebt, perCollateral);
  const isAll = bought >= there;
  const seized = fromRaw<Amount>(isAll ? there : bought);
  const priceOfAll = fromRaw<Amount>(isAll ? divideUp(there * perCollateral, perDebt) : 0n);
  const bonusShare = rawOf(liquidationBonus) * rawOf(protocolFeeFraction);
  const fee = divideUp(rawOf(seized) * bonusShare, withBonus * EXACT_PER_RAW);
  const protocolFee = fromRaw<Amount>(fee);
  return {
    debtRepaid: isAll ? min(debtToRepay, priceOfAll) : debtToRepay,
    seized,
    protocolFee,
    toLiquidator: sub(seized, protocolFee),
  };
}
