/**
 * What a sale of collateral has to raise: all that is owed in money; where desks are owed too, what
 * restores the account. What is raised repays debts at once, so that it counts twice: as money, and
 * as debt that needs no margin any more.
 * @module
 */
import { debtValueUp } from '../../risk/index.ts';
import {
  add,
  divideUp,
  fromRaw,
  isPositive,
  lt,
  type Money,
  max,
  min,
  mulDown,
  ONE_RATIO,
  type Price,
  type Ratio,
  rawOf,
  sub,
  sum,
  ZERO_MONEY,
} from '../../units/index.ts';
import { houseFor } from '../collateral-conversion.ts';
import { closeOutSlack, owedOf } from '../debt-size.ts';
import { isCovered, releaseDeficit } from '../liquidation-release.ts';
import { marginDebt } from '../margin.ts';
import { type AccountView, type LiquidationView, type PoolView, poolParameters } from '../state.ts';
import type { LotMoment } from './lot.ts';

/** Negative balance and what the fund has paid: what is owed in money itself. */
const owedMoney = (account: AccountView, liquidation: LiquidationView): Money =>
  max(sub(liquidation.coverPaid, account.balance), ZERO_MONEY);

/** What an account owes in all: to the pool, to the fund, to desks. */
export const owedByAccount = (
  state: PoolView,
  account: AccountView,
  liquidation: LiquidationView,
): Money =>
  add(
    owedMoney(account, liquidation),
    sum(account.debts.map((debt) => debtValueUp(marginDebt(state, debt)))),
  );

type Sold = {
  /** Of its value that is asked. */
  readonly share: Ratio;
  /** Of its value that it counts for as long as it is held. */
  readonly weight: Ratio;
  readonly indexPrice: Price;
};

export function collateralTab(state: PoolView, moment: LotMoment, sold: Sold): Money {
  const { account, liquidation, margin, lot } = moment;
  const inMoney = owedMoney(account, liquidation);
  if (account.debts.length === 0) return inMoney;
  const all = owedByAccount(state, account, liquidation);
  const lacking = releaseDeficit(state, margin);
  if (!isPositive(lacking)) return inMoney;
  if (isCovered(liquidation) || !isPositive(sold.share)) return all;
  const parts = partsOwed(state, account, { inMoney, sold });
  return min(all, max(restoringPayment(parts, { lacking, all, sold }), lot.parameters.sliceMin));
}

type Part = {
  readonly owed: Money;
  /** What a unit of money brings towards the release margin once it is there. */
  readonly worth: Ratio;
  /** A smaller remainder is not left. */
  readonly least: Money;
  /** What the roundings of its repayment may cost. */
  readonly slack: Money;
};

/** In the order in which money that comes in pays for them. */
function partsOwed(
  state: PoolView,
  account: AccountView,
  { inMoney, sold }: { readonly inMoney: Money; readonly sold: Sold },
): Part[] {
  const { releaseRatio } = poolParameters(state);
  const debts = account.debts.map((debt) => ({ debt, owed: owedOf(state, debt) }));
  const own = debts.filter(({ owed }) => owed.desk.asset === null);
  // Debts in other assets are paid by way of the house alone.
  const hasHouse = houseFor(state, account) !== null;
  const others = hasHouse ? debts.filter(({ owed }) => owed.desk.asset !== null) : [];
  const parts = [...own, ...others].map(({ debt, owed }): Part => {
    const { liabilityWeight, debtMin } = owed.desk.parameters;
    const worth = mulDown(liabilityWeight, releaseRatio);
    return {
      owed: debtValueUp(marginDebt(state, debt)),
      worth,
      least: debtMin,
      slack: closeOutSlack(owed, sold.indexPrice, worth),
    };
  });
  return [{ owed: inMoney, worth: ONE_RATIO, least: ZERO_MONEY, slack: ZERO_MONEY }, ...parts];
}

/**
 * The least payment after which nothing is missing, or all. A unit of it costs weight/share of
 * margin equity and brings its worth; what no debt can be repaid with brings what money does.
 */
function restoringPayment(
  parts: readonly Part[],
  input: { readonly lacking: Money; readonly all: Money; readonly sold: Sold },
): Money {
  const { all, sold } = input;
  const share = rawOf(sold.share);
  // Exact, and times the share: next to nothing may be asked.
  let lacking = rawOf(input.lacking) * share;
  let paid = ZERO_MONEY;
  for (const { owed, worth, least, slack } of parts) {
    const gain = rawOf(sub(mulDown(sold.share, worth), sold.weight));
    const wanted = lacking + rawOf(slack) * share;
    if (gain > 0n && wanted <= rawOf(owed) * gain) {
      const needed = max(fromRaw<Money>(divideUp(wanted, gain)), ZERO_MONEY);
      // No dust of a debt is left where its remainder would be.
      return add(paid, lt(sub(owed, needed), least) ? owed : needed);
    }
    lacking -= rawOf(owed) * gain;
    paid = add(paid, owed);
  }
  const spare = share - rawOf(sold.weight);
  if (spare <= 0n || lacking >= rawOf(all) * spare) return all;
  return add(paid, max(fromRaw<Money>(divideUp(lacking, spare)), ZERO_MONEY));
}
