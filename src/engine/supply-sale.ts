/**
 * Turning an account's claims on desks into what it holds: paid back by the desk as far as it has
 * cash, and bought by the house where it has none.
 * @module
 */
import { amountOfSharesDown, sharesOfAmountDown, sharesOfAmountUp } from '../risk/index.ts';
import {
  type Amount,
  gte,
  isZero,
  type Money,
  min,
  ONE_RATIO,
  type Price,
  type Ratio,
  type Shares,
  ZERO_PRICE,
} from '../units/index.ts';
import {
  neededProceeds,
  type Offer,
  type Sale,
  saleOf,
  solventBuyer,
} from './collateral-conversion.ts';
import { type DeskSharesView, deskPrice, supplyAmount } from './lending.ts';
import { holdingsWithSupplies, marginCollateral } from './margin.ts';
import type { AccountView, PoolView } from './state.ts';

/** A claim, or a part of it, on its way out of the account. */
export type ClaimPart = {
  readonly desk: number;
  readonly shares: Shares;
  readonly amount: Amount;
};

/** The first claim that its desk can pay for, as far as it can; null where none can. */
export function supplyRelease(state: PoolView, account: AccountView): ClaimPart | null {
  for (const supply of account.supplies) {
    const { cash, supplyIndex } = state.desks[supply.desk]!;
    const whole = supplyAmount(state, supply);
    const shares = gte(cash, whole) ? supply.shares : sharesOfAmountDown(cash, supplyIndex);
    if (isZero(shares)) continue;
    return { desk: supply.desk, shares, amount: amountOfSharesDown(shares, supplyIndex) };
  }
  return null;
}

export type SupplyConversion = ClaimPart & {
  readonly buyer: AccountView;
  readonly indexPrice: Price;
  readonly weight: Ratio;
  readonly proceeds: Money;
};

/** The next sale of a claim to the house, as of collateral that is held. */
export function supplyConversion(
  state: PoolView,
  account: AccountView,
  coverPaid: Money,
): SupplyConversion | null {
  const buyer = solventBuyer(state, account);
  const supply = account.supplies[0];
  if (buyer === null || supply === undefined) return null;
  const offer = claimOffer(state, account, supply);
  const need = neededProceeds(account, coverPaid);
  const sale = saleOf(offer, { purse: buyer.balance, need });
  return sale && convertedClaim(state, { supply, offer, buyer, sale });
}

/** A claim as what it is for sale for: the settlement asset counts in full. */
export function claimOffer(state: PoolView, account: AccountView, supply: DeskSharesView): Offer {
  const desk = state.desks[supply.desk]!;
  const amount = supplyAmount(state, supply);
  const price = deskPrice(state, desk) ?? ZERO_PRICE;
  const holding = holdingsWithSupplies(state, account).find(({ asset }) => asset === desk.asset);
  if (holding === undefined) return { amount, price, weight: ONE_RATIO };
  return { amount, price, weight: marginCollateral(state, holding).weight };
}

export function convertedClaim(
  state: PoolView,
  input: {
    readonly supply: DeskSharesView;
    readonly offer: Offer;
    readonly buyer: AccountView;
    readonly sale: Sale;
  },
): SupplyConversion {
  const { supply, offer, buyer, sale } = input;
  const { supplyIndex } = state.desks[supply.desk]!;
  // All of the amount takes all of the shares: no dust of a share stays behind.
  const shares = gte(sale.amount, offer.amount)
    ? supply.shares
    : min(sharesOfAmountUp(sale.amount, supplyIndex), supply.shares);
  const { price: indexPrice, weight } = offer;
  return { desk: supply.desk, shares, buyer, indexPrice, weight, ...sale };
}
