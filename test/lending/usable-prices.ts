/**
 * Which recorded liquidations carry the prices that the market itself used. What was seized for
 * what was repaid follows from two prices and the bonus in force, and bonuses are set in whole
 * half percents: where the recorded prices give back such a bonus to a millionth, they are the
 * prices of the deed. Where they do not, nothing in the record says which price is wrong.
 * @module
 */
import {
  divideDown,
  fromRaw,
  isPositive,
  isZero,
  type Price,
  type Ratio,
  ratio,
  rawOf,
} from '../../src/units/index.ts';
import type { RecordedLiquidation } from './recorded-liquidations.ts';

export type UsableLiquidation = RecordedLiquidation & {
  readonly collateralPrice: Price;
  readonly debtPrice: Price;
  /** The one in force, as the record itself implies it. */
  readonly liquidationBonus: Ratio;
};

export type Unusable =
  | 'no price is recorded'
  | 'nothing was repaid or seized'
  | 'the collateral has no threshold'
  | 'the prices give back no bonus';

const BONUS_STEP = rawOf(ratio('0.005'));
const BONUS_LEAST = rawOf(ratio('0.02'));
const BONUS_MOST = rawOf(ratio('0.2'));
const ONE = rawOf(ratio('1'));
/** Part of what was seized by which it may differ from what the bonus gives. */
const PARTS = 1_000_000n;

export function usableLiquidation(record: RecordedLiquidation): UsableLiquidation | Unusable {
  const { collateralPrice, debtPrice, seized, repaid } = record;
  if (collateralPrice === null || debtPrice === null) return 'no price is recorded';
  const isPriced = isPositive(collateralPrice) && isPositive(debtPrice);
  if (!isPriced || !(record.dollarsPerEther > 0)) return 'no price is recorded';
  if (!isPositive(seized) || !isPositive(repaid)) return 'nothing was repaid or seized';
  if (isZero(record.liquidationThreshold)) return 'the collateral has no threshold';
  const worth = rawOf(seized) * rawOf(collateralPrice);
  const paid = rawOf(repaid) * rawOf(debtPrice);
  const exact = divideDown((worth - paid) * ONE, paid);
  const bonus = divideDown(exact + BONUS_STEP / 2n, BONUS_STEP) * BONUS_STEP;
  const owedForIt = paid * (ONE + bonus);
  const gap = worth * ONE - owedForIt;
  if (bonus < BONUS_LEAST || bonus > BONUS_MOST || (gap < 0n ? -gap : gap) * PARTS > owedForIt) {
    return 'the prices give back no bonus';
  }
  return { ...record, collateralPrice, debtPrice, liquidationBonus: fromRaw<Ratio>(bonus) };
}
