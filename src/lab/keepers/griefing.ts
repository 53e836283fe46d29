/**
 * Bids that ought to be refused: dust, more than there is, at prices that are none, for auctions
 * that do not exist. A pool that took one of them, or stumbled over it, would be shown by the run.
 * @module
 */
import type { Command } from '../../engine/index.ts';
import type { Bid, Keeper } from './keeper.ts';
import type { BidTerms, Opportunity } from './opportunity.ts';

/** In one instant. */
const BIDS_MAX = 4;

const ORDINARY: Omit<BidTerms, 'bidder'> = { part: 1, whole: false, profitFraction: 0 };

/** Each in its turn. */
const ABSURD: readonly Omit<BidTerms, 'bidder'>[] = [
  { ...ORDINARY, part: 1e-9 },
  { ...ORDINARY, part: 1e6, whole: true },
  { ...ORDINARY, profitFraction: 0.999 },
  { ...ORDINARY, part: 1e-9, profitFraction: 0.5 },
];

export function griefingBids(
  keeper: Keeper,
  offers: readonly Opportunity[],
  dueMs: number,
): readonly Bid[] {
  const { account: bidder, sent } = keeper;
  return offers.slice(0, BIDS_MAX).map((offer, at) => {
    const turn = sent + at;
    const bid = offer.bid({ bidder, ...ABSURD[turn % ABSURD.length]! });
    const command = turn % 5 === 4 ? elsewhere(bid) : bid;
    return { command, liquidation: null, dueMs };
  });
}

/** The same for something that is not there. */
function elsewhere(command: Command): Command {
  switch (command.type) {
    case 'PlaceBid':
      return { ...command, auction: command.auction + 1_000_000 };
    case 'BidPriority':
      return { ...command, liquidation: command.liquidation + 1_000_000 };
    case 'LiquidateDirect':
      return { ...command, account: command.liquidator };
    default:
      return command;
  }
}
