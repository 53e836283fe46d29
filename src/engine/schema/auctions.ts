/** Dutch auctions: how they run, what is bid, and what has come of it. @module */
import { type Infer, list, nullable, oneOf, record, union, variant } from './codec.ts';
import {
  account,
  amount,
  asset,
  auction,
  count,
  duration,
  liquidation,
  market,
  money,
  name,
  price,
  ratio,
  shares,
  size,
  time,
} from './fields.ts';
import { PositionChange } from './position-change.ts';

/** How the share that an auction asks falls. */
export const auctionCurve = oneOf('linear', 'exponential', 'stairstep', 'two-phase');
/** What of an account with positions is put up at a time. */
export const auctionedLot = oneOf('position', 'portfolio');
/** What is put up. */
export const auctionLot = oneOf('collateral', 'position', 'portfolio');
/** Who bears what a bidder is given: the account, or the fund that covered it. */
export const auctionPhase = oneOf('solvent', 'insolvent');
export const auctionResetReason = oneOf('time', 'price', 'proceeds');
export const auctionOutcome = oneOf('sold', 'restored', 'no-bids', 'superseded', 'out-of-time');
/** An account of the pool pays from its balance; anybody else brings money and takes the asset. */
export const bidSettlement = oneOf('account', 'outside');

/**
 * How Dutch auctions run. What is asked is a share of what the lot is worth at the latest prices:
 * one plus the premium at first, and less as time passes.
 */
export const AuctionParameters = record({
  /** Of accounts with positions; of others collateral is auctioned. */
  lot: auctionedLot,
  curve: auctionCurve,
  startPremium: ratio,
  /** The share never falls below this. */
  endFraction: ratio,
  /** `linear`: until the share would be 0. */
  durationMs: duration,
  /** `exponential`, `stairstep`: what is left of the share after each second, or step. */
  cut: ratio,
  /** `stairstep`. */
  stepMs: duration,
  /** `two-phase`: the share at which the fast phase ends. */
  cutoff: ratio,
  /** `two-phase`: from the start to the cutoff. */
  fastMs: duration,
  /** `two-phase`: from the cutoff to 0. */
  slowMs: duration,
  /** Longest that one path lasts before it starts again. */
  tailMs: duration,
  /** Part of the first share below which the path starts again. */
  cusp: ratio,
  /** How often; after the last one the auction has ended without a bid. */
  resetsMax: count,
  /** Neither a take nor what it leaves is worth less, unless it is the last. */
  sliceMin: money,
  /** What a portfolio slice restores beyond the release margin, as a part of the requirement. */
  bufferFraction: ratio,
  /** Until a covered account's bidder is offered all that the requirement lacks. */
  insolventMs: duration,
});
export type AuctionParameters = Infer<typeof AuctionParameters>;

/**
 * What a bidder takes: at most so much, at least so much, and at no worse than its limit. Filled
 * is the most that is offered.
 */
export const Bid = union({
  /** At no more than `limitPrice` per unit. */
  Collateral: variant(1, { amount, amountMin: amount, limitPrice: price }),
  /** Of a long at no more than `limitPrice`, of a short at no less. */
  Position: variant(2, { size, sizeMin: size, limitPrice: price }),
  /** For at most `paymentMax` per whole portfolio: negative where the bidder is to be paid. */
  Portfolio: variant(3, { fraction: ratio, fractionMin: ratio, paymentMax: money }),
});
export type Bid = Infer<typeof Bid>;

/** What an auction offers at a moment. */
export const AuctionOffer = union({
  /** `tab` is what the account needs: no more is sold than raises it. */
  Collateral: variant(1, { amount, tab: money, indexPrice: price, price }),
  /** `share` of the notional is asked, mirrored for shorts; never beyond the bankruptcy quote. */
  Position: variant(2, { size, markPrice: price, notional: money, share: ratio }),
  /** Of every position and collateral, at `share` of what the account is worth. */
  Portfolio: variant(3, { fraction: ratio, notional: money, share: ratio }),
});
export type AuctionOffer = Infer<typeof AuctionOffer>;

/** What decides about an account. */
export const Health = record({ equity: money, marginEquity: money, maintenanceMargin: money });
export type Health = Infer<typeof Health>;

export const AuctionShape = record({
  auction,
  lot: auctionLot,
  phase: auctionPhase,
  /** Of a position. */
  market: nullable(count),
  /** Of collateral. */
  asset: nullable(count),
  parameters: AuctionParameters,
  /** When the present path started. */
  startedMs: time,
  resets: count,
  takes: count,
  /** Proceeds of the portfolio that are not sold again. */
  reserved: money,
});

export const AUCTION_COMMANDS = {
  ConfigureAuctions: variant(110, { parameters: AuctionParameters }),
  /** Takes what an auction offers, or a part of it. */
  PlaceBid: variant(321, {
    auction,
    /** An account of the pool, or the name of whoever pays from outside. */
    bidder: name,
    settlement: bidSettlement,
    /** Of the account in liquidation, as the bidder saw it; null: its limit is enough. */
    accountVersion: nullable(count),
    bid: Bid,
  }),
} as const;

export const AUCTION_EVENTS = {
  AuctionsConfigured: variant(110, { parameters: AuctionParameters }),
  /** What is put up, under which terms: they hold until it ends. */
  AuctionStarted: variant(451, {
    auction,
    liquidation,
    account,
    lot: auctionLot,
    phase: auctionPhase,
    /** Of a position. */
    market: nullable(market),
    /** Of collateral. */
    asset: nullable(asset),
    parameters: AuctionParameters,
    offer: AuctionOffer,
    health: Health,
  }),
  /** Nobody came, or the path ran too low: it starts again. */
  AuctionReset: variant(452, {
    auction,
    liquidation,
    account,
    reason: auctionResetReason,
    /** So far, this one included. */
    resets: count,
    elapsedMs: duration,
    offer: AuctionOffer,
    health: Health,
  }),
  /**
   * A bid was filled. Positions pass at the mark, collateral, debts and claims at their full value
   * or, if collateral alone is auctioned, at the price asked: all of it is in `payment`.
   */
  AuctionTaken: variant(453, {
    auction,
    liquidation,
    account,
    bidder: name,
    settlement: bidSettlement,
    bid: Bid,
    lot: auctionLot,
    phase: auctionPhase,
    elapsedMs: duration,
    /** What was offered when the bid came. */
    offer: AuctionOffer,
    /** Filled of a portfolio; null of anything else. */
    fraction: nullable(ratio),
    positions: list(
      record({ market, markPrice: price, change: PositionChange, bidder: PositionChange }),
    ),
    collaterals: list(record({ asset, amount, indexPrice: price })),
    /** What the bidder owes to desks, and has lent to them, from now on. */
    debts: list(record({ asset, shares, amount, indexPrice: price })),
    supplies: list(record({ asset, shares, amount, indexPrice: price })),
    /** From the bidder to the account, beyond what positions are worth at the mark; signed. */
    payment: money,
    /** From the insurance fund to the bidder. */
    payout: money,
    /** Display: what the bidder pays or receives per unit of the one thing taken. */
    price: nullable(price),
    /** Proceeds of the portfolio so far that later slices do not share in, penalties paid. */
    reserved: money,
    before: Health,
    /** Before the penalty. */
    after: Health,
  }),
  AuctionEnded: variant(454, {
    auction,
    liquidation,
    account,
    outcome: auctionOutcome,
    takes: count,
    resets: count,
  }),
} as const;
