/**
 * What target-health sizing would have repaid and seized where a lending market repaid by a close
 * factor, under what the record leaves open of the account.
 * @module
 */
import {
  borrowCloseOut,
  collateralSeizure,
  healthFactor,
  isBelowHealth,
} from '../../src/risk/index.ts';
import {
  type Amount,
  add,
  approximate,
  gte,
  isZero,
  mulUp,
  ONE_RATIO,
  type Price,
  type Ratio,
  sub,
  valueUp,
  ZERO_AMOUNT,
} from '../../src/units/index.ts';
import type { BorrowEpisode } from './borrow-episodes.ts';

/**
 * How much collateral the account had: as much as it may have had at all, as much as its last
 * healthy prices tell, or as little as it may have had.
 */
export type Assumption = 'just crossed' | 'healthy at the prices before' | 'just restored';

export const ASSUMPTIONS: readonly Assumption[] = [
  'just crossed',
  'healthy at the prices before',
  'just restored',
];

export function collateralUnder(episode: BorrowEpisode, assumption: Assumption): Amount | null {
  if (assumption === 'just crossed') return episode.collateralMost;
  if (assumption === 'just restored') return episode.collateralLeast;
  return episode.collateralBefore;
}

export type BorrowState = {
  readonly collateralAmount: Amount;
  readonly collateralPrice: Price;
  readonly debtAmount: Amount;
  readonly debtPrice: Price;
  readonly liquidationThreshold: Ratio;
  readonly liquidationBonus: Ratio;
};

export function stateOf(episode: BorrowEpisode, collateralAmount: Amount): BorrowState {
  const { collateralPrice, debtPrice, liquidationThreshold, liquidationBonus } = episode.first;
  return {
    collateralAmount,
    collateralPrice,
    debtAmount: episode.debt,
    debtPrice,
    liquidationThreshold,
    liquidationBonus,
  };
}

export type Resized = {
  readonly repaid: Amount;
  readonly seized: Amount;
  /** All of the debt or all of the collateral is gone. */
  readonly isWhole: boolean;
};

export function isLiquidatable(state: BorrowState, level: Ratio = ONE_RATIO): boolean {
  return isBelowHealth({ ...holdingsOf(state), level });
}

export function resized(state: BorrowState, targetHealthFactor: Ratio): Resized {
  const { collateralAmount, collateralPrice, debtAmount, debtPrice } = state;
  const { liquidationThreshold, liquidationBonus } = state;
  const health = healthFactor(holdingsOf(state));
  if (health === 'no-debt' || !isLiquidatable(state)) {
    return { repaid: ZERO_AMOUNT, seized: ZERO_AMOUNT, isWhole: false };
  }
  const { debtToRepay } = borrowCloseOut({
    totalDebtValue: valueUp(debtAmount, debtPrice),
    debtPrice,
    liquidationThreshold,
    liquidationBonus,
    healthFactor: health,
    targetHealthFactor,
    debtAmount,
    collateralValue: valueUp(collateralAmount, collateralPrice),
  });
  const { debtRepaid, seized } = collateralSeizure({
    debtToRepay,
    debtPrice,
    collateralAmount,
    collateralPrice,
    liquidationBonus,
  });
  const isWhole = gte(debtRepaid, debtAmount) || isZero(sub(collateralAmount, seized));
  return { repaid: debtRepaid, seized, isWhole };
}

/** What is left of an account after a close-out. */
export const after = (state: BorrowState, { repaid, seized }: Resized): BorrowState => ({
  ...state,
  debtAmount: sub(state.debtAmount, repaid),
  collateralAmount: sub(state.collateralAmount, seized),
});

/** Whether repaying takes from the rest as much as it gives: then no part reaches the target. */
export function isWholeAnyway(
  {
    liquidationThreshold,
    liquidationBonus,
  }: Pick<BorrowState, 'liquidationThreshold' | 'liquidationBonus'>,
  targetHealthFactor: Ratio,
): boolean {
  const taken = mulUp(add(ONE_RATIO, liquidationBonus), liquidationThreshold);
  return gte(taken, targetHealthFactor);
}

/** For displays alone; without a debt there is none. */
export function healthOf(state: BorrowState): number {
  const health = healthFactor(holdingsOf(state));
  return health === 'no-debt' ? Number.NaN : approximate(health);
}

function holdingsOf(state: BorrowState): Parameters<typeof healthFactor>[0] {
  const { collateralAmount, collateralPrice, debtAmount, debtPrice } = state;
  const { liquidationThreshold } = state;
  return {
    collaterals: [{ amount: collateralAmount, price: collateralPrice, liquidationThreshold }],
    debts: [{ amount: debtAmount, price: debtPrice }],
  };
}
