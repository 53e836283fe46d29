/** Dutch auctions: what is put up, what is offered of it at a moment, what a bid takes. @module */
import { type DurationMs, isPositive, lte } from '../../units/index.ts';
import type { RouteMoment } from '../routes/route.ts';
import type { AuctionOffer, Bid, EventOf } from '../schema/index.ts';
import type { AccountView, AuctionView, PoolView } from '../state.ts';
import { collateralOffer, takeCollateral } from './collateral-lot.ts';
import { type LotMoment, refusedTake, type TakeResult } from './lot.ts';
import { pathOver } from './path.ts';
import { portfolioOffer, takePortfolio } from './portfolio-lot.ts';
import { positionOffer, takePosition } from './position-lot.ts';

export type { Lot, LotMoment, Take } from './lot.ts';
export { hasSomethingToSell, openingLot, takesClosed } from './lot-choice.ts';
export { elapsedSince, pathMs } from './path.ts';
export { accountWith } from './slice.ts';

/** What is offered at that moment; null where what was put up is gone or no longer needed. */
export function auctionOffer(state: PoolView, moment: LotMoment): AuctionOffer | null {
  switch (moment.lot.lot) {
    case 'collateral':
      return collateralOffer(state, moment);
    case 'position':
      return positionOffer(state, moment);
    case 'portfolio':
      return portfolioOffer(state, moment);
  }
}

/** The kind of bid that a lot takes. */
export const BID_FOR: { readonly [L in AuctionView['lot']]: Bid['type'] } = {
  collateral: 'Collateral',
  position: 'Position',
  portfolio: 'Portfolio',
};

/** What a bid takes of an offer of its kind; only collateral goes to somebody outside. */
export function auctionTakeOf(
  state: PoolView,
  moment: LotMoment,
  input: {
    readonly offer: AuctionOffer;
    readonly bid: Bid;
    readonly bidder: AccountView | null;
  },
): TakeResult {
  const { offer, bid, bidder } = input;
  if (offer.type === 'Collateral' && bid.type === 'Collateral') {
    return takeCollateral(state, moment, { offer, bid });
  }
  if (bidder !== null && offer.type === 'Position' && bid.type === 'Position') {
    return takePosition(state, moment, { offer, bid, bidder });
  }
  if (bidder !== null && offer.type === 'Portfolio' && bid.type === 'Portfolio') {
    return takePortfolio(state, moment, { offer, bid, bidder });
  }
  return refusedTake('BID_MISMATCH', { offered: offer.type });
}

/**
 * Why the path must start again, or null: it has run too long or too low, or prices have fallen
 * so far that what is left of the portfolio is worth no more than its proceeds.
 */
export function resetReason(
  auction: AuctionView,
  moment: RouteMoment,
  elapsedMs: DurationMs,
): EventOf<'AuctionReset'>['reason'] | null {
  const over = pathOver(auction, elapsedMs);
  if (over !== null) return over;
  const { reserved } = auction;
  return isPositive(reserved) && lte(moment.margin.equity, reserved) ? 'proceeds' : null;
}
