/** A step of an auction: it is started, started again, or ended. @module */
import { assert, durationMs, type EngineTimeMs, ZERO_MONEY } from '../../../units/index.ts';
import {
  auctionOffer,
  elapsedSince,
  type Lot,
  openingLot,
  resetReason,
} from '../../auctions/index.ts';
import type { RouteMoment } from '../../routes/index.ts';
import type { RouteLeftReason } from '../../routes/route.ts';
import type { AuctionOffer, Event, EventOf, Health } from '../../schema/index.ts';
import type { AuctionView, PoolView } from '../../state.ts';

type Input = { readonly time: EngineTimeMs };

const whose = ({ liquidation, account }: RouteMoment) => ({
  liquidation: liquidation.liquidation,
  account: account.id,
});

export const healthOf = ({ equity, marginEquity, maintenanceMargin }: Health): Health => ({
  equity,
  marginEquity,
  maintenanceMargin,
});

export function stepAuction(state: PoolView, moment: RouteMoment, { time }: Input): Event[] {
  const { auction } = moment.liquidation;
  if (auction === null) return [started(state, moment)];
  const elapsedMs = elapsedSince(auction, time);
  if (auctionOffer(state, { ...moment, lot: auction, elapsedMs }) === null) {
    return [ended(moment, auction, 'superseded')];
  }
  const reason = resetReason(auction, moment, elapsedMs);
  assert(reason !== null, 'AUCTION', 'an auction was stepped that runs');
  if (auction.resets >= auction.parameters.resetsMax) return foundNobody(moment, auction);
  return [
    {
      type: 'AuctionReset',
      auction: auction.auction,
      ...whose(moment),
      reason,
      resets: auction.resets + 1,
      elapsedMs,
      offer: firstOffer(state, moment, { ...auction, reserved: ZERO_MONEY }),
      health: healthOf(moment.margin),
    },
  ];
}

/** What is offered when a path starts. */
function firstOffer(state: PoolView, moment: RouteMoment, lot: Lot): AuctionOffer {
  const offer = auctionOffer(state, { ...moment, lot, elapsedMs: durationMs(0) });
  assert(offer !== null, 'AUCTION', 'nothing to put up');
  return offer;
}

function started(state: PoolView, moment: RouteMoment): EventOf<'AuctionStarted'> {
  const lot = openingLot(state, moment);
  assert(lot !== null, 'AUCTION', 'nothing to put up');
  const { market, asset } = lot;
  return {
    type: 'AuctionStarted',
    auction: state.nextAuction,
    ...whose(moment),
    lot: lot.lot,
    phase: lot.phase,
    market: market === null ? null : state.markets[market]!.parameters.market,
    asset: asset === null ? null : state.assets[asset]!.parameters.asset,
    parameters: lot.parameters,
    offer: firstOffer(state, moment, lot),
    health: healthOf(moment.margin),
  };
}

export const ended = (
  moment: RouteMoment,
  { auction, takes, resets }: Pick<AuctionView, 'auction' | 'takes' | 'resets'>,
  outcome: EventOf<'AuctionEnded'>['outcome'],
): EventOf<'AuctionEnded'> => ({
  type: 'AuctionEnded',
  auction,
  ...whose(moment),
  outcome,
  takes,
  resets,
});

/** The ladder goes on by itself: nobody needs to show up for that. */
function foundNobody(moment: RouteMoment, auction: AuctionView): Event[] {
  const { route } = moment.liquidation;
  assert(route !== null, 'ROUTING', 'no way had been chosen');
  const { place, method, venue } = route;
  const left = { type: 'RouteLeft', ...whose(moment), route: place, method, venue } as const;
  return [ended(moment, auction, 'no-bids'), { ...left, reason: 'no-taker' }];
}

/** Ends what runs when the way is left. */
export function undoAuction(
  _state: PoolView,
  moment: RouteMoment,
  reason: RouteLeftReason,
): Event[] {
  const { auction } = moment.liquidation;
  if (auction === null) return [];
  const asOutcome = reason === 'restored' || reason === 'out-of-time' ? reason : 'superseded';
  return [ended(moment, auction, asOutcome)];
}
