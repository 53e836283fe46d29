/** What an event moves into the insurance fund, or out of it. @module */
import type { Event } from '../engine/index.ts';
import { type Money, moneyOfSettlement, neg } from '../units/index.ts';

/** Null for events that leave the fund alone. */
export function insuranceDelta(event: Event): Money | null {
  switch (event.type) {
    case 'InsuranceFunded':
    case 'FundingResidueCollected':
    case 'CoverRepaid':
      return event.amount;
    case 'ReserveCollected':
      // With a receiver it is paid in kind, past the fund.
      return event.receiver === null ? moneyOfSettlement(event.amount) : null;
    case 'UnallocatedLossRepaid':
    case 'ProviderPaid':
    case 'BufferFilled':
    case 'PremiumPaid':
      return neg(event.amount);
    case 'PenaltyCharged':
    case 'PriorityAwarded':
      return event.insuranceContribution;
    case 'DeficitCovered':
      return neg(event.paid);
    case 'AuctionTaken':
      return neg(event.payout);
    case 'BadDebtSettled':
      return neg(event.insurancePaid);
    case 'MarketSettled':
      return event.residue;
    default:
      return null;
  }
}
