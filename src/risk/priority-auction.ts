/**
 * Who may liquidate first, where keepers bid for it: what they would have spent on being fastest
 * goes to the account and to the fund instead.
 * @module
 */
import {
  assert,
  cmp,
  cmpId,
  isNegative,
  isPositive,
  lt,
  lte,
  type Money,
  mulDown,
  ONE_RATIO,
  type Ratio,
  sub,
  ZERO_MONEY,
} from '../units/index.ts';

export type PriorityBid = {
  /** Unique among the bids; breaks ties, by code unit. */
  readonly bidder: string;
  /** What the bidder pays for the right, ≥ 0; 0 is no bid. */
  readonly bid: Money;
};

export type PriorityAuctionInput = {
  /** Sealed until the window closed, in any order. */
  readonly bids: readonly PriorityBid[];
  /** Least bid that counts, ≥ 0; absent: any above 0. */
  readonly bidMin?: Money;
  /** Share of the proceeds that the account gets, in [0, 1]. */
  readonly accountShare: Ratio;
};

export type PriorityAuction = {
  /** Null where nobody bid enough: the right is open to all. */
  readonly winner: string | null;
  /** What the winner pays. */
  readonly payment: Money;
  readonly accountProceeds: Money;
  readonly insuranceContribution: Money;
};

/**
 * Outcome of sealed bids for the right to liquidate.
 *
 *     winner  = highest bid of at least bidMin and above 0, ties to the lowest id
 *     payment = the winner's own bid
 *     accountProceeds = payment · accountShare;   insuranceContribution = payment − accountProceeds
 *
 * It depends on the bids alone, never on the order in which they came.
 *
 * Units     Money, Ratio → Money, each ≥ 0
 * Rounding  The account's proceeds down, the insurance contribution by subtraction: the two sum to
 *           the payment exactly.
 * Asserts   bids, bidMin ≥ 0 · 0 ≤ accountShare ≤ 1 · bidders unique
 * Source    Plimsoll; sealed-bid first-price auction
 */
export function priorityAuction({
  bids,
  bidMin = ZERO_MONEY,
  accountShare,
}: PriorityAuctionInput): PriorityAuction {
  assert(
    !isNegative(accountShare) && lte(accountShare, ONE_RATIO),
    'PRIORITY_AUCTION',
    'expected a share in [0, 1]',
  );
  assert(!isNegative(bidMin), 'PRIORITY_AUCTION', 'expected a least bid of at least 0');
  const bidders = new Set<string>();
  let best: PriorityBid | null = null;
  for (const each of bids) {
    assert(!isNegative(each.bid), 'PRIORITY_AUCTION', `the bid of ${each.bidder} was negative`);
    assert(!bidders.has(each.bidder), 'PRIORITY_AUCTION', `${each.bidder} bid twice`);
    bidders.add(each.bidder);
    const counts = isPositive(each.bid) && !lt(each.bid, bidMin);
    if (counts && (best === null || isAhead(each, best))) best = each;
  }
  const payment = best?.bid ?? ZERO_MONEY;
  const accountProceeds = mulDown(payment, accountShare);
  return {
    winner: best?.bidder ?? null,
    payment,
    accountProceeds,
    insuranceContribution: sub(payment, accountProceeds),
  };
}

function isAhead(a: PriorityBid, b: PriorityBid): boolean {
  const order = cmp(a.bid, b.bid);
  return order === 0 ? cmpId(a.bidder, b.bidder) < 0 : order > 0;
}
