/** Whom an event concerns beside the account in liquidation. @module */
import type { Event } from '../engine/index.ts';
import { type AccountId, accountId } from '../units/index.ts';

/** Accounts that an event changes or names, in the order in which it does. */
export function othersOf(event: Event): readonly AccountId[] {
  switch (event.type) {
    case 'FillRecorded':
      return [event.buyer.account, event.seller.account];
    case 'PositionsDeleveraged':
      return event.counterparties.map(({ change }) => change.account);
    case 'BadDebtSettled':
      return event.socialized.map(({ account }) => account);
    case 'ProviderPaid':
      return [event.provider];
    case 'PenaltyCharged':
      return named(event.keeper);
    case 'CollateralConverted':
    case 'SupplyConverted':
      return [event.buyer];
    case 'DebtRepaid':
      return named(event.payer);
    case 'DebtAssumed':
      return [event.debtor];
    case 'FinderNamed':
      return [event.finder];
    default:
      return ofTakers(event);
  }
}

/** Of ways on which somebody takes something over. */
function ofTakers(event: Event): readonly AccountId[] {
  switch (event.type) {
    case 'LiquidatedDirectly':
    case 'DebtRepaidDirectly':
      return [event.liquidator];
    case 'ClosedByAmm':
      return [event.amm];
    case 'AccountTakenOver':
      return [event.vault];
    case 'AuctionTaken':
      return event.settlement === 'outside' ? [] : [accountId(event.bidder)];
    case 'PriorityBidPlaced':
      return [event.bidder];
    case 'PriorityAwarded':
      return event.bids.map(({ bidder }) => bidder);
    default:
      return [];
  }
}

const named = (account: AccountId | null): readonly AccountId[] =>
  account === null ? [] : [account];
