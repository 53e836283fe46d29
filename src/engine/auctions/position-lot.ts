/**
 * One position of an account, as much of it as restores the account, at a share of its notional:
 * better than the mark for the account at first, then worse, never beyond the bankruptcy quote.
 * @module
 */
import {
  bankruptcyPrice,
  type CloseOutLeg,
  type ContractKind,
  closeOutLegs,
  contractNotional,
} from '../../risk/index.ts';
import {
  abs,
  add,
  ceilTo,
  cmpScaled,
  EXACT_PER_RAW,
  formatDecimal,
  gt,
  isPositive,
  lt,
  type Money,
  max,
  min,
  mulUp,
  ONE_RATIO,
  type Price,
  portionDown,
  quoteSizeUp,
  type Ratio,
  ratioDown,
  rawOf,
  type Size,
  sizeUp,
  sub,
  withSign,
  ZERO_MONEY,
  ZERO_RATIO,
  ZERO_SIZE,
} from '../../units/index.ts';
import { closingSide, type Leg, legsOf } from '../account-legs.ts';
import { legPenaltyFraction } from '../leg-penalty.ts';
import { goesOnRestored, releaseEquity } from '../liquidation-release.ts';
import { type AccountView, type PoolView, poolParameters } from '../state.ts';
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
  type GivenPosition,
  given,
  leastPayment,
  marginAfter,
  NOTHING,
  receivedPositions,
} from './slice.ts';

type PositionOffer = OfferOf<'Position'>;

const legOf = (state: PoolView, { account, lot }: LotMoment): Leg | undefined =>
  legsOf(state, account).find(({ position }) => position.market === lot.market);

const notionalOf = ({ market, markPrice }: Leg, size: Size): Money =>
  contractNotional({ kind: market.parameters.kind, size, price: markPrice });

/** Fewest contracts, in whole lots, worth at least so much at the mark. */
function sizeWorth({ market, markPrice }: Leg, notional: Money): Size {
  const toSize = market.parameters.kind === 'linear' ? sizeUp : quoteSizeUp;
  return ceilTo(toSize(notional, markPrice), market.parameters.lot);
}

/** Null where the position is gone. */
export function positionOffer(state: PoolView, moment: LotMoment): PositionOffer | null {
  const leg = legOf(state, moment);
  if (leg === undefined) return null;
  const { lot, elapsedMs } = moment;
  const share = lot.phase === 'solvent' ? askedShare(lot.parameters, elapsedMs) : ONE_RATIO;
  const size = offeredSize(state, moment, { leg, share });
  return {
    type: 'Position',
    size,
    markPrice: leg.markPrice,
    notional: notionalOf(leg, size),
    share,
  };
}

/** The least that restores the account, no remainder being dust; all where that is the policy. */
function offeredSize(
  state: PoolView,
  moment: LotMoment,
  { leg, share }: { readonly leg: Leg; readonly share: Ratio },
): Size {
  const held = abs(leg.position.size);
  if (goesOnRestored(state, moment.liquidation)) return held;
  const legs = legsOf(state, moment.account);
  const at = legs.findIndex(({ position }) => position.market === leg.position.market);
  const { sizes } = closeOutLegs({
    policy: 'largest-first',
    fixedShare: ONE_RATIO,
    marginEquity: releaseEquity(state, moment.margin),
    targetRatio: poolParameters(state).releaseRatio,
    legs: legs.map((each, place) =>
      closeOutLeg(each, place === at ? costOf(state, moment, { leg, share }) : null),
    ),
  });
  const { sliceMin } = moment.lot.parameters;
  const { notionalMin } = leg.market.parameters;
  let size = sizes[at]!;
  // Within what is held there is room for what the smallest slice is worth.
  if (gt(leg.notional, sliceMin)) size = max(size, sizeWorth(leg, sliceMin));
  else size = held;
  size = min(size, held);
  return lt(notionalOf(leg, sub(held, size)), notionalMin) ? held : size;
}

type Cost = { readonly penaltyFraction: Ratio; readonly slippageFraction: Ratio };

/** What a leg gives up per unit of notional: at most what its bankruptcy quote leaves it. */
function costOf(
  state: PoolView,
  { margin }: LotMoment,
  { leg, share }: { readonly leg: Leg; readonly share: Ratio },
): Cost {
  const concession = max(sub(ONE_RATIO, share), ZERO_RATIO);
  const penalty = legPenaltyFraction(state, leg.market, margin);
  const room = portionDown(margin.equity, leg.maintenanceMargin, margin.maintenanceMargin);
  const wanted = add(concession, penalty);
  if (cmpScaled(room, leg.notional, wanted) >= 0) {
    return { penaltyFraction: penalty, slippageFraction: concession };
  }
  const most = ratioDown(room, leg.notional);
  const slippageFraction = min(concession, most);
  return { penaltyFraction: sub(most, slippageFraction), slippageFraction };
}

/** Legs that are not put up stay as they are. */
const closeOutLeg = ({ position, market, markPrice }: Leg, cost: Cost | null): CloseOutLeg => ({
  kind: market.parameters.kind,
  size: position.size,
  markPrice,
  lot: market.parameters.lot,
  tiers: market.parameters.tiers,
  penaltyFraction: cost?.penaltyFraction ?? ZERO_RATIO,
  slippageFraction: cost?.slippageFraction ?? ZERO_RATIO,
  impact: null,
  closable: cost === null ? ZERO_SIZE : abs(position.size),
  notionalMin: market.parameters.notionalMin,
  hedgeGroup: market.parameters.market,
});

/** How much of the offer a bid takes; null where it takes or leaves dust. */
function filledSize(
  leg: Leg,
  offer: PositionOffer,
  input: { readonly bid: BidOf<'Position'>; readonly sliceMin: Money },
): Size | null {
  const { bid, sliceMin } = input;
  let size = min(bid.size, offer.size);
  const rest = sub(offer.size, size);
  const least = max(sliceMin, leg.market.parameters.notionalMin);
  if (isPositive(rest) && lt(notionalOf(leg, rest), least)) {
    if (!gt(offer.notional, least)) return null;
    size = sub(offer.size, sizeWorth(leg, least));
  }
  if (!isPositive(size) || lt(size, bid.sizeMin)) return null;
  return lt(size, offer.size) && lt(notionalOf(leg, size), sliceMin) ? null : size;
}

export function takePosition(
  state: PoolView,
  moment: LotMoment,
  input: {
    readonly offer: PositionOffer;
    readonly bid: BidOf<'Position'>;
    readonly bidder: AccountView;
  },
): TakeResult {
  const { account, margin, lot } = moment;
  const { offer, bid, bidder } = input;
  const leg = legOf(state, moment)!;
  const offered = formatDecimal(offer.size);
  if (gt(bid.sizeMin, offer.size)) return refusedTake('BID_BEYOND_OFFER', { offered });
  const size = filledSize(leg, offer, { bid, sliceMin: lot.parameters.sliceMin });
  if (size === null) return refusedTake('BID_IS_DUST', { offered });
  const sizeDelta = withSign(size, closingSide(leg.position.size));
  const slice = { ...NOTHING, positions: [{ market: leg.position.market, sizeDelta }] };
  const gives = given(state, account, slice);
  const unpaid = marginAfter(state, account, { ...gives, payment: ZERO_MONEY });
  const least = leastPayment(margin, unpaid);
  const asked = mulUp(notionalOf(leg, size), sub(offer.share, ONE_RATIO));
  const payment = max(asked, least);
  const released = sub(margin.maintenanceMargin, unpaid.maintenanceMargin);
  const payout = payoutOf(state, moment, ratioDown(released, margin.maintenanceMargin));
  const [{ change }] = gives.positions as [GivenPosition];
  const quote = add(sub(change.realizedPnl, change.entryValueDelta), sub(payment, payout));
  const { kind } = leg.market.parameters;
  const price = bankruptcyPrice({ kind, sizeDelta, quote });
  if (!isWithinLimit({ kind, sizeDelta, quote }, bid.limitPrice)) {
    const facts = { price: price === null ? 'none' : formatDecimal(price) };
    return refusedTake('BID_LIMIT_NOT_MET', facts);
  }
  return taken({
    fraction: null,
    given: gives,
    received: receivedPositions(state, bidder, slice),
    payment,
    payout,
    price,
    proceeds: ZERO_MONEY,
    after: marginAfter(state, account, { ...gives, payment }),
    penaltyMax: sub(payment, least),
  });
}

/** Units of money by which the value at the mark, its notional and what is asked are rounded. */
const ROUNDINGS = BigInt(3);

/**
 * What the bidder pays for the contracts, or is paid for taking them, is no worse than the limit
 * price makes it. Exact but for the roundings of the payment.
 */
function isWithinLimit(
  fill: {
    readonly kind: ContractKind;
    /** Of the account. */
    readonly sizeDelta: Size;
    /** What the account receives from the bidder, signed. */
    readonly quote: Money;
  },
  limitPrice: Price,
): boolean {
  const paid = rawOf(fill.quote) - ROUNDINGS;
  const contracts = -rawOf(fill.sizeDelta);
  return fill.kind === 'linear'
    ? paid * EXACT_PER_RAW <= contracts * rawOf(limitPrice)
    : paid * rawOf(limitPrice) <= -contracts * EXACT_PER_RAW;
}
