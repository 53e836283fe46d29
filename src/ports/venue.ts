/**
 * The port to the place where close-out orders are traded. The pool publishes what it wants, the
 * venue answers with reports, and nobody waits for anybody: `place` and the others hand a request
 * over, and what became of it is in the reports. Ordinary trades do not come this way.
 * @module
 */
import type { AccountId, EngineTimeMs, MarketId, Price, Size } from '../units/index.ts';

/** What of an order may stay on the book once it has met what was there. */
export type VenueOrderStyle = 'immediate-or-cancel' | 'limit';

/** A close-out order as the venue gets it. */
export type VenueOrder = {
  /** Its number within the pool: the venue knows it by nothing else. */
  readonly order: number;
  readonly account: AccountId;
  readonly market: MarketId;
  /** Signed: + buys, − sells. */
  readonly size: Size;
  /** Worst price it may be filled at. */
  readonly limitPrice: Price;
  readonly style: VenueOrderStyle;
  /** Not filled at this time or later; what is left ends as expired. */
  readonly expiresAtMs: EngineTimeMs;
};

export type VenueDoneReason = 'filled' | 'expired' | 'canceled' | 'rejected';

/** Part of an order was traded. */
export type VenueFill = {
  readonly type: 'filled';
  /** The venue's own number, from 1 without gaps, in the order in which things happened. */
  readonly sequence: number;
  /** The venue's name for the trade, for its statements and ours. */
  readonly execution: string;
  readonly order: number;
  /** Who took the other side: an account of the pool. */
  readonly counterparty: AccountId;
  /** Contracts, > 0. */
  readonly size: Size;
  readonly price: Price;
  readonly timeMs: EngineTimeMs;
};

/** Nothing of the order will be filled any more. Happened after all its fills. */
export type VenueDone = {
  readonly type: 'done';
  readonly sequence: number;
  readonly order: number;
  readonly reason: VenueDoneReason;
  /** Contracts filled in all, ≥ 0: the sum of its fills. */
  readonly filled: Size;
  readonly timeMs: EngineTimeMs;
};

export type VenueReport = VenueFill | VenueDone;

/**
 * Every order that was placed ends with one `done`, one that makes no sense (not in lots, an
 * unknown market) with `rejected`. Reports are delivered at least once: late, twice or out of
 * order, but the same report always carries the same sequence. To a pool that started again a
 * venue reports everything again that it cannot know to have been taken.
 */
export type Venue = {
  /** Asks for an order; one whose number was placed before is the same order, and ignored. */
  readonly place: (order: VenueOrder) => void;
  /** Asks for the end of an order; one that is unknown or has ended is left alone. */
  readonly cancel: (order: number) => void;
  /**
   * Asks for the end of everything that an account has resting of its own accord: it enters
   * liquidation. Orders that were placed here stay.
   */
  readonly cancelAll: (account: AccountId) => void;
  /** What was reported since the last call; possibly nothing. Never waits. */
  readonly reports: () => readonly VenueReport[];
};
