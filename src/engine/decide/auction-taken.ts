/** What a bid that is filled leads to: the take, the penalty on it, and perhaps the end. @module */
import { contractNotional } from '../../risk/index.ts';
import {
  abs,
  add,
  assert,
  eq,
  gte,
  isPositive,
  type Money,
  max,
  min,
  sub,
  sum,
  ZERO_MONEY,
} from '../../units/index.ts';
import type { LotMoment, Take } from '../auctions/index.ts';
import { legPenaltyFraction } from '../leg-penalty.ts';
import type { AuctionOffer, CommandOf, Event, EventOf, Outcome } from '../schema/index.ts';
import { type AuctionView, type PoolView, positionIn } from '../state.ts';
import { accepted } from './outcome.ts';
import { penaltyEvents } from './penalty.ts';
import { ended, healthOf } from './routes/auction.ts';

type Filled = {
  readonly command: CommandOf<'PlaceBid'>;
  /** Accrued before anything is taken. */
  readonly interest: readonly EventOf<'InterestAccrued'>[];
  readonly auction: AuctionView;
  readonly moment: LotMoment;
  readonly offer: AuctionOffer;
  readonly take: Take;
};

export function auctionTaken(state: PoolView, filled: Filled): Outcome {
  const penalties = takePenalties(state, filled);
  const event = takenEvent(state, filled, chargedBy(penalties));
  const { moment, auction } = filled;
  const taken = [...filled.interest, event, ...penalties];
  if (!isSold(filled)) return accepted(...taken);
  const counted = { ...auction, takes: auction.takes + 1 };
  return accepted(...taken, ended(moment, counted, 'sold'));
}

function takenEvent(
  state: PoolView,
  { command, auction, moment, offer, take }: Filled,
  charged: Money,
): EventOf<'AuctionTaken'> {
  const { bidder, settlement, bid } = command;
  const reserved = sub(add(auction.reserved, take.proceeds), charged);
  return {
    type: 'AuctionTaken',
    auction: auction.auction,
    liquidation: moment.liquidation.liquidation,
    account: moment.account.id,
    bidder,
    settlement,
    bid,
    lot: auction.lot,
    phase: auction.phase,
    elapsedMs: moment.elapsedMs,
    offer,
    fraction: take.fraction,
    ...givenAndReceived(state, take),
    payment: take.payment,
    payout: take.payout,
    price: take.price,
    // The penalty is paid out of the proceeds: what is left of them is not sold again.
    reserved: isPositive(take.proceeds) ? max(reserved, ZERO_MONEY) : auction.reserved,
    before: healthOf(moment.margin),
    after: healthOf(take.after),
  };
}

/** What changes hands, by the names that the world knows. */
function givenAndReceived(state: PoolView, { given, received }: Take) {
  const atDesk = ({ desk, shares, amount, indexPrice }: Take['given']['debts'][number]) => {
    return { asset: state.desks[desk]!.parameters.asset, shares, amount, indexPrice };
  };
  return {
    positions: given.positions.map(({ market, markPrice, change }, place) => {
      const { parameters } = state.markets[market]!;
      return { market: parameters.market, markPrice, change, bidder: received[place]! };
    }),
    collaterals: given.collaterals.map(({ asset, ...moved }) => {
      return { ...moved, asset: state.assets[asset]!.parameters.asset };
    }),
    debts: given.debts.map(atDesk),
    supplies: given.supplies.map(atDesk),
  };
}

/** Position by position, and in all no more than leaves the account as well off as it was. */
function takePenalties(state: PoolView, { moment, take }: Filled): Event[] {
  const { liquidation, margin } = moment;
  const coverPaid = add(liquidation.coverPaid, take.payout);
  const { finder } = liquidation;
  const events: Event[] = [];
  for (const { market, markPrice, change } of take.given.positions) {
    const { parameters } = state.markets[market]!;
    const charged = chargedBy(events);
    const allowed = add(coverPaid, sub(take.penaltyMax, charged));
    // What the penalties before it have paid the finder is no longer due.
    const stillDue = finder && { ...finder, due: sub(finder.due, rewardedBy(events)) };
    const closeOut = { ...liquidation, coverPaid, finder: stillDue };
    events.push(
      ...penaltyEvents(state, {
        closeOut,
        notional: contractNotional({
          kind: parameters.kind,
          size: change.sizeDelta,
          price: markPrice,
        }),
        penaltyFraction: legPenaltyFraction(state, state.markets[market]!, margin),
        equity: min(sub(take.after.equity, charged), allowed),
      }),
    );
  }
  return events;
}

const chargedBy = (events: readonly Event[]): Money =>
  sum(events.map((event) => (event.type === 'PenaltyCharged' ? event.penalty : ZERO_MONEY)));

const rewardedBy = (events: readonly Event[]): Money =>
  sum(events.map((event) => (event.type === 'PenaltyCharged' ? event.keeperReward : ZERO_MONEY)));

/** Nothing of the lot is left, or nothing is needed any more. */
function isSold({ moment, offer, take }: Filled): boolean {
  const { account } = moment;
  if (offer.type === 'Collateral') {
    const [sold] = take.given.collaterals;
    assert(sold !== undefined, 'AUCTION', 'nothing of a holding was taken');
    return eq(sold.amount, offer.amount) || gte(take.payment, offer.tab);
  }
  const closed = take.given.positions.every(({ market, change }) =>
    eq(abs(change.sizeDelta), abs(positionIn(account, market)!.size)),
  );
  return closed;
}
