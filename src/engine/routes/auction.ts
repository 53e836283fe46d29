/** Dutch auctions of what an account holds. @module */
import {
  durationMs,
  type Money,
  min,
  mulUp,
  type Ratio,
  sum,
  valueUp,
  ZERO_MONEY,
} from '../../units/index.ts';
import { type Leg, legsOf } from '../account-legs.ts';
import {
  auctionOffer,
  elapsedSince,
  hasSomethingToSell,
  openingLot,
  resetReason,
  takesClosed,
} from '../auctions/index.ts';
import { legPenaltyFraction } from '../leg-penalty.ts';
import { isRestored } from '../liquidation-release.ts';
import type { AuctionOffer } from '../schema/index.ts';
import type { PoolView } from '../state.ts';
import type { Route, RouteMoment, RouteOffer, RouteProgress } from './route.ts';

/** What would be offered first; the discount is what the ladder says it is as a rule. */
function offer(state: PoolView, moment: RouteMoment): RouteOffer | null {
  const lot = openingLot(state, moment);
  if (lot === null) return null;
  const offered = auctionOffer(state, { ...moment, lot, elapsedMs: durationMs(0) });
  if (offered === null) return null;
  return { notional: soldNotional(offered), priceCost: expectedPenalty(state, moment, offered) };
}

/** Of a holding no more is sold than what is owed. */
const soldNotional = (offered: AuctionOffer): Money =>
  offered.type === 'Collateral'
    ? min(offered.tab, valueUp(offered.amount, offered.indexPrice))
    : offered.notional;

/** Collateral is sold without a penalty, as wherever it is converted. */
function expectedPenalty(state: PoolView, moment: RouteMoment, offered: AuctionOffer): Money {
  const penaltyOf = ({ market }: Leg): Ratio => legPenaltyFraction(state, market, moment.margin);
  const legs = legsOf(state, moment.account);
  switch (offered.type) {
    case 'Collateral':
      return ZERO_MONEY;
    case 'Position': {
      const lot = openingLot(state, moment);
      const leg = legs.find(({ position }) => position.market === lot?.market);
      return leg === undefined ? ZERO_MONEY : mulUp(offered.notional, penaltyOf(leg));
    }
    case 'Portfolio':
      return sum(legs.map((leg) => mulUp(mulUp(leg.notional, offered.fraction), penaltyOf(leg))));
  }
}

function progress(state: PoolView, moment: RouteMoment): RouteProgress {
  const { liquidation, account, margin } = moment;
  const { auction } = liquidation;
  if (!hasSomethingToSell(state, moment)) {
    return account.positions.length === 0 && isRestored(state, margin) ? 'restored' : 'exhausted';
  }
  if (auction === null) {
    if (state.auctions === null) return 'unavailable';
    return openingLot(state, moment) === null ? 'wait' : 'act';
  }
  const elapsedMs = elapsedSince(auction, state.timeMs);
  if (auctionOffer(state, { ...moment, lot: auction, elapsedMs }) === null) return 'act';
  // Where nobody may take, nobody has declined: the path goes on once somebody may.
  if (takesClosed(state, moment, auction)) return 'wait';
  return resetReason(auction, moment, elapsedMs) === null ? 'wait' : 'act';
}

export const AUCTION: Route = { offer, progress };
