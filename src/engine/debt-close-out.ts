/**
 * The next debt of an account in liquidation that is closed, and with what. Debts are closed once
 * no position is left: first with what the account holds or has lent of the very asset, then with
 * its money and its collateral by way of the house, which hands the asset over or owes it from
 * then on; last, where nothing is left, with money that the account does not have.
 * @module
 */
import { amountOfSharesUp, sharesOfAmountUp } from '../risk/index.ts';
import {
  type Amount,
  add,
  gt,
  gte,
  isNegative,
  isPositive,
  isZero,
  lt,
  type Money,
  min,
  ONE_RATIO,
  type Price,
  type Ratio,
  type Shares,
  sub,
  valueUp,
  ZERO_MONEY,
} from '../units/index.ts';
import { houseFor, type Offer, saleOf } from './collateral-conversion.ts';
import {
  bonusOf,
  costOf,
  type Owed,
  owedOf,
  sharesBoughtBy,
  sharesPaidBy,
  soldWeight,
  wantedShares,
} from './debt-size.ts';
import { heldOf, ONE_PRICE, supplyAmount } from './lending.ts';
import { holdsDust } from './liquidation-release.ts';
import { holdingsWithSupplies, marginCollateral } from './margin.ts';
import type { RouteMoment } from './routes/route.ts';
import type { AccountView, DeskView, PoolView } from './state.ts';
import {
  type ClaimPart,
  claimOffer,
  convertedClaim,
  type SupplyConversion,
  supplyRelease,
} from './supply-sale.ts';

/** Part of a debt, and who takes it off the account. */
export type ClosedPart = {
  readonly desk: number;
  readonly shares: Shares;
  readonly amount: Amount;
  readonly indexPrice: Price;
  /** Null: the account itself pays in kind. Else it pays the house, which pays the desk or owes. */
  readonly house: { readonly account: AccountView; readonly assumes: boolean } | null;
  /** What the house is paid. */
  readonly value: Money;
};

/** Collateral that is sold to the house to pay for a debt. */
export type SoldHolding = {
  readonly buyer: AccountView;
  readonly asset: number;
  readonly amount: Amount;
  readonly indexPrice: Price;
  readonly weight: Ratio;
  readonly proceeds: Money;
};

export type DebtCloseOut = {
  /** The account's claim on the same desk that pays for it. */
  readonly netted: ClaimPart | null;
  readonly soldHolding: SoldHolding | null;
  readonly soldClaim: SupplyConversion | null;
  /** Null where what is sold does not pay for a single share. */
  readonly closed: ClosedPart | null;
  /** More would have been closed but for the close factor. */
  readonly isCapped: boolean;
};

const NOTHING: DebtCloseOut = {
  netted: null,
  soldHolding: null,
  soldClaim: null,
  closed: null,
  isCapped: false,
};

/** Null where nothing pays for a debt now. */
export function debtCloseOut(state: PoolView, moment: RouteMoment): DebtCloseOut | null {
  const own = debtPaidByOwn(state, moment);
  const debt = moment.account.debts[0];
  if (own !== null || debt === undefined) return own;
  const owed = owedOf(state, debt);
  return paidBySelling(state, moment, owed) ?? lastResort(state, moment.account, owed);
}

/** What sells nothing: the asset itself, a claim on its desk, or money. Null: none of them. */
export function debtPaidByOwn(state: PoolView, moment: RouteMoment): DebtCloseOut | null {
  const owed = moment.account.debts.map((debt) => owedOf(state, debt));
  for (const each of owed) {
    const paid = paidInKind(state, moment, each) ?? nettedByClaim(state, moment, each);
    if (paid !== null) return paid;
  }
  const first = owed[0];
  return first === undefined ? null : paidInMoney(state, moment, first);
}

/** Share that the asset of a desk counts for in this account. */
function weightOf(state: PoolView, account: AccountView, { asset }: DeskView): Ratio {
  const holding = holdingsWithSupplies(state, account).find((held) => held.asset === asset);
  return holding === undefined ? ONE_RATIO : marginCollateral(state, holding).weight;
}

/** With what the account holds of the asset itself. */
function paidInKind(state: PoolView, moment: RouteMoment, owed: Owed): DebtCloseOut | null {
  const { account } = moment;
  const held = heldOf(account, owed.desk);
  if (!isPositive(held)) return null;
  const source = {
    price: owed.price,
    weight: weightOf(state, account, owed.desk),
    value: valueUp(held, owed.price),
    bonus: null,
  };
  const wanted = wantedShares(state, moment, { owed, source });
  const shares = min(wanted.shares, sharesPaidBy(owed, held));
  return isZero(shares) ? null : { ...NOTHING, closed: inKind(owed, shares) };
}

function inKind({ debt, desk, price }: Owed, shares: Shares): ClosedPart {
  const amount = amountOfSharesUp(shares, desk.debtIndex);
  const { desk: number } = debt;
  return { desk: number, shares, amount, indexPrice: price, house: null, value: ZERO_MONEY };
}

/** With what the account has lent to the same desk: no cash is needed to set it off. */
function nettedByClaim(state: PoolView, moment: RouteMoment, owed: Owed): DebtCloseOut | null {
  const { account } = moment;
  const claim = account.supplies.find(({ desk }) => desk === owed.debt.desk);
  if (claim === undefined) return null;
  const lent = supplyAmount(state, claim);
  const source = {
    price: owed.price,
    weight: weightOf(state, account, owed.desk),
    value: valueUp(lent, owed.price),
    bonus: null,
  };
  const wanted = wantedShares(state, moment, { owed, source });
  const shares = min(wanted.shares, sharesPaidBy(owed, lent));
  if (isZero(shares)) return null;
  const closed = inKind(owed, shares);
  const { amount, desk } = closed;
  const claimed = min(sharesOfAmountUp(amount, owed.desk.supplyIndex), claim.shares);
  return { ...NOTHING, netted: { desk, shares: claimed, amount }, closed };
}

/** With the account's money: the house closes a debt in another asset for what it is worth. */
function paidInMoney(state: PoolView, moment: RouteMoment, owed: Owed): DebtCloseOut | null {
  const { account } = moment;
  if (owed.desk.asset === null || !isPositive(account.balance)) return null;
  const money = { price: ONE_PRICE, weight: ONE_RATIO, value: account.balance };
  const source = { ...money, bonus: null };
  const wanted = wantedShares(state, moment, { owed, source });
  const shares = min(wanted.shares, sharesBoughtBy(owed, account.balance));
  const closed = isZero(shares) ? null : byHouse(state, account, { owed, shares });
  return closed && { ...NOTHING, closed };
}

/** The house hands the asset over where it holds that much, and owes it where it does not. */
function byHouse(
  state: PoolView,
  account: AccountView,
  { owed, shares }: { readonly owed: Owed; readonly shares: Shares },
): ClosedPart | null {
  const house = houseFor(state, account);
  if (house === null) return null;
  const part = inKind(owed, shares);
  const assumes = lt(heldOf(house, owed.desk), part.amount);
  return { ...part, house: { account: house, assumes }, value: costOf(owed, shares) };
}

/** With collateral that the house buys; claims only where their desk cannot pay them out. */
function paidBySelling(state: PoolView, moment: RouteMoment, owed: Owed): DebtCloseOut | null {
  const { account } = moment;
  for (const holding of account.collaterals) {
    const { weight } = weightedHolding(state, account, holding.asset);
    const { price } = marginCollateral(state, holding);
    const offer = { amount: holding.amount, price, weight };
    const sold = soldFor(state, moment, { owed, offer });
    if (sold === null) continue;
    const soldHolding = {
      asset: holding.asset,
      buyer: sold.house,
      amount: sold.amount,
      indexPrice: price,
      weight,
      proceeds: sold.proceeds,
    };
    return { ...NOTHING, soldHolding, closed: sold.closed, isCapped: sold.isCapped };
  }
  const isHolding = account.collaterals.length > 0 || supplyRelease(state, account) !== null;
  const supply = account.supplies[0];
  if (isHolding || supply === undefined) return null;
  const offer = claimOffer(state, account, supply);
  const sold = soldFor(state, moment, { owed, offer });
  if (sold === null) return null;
  const { amount, proceeds } = sold;
  const sale = { amount, proceeds };
  const soldClaim = convertedClaim(state, { supply, offer, buyer: sold.house, sale });
  return { ...NOTHING, soldClaim, closed: sold.closed, isCapped: sold.isCapped };
}

/** A holding counts by the weight of all that the account has of the asset. */
function weightedHolding(state: PoolView, account: AccountView, asset: number) {
  const all = holdingsWithSupplies(state, account).find((held) => held.asset === asset)!;
  return marginCollateral(state, all);
}

/** What is sold of an offer, and what of the debt the proceeds close. */
function soldFor(
  state: PoolView,
  moment: RouteMoment,
  { owed, offer }: { readonly owed: Owed; readonly offer: Offer },
) {
  const { account } = moment;
  const house = houseFor(state, account);
  if (house === null || isNegative(house.balance)) return null;
  const { weight, price } = offer;
  const least = soldWeight(state, moment, { owed, weight });
  const value = valueUp(offer.amount, price);
  const source = { price, weight, value, bonus: bonusOf(least) };
  const wanted = wantedShares(state, moment, { owed, source });
  const need = costOf(owed, wanted.shares);
  // For a debt in another asset the house gets its money back within the record.
  const isMoney = owed.desk.asset === null;
  const purse = isMoney ? house.balance : add(house.balance, need);
  const sale = saleOf({ ...offer, weight: least }, { purse, need });
  if (sale === null) return null;
  const shares = min(wanted.shares, sharesBoughtBy(owed, sale.proceeds));
  const closed = isZero(shares)
    ? null
    : isMoney
      ? inKind(owed, shares)
      : byHouse(state, account, { owed, shares });
  const paidBack = closed === null ? ZERO_MONEY : closed.value;
  if (gt(sub(sale.proceeds, paidBack), house.balance)) return null;
  return { ...sale, house, closed, isCapped: wanted.isCapped && gte(shares, wanted.shares) };
}

/** With money that the account does not have: its balance becomes the bad debt. */
function lastResort(state: PoolView, account: AccountView, owed: Owed): DebtCloseOut | null {
  const holds = account.collaterals.length > 0 && !holdsDust(state, account);
  if (holds || account.supplies.length > 0) return null;
  const { shares } = owed.debt;
  const closed =
    owed.desk.asset === null ? inKind(owed, shares) : byHouse(state, account, { owed, shares });
  return closed && { ...NOTHING, closed };
}
