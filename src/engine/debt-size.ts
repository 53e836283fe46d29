/**
 * How much of a debt is closed: what restores the account and no more, within the close factor
 * where the house earns by it; all of it where the account is bankrupt or was covered.
 * @module
 */
import {
  amountOfSharesUp,
  closeFactor,
  closeFactorCloseOut,
  debtValueUp,
  deficitCloseOut,
  marginHealthFactor,
  sharesOfAmountDown,
  sharesOfAmountUp,
} from '../risk/index.ts';
import {
  type Amount,
  add,
  amountDown,
  cmpScaled,
  divUp,
  fromRaw,
  gt,
  gte,
  isNegative,
  type Money,
  max,
  min,
  mulDown,
  mulUp,
  ONE_RATIO,
  type Price,
  type Ratio,
  ratioDown,
  type Shares,
  sub,
  sum,
  valueUp,
  ZERO_PRICE,
  ZERO_RATIO,
} from '../units/index.ts';
import { type DeskSharesView, debtAmount, deskPrice } from './lending.ts';
import { isCovered, releaseDeficit } from './liquidation-release.ts';
import { marginDebt } from './margin.ts';
import type { RouteMoment } from './routes/route.ts';
import { type DeskView, type PoolView, poolParameters } from './state.ts';

/** A debt with its desk and the price of its asset. */
export type Owed = {
  readonly debt: DeskSharesView;
  readonly desk: DeskView;
  readonly price: Price;
};

export function owedOf(state: PoolView, debt: DeskSharesView): Owed {
  const desk = state.desks[debt.desk]!;
  return { debt, desk, price: deskPrice(state, desk) ?? ZERO_PRICE };
}

/** What pays for a debt. */
export type Source = {
  /** Of a unit; one for money. */
  readonly price: Price;
  /** Share of its value that it counts for as collateral. */
  readonly weight: Ratio;
  /** All of it, in money. */
  readonly value: Money;
  /** What the house gets beyond the debt, per unit of it; null where it has no part in it. */
  readonly bonus: Ratio | null;
};

export type Wanted = {
  readonly shares: Shares;
  /** More would be closed but for the close factor: the rest follows later. */
  readonly isCapped: boolean;
};

/**
 * What the roundings of one close-out may leave it short of its target by: a few units of money,
 * of the debt (which moves by whole shares) and of what pays for it. Without it the last units
 * would be closed one by one.
 */
export function closeOutSlack({ desk, price }: Owed, sourcePrice: Price, weight: Ratio): Money {
  const share = valueUp(amountOfSharesUp(ONE_SHARE, desk.debtIndex), price);
  const units = [ONE_UNIT, mulUp(share, weight), valueUp(ONE_AMOUNT, sourcePrice)];
  return sum([...units, ...units, ...units, ...units]);
}

const ONE_SHARE = fromRaw<Shares>(1n);
const ONE_AMOUNT = fromRaw<Amount>(1n);
const ONE_UNIT = fromRaw<Money>(BigInt(16));

/** The account cannot be restored, or has the fund's money: every debt is closed to the end. */
export const closesWhole = ({ liquidation, margin }: RouteMoment): boolean =>
  isCovered(liquidation) || isNegative(margin.equity);

export function wantedShares(
  state: PoolView,
  moment: RouteMoment,
  { owed, source }: { readonly owed: Owed; readonly source: Source },
): Wanted {
  const { debt, desk, price } = owed;
  if (closesWhole(moment)) return { shares: debt.shares, isCapped: false };
  const bounds = {
    debtAmount: debtAmount(state, debt),
    debtPrice: price,
    liquidationBonus: source.bonus ?? ZERO_RATIO,
    collateralValue: source.value,
    minLeftover: desk.parameters.debtMin,
  };
  // Against the release margin a debt counts for as much more.
  const liabilityWeight = mulDown(
    desk.parameters.liabilityWeight,
    poolParameters(state).releaseRatio,
  );
  const restoring = deficitCloseOut({
    ...bounds,
    marginDeficit: add(
      releaseDeficit(state, moment.margin),
      closeOutSlack(owed, source.price, liabilityWeight),
    ),
    collateralWeight: source.weight,
    liabilityWeight,
    insuranceFraction: ZERO_RATIO,
  }).debtToRepay;
  if (source.bonus === null) return { shares: sharesFor(owed, restoring), isCapped: false };
  const factor = factorOf(moment, owed, source);
  const most = closeFactorCloseOut({ ...bounds, closeFactor: factor }).debtToRepay;
  return { shares: sharesFor(owed, min(restoring, most)), isCapped: gt(restoring, most) };
}

function factorOf({ margin }: RouteMoment, { debt, desk, price }: Owed, source: Source): Ratio {
  const factor = marginHealthFactor(margin);
  return closeFactor({
    // Debts that count for nothing are as healthy as can be: they are closed in parts.
    healthFactor: factor === 'no-debt' ? ONE_RATIO : factor,
    partialCloseFactor: desk.parameters.closeFactor,
    fullCloseHealthFactor: desk.parameters.closeFactorHealth,
    collateralValue: source.value,
    debtValue: debtValueUp({ amount: amountOfSharesUp(debt.shares, desk.debtIndex), price }),
    fullCloseValue: desk.parameters.debtMin,
  });
}

/** Enough shares to take so much of a debt away. */
const sharesFor = ({ debt, desk }: Owed, amount: Amount): Shares =>
  min(sharesOfAmountUp(amount, desk.debtIndex), debt.shares);

/** Shares of a debt that an amount of the asset pays for. */
export function sharesPaidBy({ debt, desk }: Owed, amount: Amount): Shares {
  const whole = amountOfSharesUp(debt.shares, desk.debtIndex);
  return gte(amount, whole) ? debt.shares : sharesOfAmountDown(amount, desk.debtIndex);
}

/**
 * Shares that the house closes for so much money. Money for all of it is never counted in units of
 * the asset: of one that is worth next to nothing there would be more than a quantity can hold.
 */
export function sharesBoughtBy(owed: Owed, money: Money): Shares {
  if (gte(money, costOf(owed, owed.debt.shares))) return owed.debt.shares;
  return sharesPaidBy(owed, amountDown(money, owed.price));
}

/** What the house is paid for a part of a debt. */
export const costOf = ({ desk, price }: Owed, shares: Shares): Money =>
  valueUp(amountOfSharesUp(shares, desk.debtIndex), price);

/**
 * Least share of its value that collateral is sold for. The house gets the bonus of the desk, but
 * never more than the haircut, which would lower margin equity, nor more than the account's
 * equity pays for over all its debts, which would leave a loss for others.
 *
 * In [1/2, 1]: the bonus of a desk is at most one by configuration, and what equity pays for is
 * divided out only where it is less than that, so that neither dust that is owed nor a fortune
 * that counts for nothing leads out of the range of a ratio. By the same bound the bonus that
 * this share means is in [0, 1] (`bonusOf`).
 */
export function soldWeight(
  state: PoolView,
  { account, margin, ...moment }: RouteMoment,
  { owed, weight }: { readonly owed: Owed; readonly weight: Ratio },
): Ratio {
  if (closesWhole({ account, margin, ...moment })) return ONE_RATIO;
  const all = sum(account.debts.map((debt) => debtValueUp(marginDebt(state, debt))));
  const { liquidationBonus } = owed.desk.parameters;
  const paysAll = cmpScaled(margin.equity, all, liquidationBonus) >= 0;
  const bonus = paysAll ? liquidationBonus : ratioDown(margin.equity, all);
  return max(weight, divUp(ONE_RATIO, add(ONE_RATIO, bonus)));
}

/** The bonus that a least share means. */
export const bonusOf = (sold: Ratio): Ratio => sub(divUp(ONE_RATIO, sold), ONE_RATIO);
