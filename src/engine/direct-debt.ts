/**
 * At what terms liquidators may repay a debt of an account for its collateral: how much of it, at
 * which bonus. As with positions the bonus grows as health falls, and gives way where the account
 * could not afford it.
 * @module
 */
import { amountOfSharesUp, collateralSeizure, debtValueUp } from '../risk/index.ts';
import {
  type Amount,
  cmpScaled,
  divDown,
  fromRaw,
  gt,
  gte,
  isPositive,
  isZero,
  type Money,
  min,
  ONE_RATIO,
  type Price,
  type Ratio,
  ratioDown,
  type Shares,
  sub,
  sum,
  valueUp,
  ZERO_RATIO,
} from '../units/index.ts';
import { closesWhole, type Owed, owedOf, wantedShares } from './debt-size.ts';
import { bonusFor } from './direct-terms.ts';
import type { DeskSharesView } from './lending.ts';
import { holdingsWithSupplies, marginCollateral, marginDebt } from './margin.ts';
import type { RouteMoment } from './routes/route.ts';
import type { DirectParameters } from './schema/index.ts';
import type { AccountView, PoolView } from './state.ts';

type Holding = AccountView['collaterals'][number];

/** A debt and what of the collateral is given for it. */
export type DirectDebt = {
  readonly owed: Owed;
  readonly holding: Holding;
  readonly collateralPrice: Price;
  /** What the account's health offers per unit of debt. */
  readonly bonusFraction: Ratio;
  /** What the account can afford of it. */
  readonly bonus: Ratio;
  /** Shares of the debt that may be repaid at most. */
  readonly most: Shares;
};

export function directDebt(
  state: PoolView,
  input: {
    readonly direct: DirectParameters;
    readonly moment: RouteMoment;
    readonly debt: DeskSharesView;
    readonly holding: Holding;
  },
): DirectDebt {
  const { direct, moment, debt, holding } = input;
  const owed = owedOf(state, debt);
  // A holding counts by the weight of all that the account has of the asset, lent or not.
  const all = holdingsWithSupplies(state, moment.account).find(
    ({ asset }) => asset === holding.asset,
  )!;
  const { price, weight } = marginCollateral(state, all);
  const bonusFraction = bonusFor(direct, moment);
  const slack = repaymentSlack({ debtPrice: owed.price, collateralPrice: price });
  const bonus = affordableBonus(state, moment, { weight, bonusFraction, slack });
  const source = { price, weight, value: valueUp(holding.amount, price), bonus };
  const { shares: most } = wantedShares(state, moment, { owed, source });
  return { owed, holding, collateralPrice: price, bonusFraction, bonus, most };
}

const ONE_AMOUNT = fromRaw<Amount>(1n);
const FEW_UNITS = fromRaw<Money>(BigInt(16));

/** What rounding whole units of debt and collateral may cost an account in one repayment. */
export function repaymentSlack({
  debtPrice,
  collateralPrice,
}: {
  readonly debtPrice: Price;
  readonly collateralPrice: Price;
}): Money {
  const units = [valueUp(ONE_AMOUNT, debtPrice), valueUp(ONE_AMOUNT, collateralPrice)];
  return sum([...units, ...units, FEW_UNITS]);
}

/**
 * The bonus offered; never more than the haircut of the collateral, which would lower margin
 * equity, nor more than the account's equity pays for over all its debts, which would leave a loss
 * for others; none out of what the fund has paid.
 */
function affordableBonus(
  state: PoolView,
  moment: RouteMoment,
  input: { readonly weight: Ratio; readonly bonusFraction: Ratio; readonly slack: Money },
): Ratio {
  const { weight, bonusFraction, slack } = input;
  const own = sub(moment.margin.equity, slack);
  if (closesWhole(moment) || !isPositive(own)) return ZERO_RATIO;
  const spared = isPositive(weight) ? sub(divDown(ONE_RATIO, weight), ONE_RATIO) : bonusFraction;
  const all = sum(moment.account.debts.map((debt) => debtValueUp(marginDebt(state, debt))));
  // Compared first: what is owed may be too little to divide by.
  const pays = cmpScaled(own, all, bonusFraction) >= 0 ? bonusFraction : ratioDown(own, all);
  return min(spared, pays);
}

/** A part of a debt as it is repaid, and what is seized for it. */
export type DirectRepayment = {
  readonly shares: Shares;
  readonly amount: Amount;
  readonly seized: Amount;
};

export function directRepayment(terms: DirectDebt, shares: Shares): DirectRepayment {
  const { owed, holding, collateralPrice, bonus } = terms;
  const amount = amountOfSharesUp(shares, owed.desk.debtIndex);
  const { seized } = collateralSeizure({
    debtToRepay: amount,
    debtPrice: owed.price,
    collateralAmount: holding.amount,
    collateralPrice,
    liquidationBonus: bonus,
  });
  return { shares, amount, seized };
}

/** Neither too much nor too little is repaid, and no dust is left of the debt or beside it. */
export function isAdmissibleRepayment(
  direct: DirectParameters,
  { owed, holding, collateralPrice, most }: DirectDebt,
  { shares, amount, seized }: DirectRepayment,
): boolean {
  if (gt(shares, most)) return false;
  if (shares === most) return true;
  const { debt, desk, price } = owed;
  const { debtMin } = desk.parameters;
  if (!gte(valueUp(amount, price), direct.takeNotionalMin)) return false;
  const left = valueUp(amountOfSharesUp(sub(debt.shares, shares), desk.debtIndex), price);
  const kept = sub(holding.amount, seized);
  return gte(left, debtMin) && (isZero(kept) || gte(valueUp(kept, collateralPrice), debtMin));
}
