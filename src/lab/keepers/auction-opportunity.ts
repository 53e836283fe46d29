/** What an auction offers, and what a taker of all of it would gain. @module */
import {
  type AuctionOffer,
  auctionOffer,
  auctionPathMs,
  auctionTakeOf,
  type Bid,
  type Command,
  elapsedSince,
  type PoolView,
  worthOf,
} from '../../engine/index.ts';
import {
  amount,
  approximate,
  fromRaw,
  isNegative,
  money,
  price,
  ratio,
  rawOf,
  type Size,
  ZERO_AMOUNT,
  ZERO_RATIO,
  ZERO_SIZE,
} from '../../units/index.ts';
import { significant } from '../decimal-text.ts';
import { type BidTerms, type OfferMoment, type Opportunity, shareOf } from './opportunity.ts';

/** None where it waits to be started again, or nothing of it could be taken. */
export function auctionOpportunity(state: PoolView, moment: OfferMoment): Opportunity[] {
  const { auction } = moment.liquidation;
  if (auction === null) return [];
  const elapsedMs = elapsedSince(auction, state.timeMs);
  const lot = { ...moment, lot: auction, elapsedMs };
  const offer = auctionOffer(state, lot);
  if (offer === null) return [];
  const bidder = state.accounts[0]!;
  const { take } = auctionTakeOf(state, lot, { offer, bid: anyPrice(moment, offer), bidder });
  if (take === null) return [];
  const { given, payout, payment } = take;
  const besides = approximate(worthOf(given));
  const positions = given.positions.reduce(
    (sum, { change, markPrice }) =>
      sum + Math.abs(approximate(change.sizeDelta)) * approximate(markPrice),
    0,
  );
  const market = auction.market === null ? null : state.markets[auction.market]!;
  // All of it as it is now: a bid may be sent when the account has changed.
  const offered: Offered = {
    auction: auction.auction,
    accountVersion: moment.account.version,
    offer,
    besides,
    isShort: sellsShort(moment),
    lot: market === null ? ZERO_SIZE : market.parameters.lot,
  };
  return [
    {
      kind: 'take',
      liquidation: moment.liquidation.liquidation,
      offering: auction.auction,
      accountVersion: moment.account.version,
      owner: moment.account.owner,
      reservedFor: null,
      notional: positions + Math.abs(besides),
      profit: approximate(payout) - approximate(payment) + besides,
      markets: given.positions.map(({ market }) => market),
      elapsed: shareOf(elapsedMs, auctionPathMs(auction)),
      bid: (terms) => bidOf(offered, terms),
    },
  ];
}

/** A price at which everybody would sell, and one at which everybody would buy. */
const ANY_HIGH = price('1000000000000');
const ANY_LOW = price('0.000000000000000001');

/** All of an offer, whatever it costs: it tells what is asked. */
function anyPrice(moment: OfferMoment, offer: AuctionOffer): Bid {
  switch (offer.type) {
    case 'Collateral':
      return { ...offer, amountMin: ZERO_AMOUNT, limitPrice: ANY_HIGH };
    case 'Position': {
      const limitPrice = sellsShort(moment) ? ANY_LOW : ANY_HIGH;
      return { type: 'Position', size: offer.size, sizeMin: ZERO_SIZE, limitPrice };
    }
    case 'Portfolio': {
      const paymentMax = money('1000000000000');
      return { type: 'Portfolio', fraction: offer.fraction, fractionMin: ZERO_RATIO, paymentMax };
    }
  }
}

/** The position that is put up is a short. */
function sellsShort({ account, liquidation }: OfferMoment): boolean {
  const { market } = liquidation.auction!;
  const held = account.positions.find((position) => position.market === market);
  return held !== undefined && isNegative(held.size);
}

type Offered = {
  readonly auction: number;
  readonly accountVersion: number;
  readonly offer: AuctionOffer;
  /** Worth of what is offered besides positions, in money. */
  readonly besides: number;
  readonly isShort: boolean;
  /** Of the market of a position. */
  readonly lot: Size;
};

const bidOf = (offered: Offered, terms: BidTerms): Command => ({
  type: 'PlaceBid',
  auction: offered.auction,
  bidder: terms.bidder,
  settlement: 'account',
  accountVersion: offered.accountVersion,
  bid: contentOf(offered, terms),
});

function contentOf({ offer, besides, isShort, lot }: Offered, terms: BidTerms): Bid {
  const { part, profitFraction, whole } = terms;
  const below = Math.max(1e-6, 1 - profitFraction);
  switch (offer.type) {
    case 'Collateral': {
      const wanted = amount(significant(part * approximate(offer.amount), 9));
      const limitPrice = price(significant(below * approximate(offer.indexPrice), 9));
      const amountMin = whole ? wanted : ZERO_AMOUNT;
      return { type: 'Collateral', amount: wanted, amountMin, limitPrice };
    }
    case 'Position': {
      const limit = isShort ? 1 + profitFraction : below;
      const limitPrice = price(significant(limit * approximate(offer.markPrice), 9));
      const wanted = partOf(offer.size, lot, part);
      const sizeMin = whole ? wanted : ZERO_SIZE;
      return { type: 'Position', size: wanted, sizeMin, limitPrice };
    }
    case 'Portfolio': {
      const all = approximate(offer.fraction);
      const fraction = part === 1 ? offer.fraction : ratio(significant(part * all, 9));
      // Of a whole portfolio: what it is worth besides positions less the profit on all of it.
      const most = (besides - profitFraction * approximate(offer.notional)) / all;
      const paymentMax = money(Math.floor(most).toFixed(0));
      return {
        type: 'Portfolio',
        fraction,
        fractionMin: whole ? fraction : ZERO_RATIO,
        paymentMax,
      };
    }
  }
}

/** So much of some contracts in whole lots, at least one. */
export function partOf(contracts: Size, lot: Size, part: number): Size {
  if (part === 1) return contracts;
  const lots = Number(rawOf(contracts) / rawOf(lot));
  const wanted = Math.max(1, Math.floor(part * lots));
  return fromRaw<Size>(BigInt(wanted) * rawOf(lot));
}
