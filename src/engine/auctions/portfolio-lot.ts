/**
 * The same part of every position and collateral of an account, as large as restores it, for a
 * share of what the account is worth beyond the proceeds of earlier slices.
 * @module
 */
import {
  auctionMaxFraction,
  collateralValueDown,
  contractNotional,
  debtValueUp,
  solventSlicePrice,
} from '../../risk/index.ts';
import {
  abs,
  add,
  ceilTo,
  cmpScaled,
  formatDecimal,
  gt,
  isPositive,
  isZero,
  lt,
  type Money,
  max,
  min,
  mulDown,
  mulUp,
  neg,
  ONE_RATIO,
  type Ratio,
  ratioUp,
  type Size,
  sub,
  sum,
  withSign,
  ZERO_MONEY,
  ZERO_RATIO,
} from '../../units/index.ts';
import { closingSide, type Leg, legsOf } from '../account-legs.ts';
import { legPenaltyFraction } from '../leg-penalty.ts';
import type { DeskSharesView } from '../lending.ts';
import { goesOnRestored, releaseDeficit } from '../liquidation-release.ts';
import { holdingsWithSupplies, marginCollateral, marginDebt } from '../margin.ts';
import type { AccountView, PoolView } from '../state.ts';
import {
  type BidOf,
  type LotMoment,
  type OfferOf,
  refusedTake,
  type TakeResult,
  taken,
} from './lot.ts';
import { askedShare } from './path.ts';
import { payoutOf } from './payout.ts';
import {
  given,
  leastPayment,
  marginAfter,
  receivedPositions,
  type Slice,
  worthOf,
} from './slice.ts';

type PortfolioOffer = OfferOf<'Portfolio'>;

/** Every position at its notional, every collateral and claim at full value. */
function grossValue(state: PoolView, account: AccountView): Money {
  const held = holdingsWithSupplies(state, account).map((each) => marginCollateral(state, each));
  return add(
    sum(legsOf(state, account).map(({ notional }) => notional)),
    sum(held.map(collateralValueDown)),
  );
}

/** Null where no position is left. */
export function portfolioOffer(state: PoolView, moment: LotMoment): PortfolioOffer | null {
  const { account, lot, elapsedMs } = moment;
  if (account.positions.length === 0) return null;
  const share =
    lot.phase === 'solvent' ? min(askedShare(lot.parameters, elapsedMs), ONE_RATIO) : ONE_RATIO;
  const gross = grossValue(state, account);
  const fraction = offeredFraction(state, moment, { share, gross });
  return { type: 'Portfolio', fraction, notional: mulUp(gross, fraction), share };
}

/** What is not reserved; a portfolio worth no more than its proceeds has nothing to give. */
const soldValue = ({ margin, lot }: LotMoment): Money =>
  max(sub(margin.equity, lot.reserved), ZERO_MONEY);

function offeredFraction(
  state: PoolView,
  moment: LotMoment,
  { share, gross }: { readonly share: Ratio; readonly gross: Money },
): Ratio {
  const { margin, lot, liquidation } = moment;
  const sold = soldValue(moment);
  if (goesOnRestored(state, liquidation) || isZero(sold)) return ONE_RATIO;
  const { bufferFraction, sliceMin } = lot.parameters;
  const { maxFraction } = auctionMaxFraction({
    markToMarket: margin.equity,
    // Against the release margin and the buffer: nothing of it is left out of the target.
    netMaintenanceValue: neg(releaseDeficit(state, margin, bufferFraction)),
    bufferFraction: ZERO_RATIO,
    discount: shareAfterPenalty(state, moment, { share, sold }),
    reserved: lot.reserved,
  });
  if (!gt(gross, sliceMin)) return ONE_RATIO;
  const fraction = max(maxFraction, ratioUp(sliceMin, gross));
  const rest = mulDown(gross, sub(ONE_RATIO, fraction));
  return lt(rest, sliceMin) ? ONE_RATIO : fraction;
}

/** The penalty takes a part of what is paid; it takes no more than that. */
function shareAfterPenalty(
  state: PoolView,
  { account, margin }: LotMoment,
  { share, sold }: { readonly share: Ratio; readonly sold: Money },
): Ratio {
  const penalty = sum(
    legsOf(state, account).map(({ market, notional }) =>
      mulUp(notional, legPenaltyFraction(state, market, margin)),
    ),
  );
  if (cmpScaled(penalty, sold, share) >= 0) return ZERO_RATIO;
  return max(sub(share, ratioUp(penalty, sold)), ZERO_RATIO);
}

/** How much of the offer a bid takes; null where it takes or leaves dust. */
function filledFraction(
  offer: PortfolioOffer,
  input: {
    readonly bid: BidOf<'Portfolio'>;
    readonly sliceMin: Money;
    readonly gross: Money;
  },
): Ratio | null {
  const { bid, sliceMin, gross } = input;
  const isDust = (fraction: Ratio): boolean => lt(mulDown(gross, fraction), sliceMin);
  let fraction = min(bid.fraction, offer.fraction);
  const rest = sub(offer.fraction, fraction);
  if (isPositive(rest) && isDust(rest)) {
    if (!gt(gross, sliceMin)) return null;
    fraction = sub(offer.fraction, ratioUp(sliceMin, gross));
  }
  if (!isPositive(fraction) || lt(fraction, bid.fractionMin)) return null;
  return lt(fraction, offer.fraction) && isDust(fraction) ? null : fraction;
}

/** Contracts of a leg in a slice: whole lots, no fewer than its part, and no dust left. */
function slicedSize({ position, market, markPrice }: Leg, fraction: Ratio): Size {
  const { kind, lot, notionalMin } = market.parameters;
  const held = abs(position.size);
  const size = min(ceilTo(mulUp(held, fraction), lot), held);
  const left = contractNotional({ kind, size: sub(held, size), price: markPrice });
  return lt(left, notionalMin) ? held : size;
}

function sliceOf(state: PoolView, account: AccountView, fraction: Ratio): Slice {
  const collaterals = account.collaterals.map(({ asset, amount }) => {
    return { asset, amount: mulDown(amount, fraction) };
  });
  const supplies = account.supplies.map(({ desk, shares }) => {
    return { desk, shares: mulDown(shares, fraction) };
  });
  return {
    positions: legsOf(state, account).map((leg) => ({
      market: leg.position.market,
      sizeDelta: withSign(slicedSize(leg, fraction), closingSide(leg.position.size)),
    })),
    collaterals: collaterals.filter(({ amount }) => isPositive(amount)),
    debts: account.debts.map((debt) => slicedDebt(state, debt, fraction)),
    supplies: supplies.filter(({ shares }) => isPositive(shares)),
  };
}

/** Shares of a debt in a slice: no fewer than its part, and no debt too small is left. */
function slicedDebt(state: PoolView, debt: DeskSharesView, fraction: Ratio): DeskSharesView {
  const shares = mulUp(debt.shares, fraction);
  const left = marginDebt(state, { ...debt, shares: sub(debt.shares, shares) });
  const { debtMin } = state.desks[debt.desk]!.parameters;
  return lt(debtValueUp(left), debtMin) ? debt : { ...debt, shares };
}

/** What is paid for the slice of what is not reserved, and what the bidder is let off of it. */
function priced(moment: LotMoment, fraction: Ratio, share: Ratio) {
  const sold = soldValue(moment);
  if (isZero(sold) || moment.lot.phase === 'insolvent') {
    return { proceeds: ZERO_MONEY, concession: ZERO_MONEY };
  }
  const proceeds = solventSlicePrice({
    fraction,
    discount: share,
    markToMarket: moment.margin.equity,
    reserved: moment.lot.reserved,
  });
  return { proceeds, concession: max(sub(mulDown(sold, fraction), proceeds), ZERO_MONEY) };
}

export function takePortfolio(
  state: PoolView,
  moment: LotMoment,
  input: {
    readonly offer: PortfolioOffer;
    readonly bid: BidOf<'Portfolio'>;
    readonly bidder: AccountView;
  },
): TakeResult {
  const { account, margin, lot } = moment;
  const { offer, bid, bidder } = input;
  const offered = formatDecimal(offer.fraction);
  if (gt(bid.fractionMin, offer.fraction)) return refusedTake('BID_BEYOND_OFFER', { offered });
  const { sliceMin } = lot.parameters;
  const gross = grossValue(state, account);
  const fraction = filledFraction(offer, { bid, sliceMin, gross });
  if (fraction === null) return refusedTake('BID_IS_DUST', { offered });
  const slice = sliceOf(state, account, fraction);
  const gives = given(state, account, slice);
  const { proceeds, concession } = priced(moment, fraction, offer.share);
  const unpaid = marginAfter(state, account, { ...gives, payment: ZERO_MONEY });
  const least = leastPayment(margin, unpaid);
  const payment = max(sub(worthOf(gives), concession), least);
  const payout = payoutOf(state, moment, fraction);
  const paid = sub(payment, payout);
  if (cmpScaled(paid, bid.paymentMax, fraction) > 0) {
    return refusedTake('BID_LIMIT_NOT_MET', { payment: formatDecimal(paid) });
  }
  return taken({
    fraction,
    given: gives,
    received: receivedPositions(state, bidder, slice),
    payment,
    payout,
    price: null,
    proceeds,
    after: marginAfter(state, account, { ...gives, payment }),
    penaltyMax: sub(payment, least),
  });
}
