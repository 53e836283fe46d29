/** Something that a keeper may bid for. @module */
import type { Command, LiquidationView, PoolView } from '../../engine/index.ts';
import type { MarginSummary } from '../../risk/index.ts';
import type { AccountId } from '../../units/index.ts';

export type Opportunity = {
  readonly liquidation: number;
  /** What is offered: an auction by its number, else the liquidation itself. */
  readonly offering: number;
  /** Of the account, as it was seen. */
  readonly accountVersion: number;
  /** Whose positions they are: nobody bids for its own. */
  readonly owner: string;
  /** Who alone may take it, by account number; null for anybody. */
  readonly reservedFor: number | null;
  /** All of it at the mark, in money. */
  readonly notional: number;
  /** What a taker of all of it gains at the mark, in money. */
  readonly profit: number;
  /** Markets whose risk is taken on. */
  readonly markets: readonly number[];
  /** Share of the time for which it is offered that is over, from 0 to 1. */
  readonly elapsed: number;
  /** `take`: a bid takes it over; `priority`: a bid buys the right to. */
  readonly kind: 'take' | 'priority';
  readonly bid: (terms: BidTerms) => Command;
};

export type BidTerms = {
  readonly bidder: AccountId;
  /** Of all that is offered; above 1 it asks for more than there is. */
  readonly part: number;
  /** Nothing less will do. */
  readonly whole: boolean;
  /** Least profit at the mark per unit of notional; of the profit where priority is bid for. */
  readonly profitFraction: number;
};

/** A running liquidation as it stands. */
export type OfferMoment = {
  readonly liquidation: LiquidationView;
  readonly account: PoolView['accounts'][number];
  readonly margin: MarginSummary;
};

/** Of a time that is over, from 0 to 1. */
export const shareOf = (elapsedMs: number, allMs: number): number =>
  Math.min(1, Math.max(0, elapsedMs / Math.max(1, allMs)));
