/** What an auction puts up, and what every kind of lot answers. @module */
import type { MarginSummary } from '../../risk/index.ts';
import type { DurationMs, Money, Price, Ratio } from '../../units/index.ts';
import type { RouteMoment } from '../routes/route.ts';
import type { AuctionOffer, Bid, PositionChange, RejectionCode } from '../schema/index.ts';
import type { AuctionView } from '../state.ts';
import type { Given } from './slice.ts';

/** An auction as far as it decides what is offered; before its start as it would be. */
export type Lot = Pick<
  AuctionView,
  'lot' | 'phase' | 'market' | 'asset' | 'parameters' | 'reserved'
>;

/** A lot of a running liquidation, so long after its path started. */
export type LotMoment = RouteMoment & { readonly lot: Lot; readonly elapsedMs: DurationMs };

export type OfferOf<T extends AuctionOffer['type']> = Extract<AuctionOffer, { readonly type: T }>;
export type BidOf<T extends Bid['type']> = Extract<Bid, { readonly type: T }>;

/** What a bid takes and what is paid for it. */
export type Take = {
  /** Filled of a portfolio. */
  readonly fraction: Ratio | null;
  readonly given: Given;
  /** The bidder's side of the positions given, in their order. */
  readonly received: readonly PositionChange[];
  /** From the bidder to the account, beyond positions at the mark; signed. */
  readonly payment: Money;
  /** From the fund to the bidder. */
  readonly payout: Money;
  /** Per unit of the one thing taken; display. */
  readonly price: Price | null;
  /** Paid for the portfolio itself. */
  readonly proceeds: Money;
  readonly after: MarginSummary;
  /** What the penalty may cost without making the account worse off than it was. */
  readonly penaltyMax: Money;
};

export type Refusal = {
  readonly code: RejectionCode;
  readonly details: { readonly [name: string]: string | number };
};

export type TakeResult =
  | { readonly take: Take; readonly refusal: null }
  | { readonly take: null; readonly refusal: Refusal };

export const taken = (take: Take): TakeResult => ({ take, refusal: null });
export const refusedTake = (code: RejectionCode, details: Refusal['details'] = {}): TakeResult => ({
  take: null,
  refusal: { code, details },
});
