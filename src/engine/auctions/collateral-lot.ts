/** Collateral of an account without positions, sold for what the account owes. @module */
import { auctionTake, collateralValueDown } from '../../risk/index.ts';
import {
  type Amount,
  add,
  EXACT_PER_RAW,
  formatDecimal,
  fromRaw,
  gt,
  isNegative,
  isPositive,
  isZero,
  lt,
  lte,
  type Money,
  max,
  mulUp,
  neg,
  type Price,
  type Ratio,
  ratioUp,
  rawOf,
  sub,
  sum,
  valueUp,
  ZERO_MONEY,
  ZERO_RATIO,
} from '../../units/index.ts';
import { marginCollateral } from '../margin.ts';
import type { AccountView, PoolView } from '../state.ts';
import { collateralTab } from './collateral-tab.ts';
import {
  type BidOf,
  type LotMoment,
  type OfferOf,
  refusedTake,
  type TakeResult,
  taken,
} from './lot.ts';
import { askedShare } from './path.ts';
import { marginAfter, NOTHING } from './slice.ts';

type CollateralOffer = OfferOf<'Collateral'>;

const ONE_UNIT_OF_PRICE = fromRaw<Price>(1n);

const fullValue = (state: PoolView, holding: AccountView['collaterals'][number]): Money =>
  collateralValueDown(marginCollateral(state, holding));

/** The holding that is worth most, ties in the order of configuration; null: nothing is. */
export function dearestHolding(state: PoolView, account: AccountView): number | null {
  let dearest: number | null = null;
  let most = ZERO_MONEY;
  for (const holding of account.collaterals) {
    const value = fullValue(state, holding);
    if (!gt(value, most)) continue;
    dearest = holding.asset;
    most = value;
  }
  return dearest;
}

/** Null where the account owes nothing, or no longer holds what was put up. */
export function collateralOffer(state: PoolView, moment: LotMoment): CollateralOffer | null {
  const { account, lot, elapsedMs } = moment;
  const holding = account.collaterals.find(({ asset }) => asset === lot.asset);
  if (account.positions.length > 0 || holding === undefined) return null;
  const { price: indexPrice, weight } = marginCollateral(state, holding);
  const share = max(askedShare(lot.parameters, elapsedMs), leastShare(state, moment));
  const tab = collateralTab(state, moment, { share, weight, indexPrice });
  if (!isPositive(tab)) return null;
  // Nothing is given away: the least price there is.
  const price = max(mulUp(indexPrice, share), ONE_UNIT_OF_PRICE);
  return { type: 'Collateral', amount: holding.amount, tab, indexPrice, price };
}

/**
 * As long as the account has something left beyond what it owes, the fund included, a sale takes
 * no larger part of that than of what is sold: it never makes a loss for others.
 */
function leastShare(state: PoolView, { account, margin, liquidation }: LotMoment): Ratio {
  const own = sub(margin.equity, liquidation.coverPaid);
  const held = sum(account.collaterals.map((each) => fullValue(state, each)));
  if (isNegative(own) || lte(held, own)) return ZERO_RATIO;
  return ratioUp(sub(held, own), held);
}

export function takeCollateral(
  state: PoolView,
  moment: LotMoment,
  input: { readonly offer: CollateralOffer; readonly bid: BidOf<'Collateral'> },
): TakeResult {
  const { account, liquidation, lot } = moment;
  const { offer, bid } = input;
  const { sliceMin } = lot.parameters;
  const { amount: held, tab, price, indexPrice } = offer;
  const take = auctionTake({ amount: bid.amount, lot: held, tab, price, tabMin: sliceMin });
  if (take === null) return refusedTake('BID_IS_DUST', { tab: formatDecimal(tab) });
  const { slice, lotLeft, ends } = take;
  if (lt(slice, bid.amountMin)) {
    return refusedTake('BID_BEYOND_OFFER', { offered: formatDecimal(slice) });
  }
  // A remainder that nobody would come for keeps what is still owed from being recognized.
  const leavesDust = !ends && lt(valueUp(lotLeft, indexPrice), sliceMin);
  if (leavesDust || (!ends && lt(take.owed, sliceMin))) {
    return refusedTake('BID_IS_DUST', { owed: formatDecimal(take.owed) });
  }
  const collaterals = [{ asset: lot.asset!, amount: slice, indexPrice }];
  const given = { ...NOTHING, collaterals };
  const after = marginAfter(state, account, { ...given, payment: take.owed });
  const own = sub(moment.margin.equity, liquidation.coverPaid);
  const left = sub(after.equity, liquidation.coverPaid);
  // Rounding of several holdings may leave a unit less than is owed: the bidder pays that too.
  const lacking = isNegative(left) && !isNegative(own) ? neg(left) : ZERO_MONEY;
  const payment = add(take.owed, lacking);
  if (!isWithinLimit({ price, payment, slice }, bid.limitPrice)) {
    return refusedTake('BID_LIMIT_NOT_MET', { price: formatDecimal(price) });
  }
  return taken({
    fraction: null,
    given,
    received: [],
    payment,
    payout: ZERO_MONEY,
    price,
    proceeds: ZERO_MONEY,
    after: isZero(lacking) ? after : marginAfter(state, account, { ...given, payment }),
    penaltyMax: ZERO_MONEY,
  });
}

/**
 * The price asked is no more than the limit, and no more is paid than the limit is worth for what
 * is taken: less than a unit of the asset, and one of money, are owed to rounding.
 */
function isWithinLimit(
  fill: { readonly price: Price; readonly payment: Money; readonly slice: Amount },
  limitPrice: Price,
): boolean {
  const allowed = (rawOf(fill.slice) + 1n) * rawOf(limitPrice);
  return lte(fill.price, limitPrice) && (rawOf(fill.payment) - 1n) * EXACT_PER_RAW < allowed;
}
