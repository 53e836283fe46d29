/** What events say of losses: who bears them. @module */
import type { Event, EventOf, PoolView } from '../engine/index.ts';
import { lossIndexPayment } from '../risk/index.ts';
import {
  type AccountId,
  fromRaw,
  type MarketId,
  type Money,
  neg,
  type Price,
  rawOf,
  sub,
  sum,
} from '../units/index.ts';

export type LossBearer =
  | { readonly layer: 'buffer' | 'insurance-fund' | 'unallocated' }
  | { readonly layer: 'tranche'; readonly tranche: string }
  /** Whose profit was taken: as a counterparty, or to share a loss. */
  | { readonly layer: 'deleveraged' | 'socialized'; readonly account: AccountId }
  /** A position of the market; null: all of them together. */
  | {
      readonly layer: 'open-interest';
      readonly market: MarketId;
      readonly account: AccountId | null;
    }
  /** What it was relieved of: the negative of the rest. */
  | { readonly layer: 'bankrupt'; readonly account: AccountId };

export type LossRow = LossBearer & { readonly amount: Money };

/**
 * Who bears what of an event, repayments with the opposite sign; null for events that move no loss.
 * What they sum to a bankrupt account is relieved of.
 */
export function bearersOf(event: Event): LossRow[] | null {
  switch (event.type) {
    case 'BufferPaid':
      return [{ layer: 'buffer', amount: event.amount }];
    case 'BufferRepaid':
      return [{ layer: 'buffer', amount: neg(event.amount) }];
    case 'DeficitCovered':
      return [{ layer: 'insurance-fund', amount: event.paid }];
    case 'CoverRepaid':
      return [{ layer: 'insurance-fund', amount: neg(event.amount) }];
    case 'AuctionTaken':
      return [{ layer: 'insurance-fund', amount: event.payout }];
    case 'TranchePaid':
      return [{ layer: 'tranche', tranche: event.tranche, amount: event.amount }];
    case 'TrancheRepaid':
      return [{ layer: 'tranche', tranche: event.tranche, amount: neg(event.amount) }];
    case 'PositionsDeleveraged':
      return event.counterparties.map(({ change, taken }) => {
        return { layer: 'deleveraged', account: change.account, amount: taken };
      });
    case 'BadDebtSettled':
      return [
        { layer: 'insurance-fund', amount: event.insurancePaid },
        ...event.socialized.map(({ account, amount }) => {
          return { layer: 'socialized', account, amount } as const;
        }),
        { layer: 'unallocated', amount: event.unallocated },
      ];
    case 'LossSpread':
      return [
        { layer: 'open-interest', market: event.market, account: null, amount: event.amount },
      ];
    case 'UnallocatedLossRepaid':
      // From nobody to the fund: no account is relieved of more.
      return [
        { layer: 'insurance-fund', amount: event.amount },
        { layer: 'unallocated', amount: neg(event.amount) },
      ];
    default:
      return null;
  }
}

/**
 * A loss that open interest took on, position by position: what each owes of it from then on, up
 * to the unit. What that comes to beyond the loss, the fund has in the end.
 */
export function spreadRows(state: PoolView, event: EventOf<'LossSpread'>): LossRow[] {
  const market = state.numbers.markets.get(event.market)!;
  const delta = fromRaw<Price>(rawOf(sub(event.lossIndexAfter, event.lossIndexBefore)));
  const rows: LossRow[] = [];
  for (const { id: account, positions } of state.accounts) {
    const position = positions.find((own) => own.market === market);
    if (position === undefined) continue;
    const amount = lossIndexPayment({ size: position.size, delta });
    rows.push({ layer: 'open-interest', market: event.market, account, amount });
  }
  const beyond = sub(sum(rows.map(({ amount }) => amount)), event.amount);
  return [...rows, { layer: 'insurance-fund', amount: neg(beyond) }];
}
