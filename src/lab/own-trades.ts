/**
 * Trades of accounts of their own accord on the simulated venue: with its makers, at what they
 * quote. Whoever took positions over gets rid of them that way, a little at a time.
 * @module
 */
import type { Command, PoolView } from '../engine/index.ts';
import { type AccountId, isNegative, ZERO_MONEY } from '../units/index.ts';
import { accepts, type BookSide, oppositeSide, reduceOrder, restingOrders } from './order-book.ts';
import { priceOfTicks, sizeOfLots, wholeLots } from './order-book-scale.ts';
import type { LabVenue } from './venue.ts';
import { takeFromBook } from './venue-book.ts';
import type { VenueMarket } from './venue-makers.ts';

const DAY_MS = 86_400_000;
/** Nobody in no hurry sells further from the reference price than this. */
const REACH = 0.01;

export type Unwinding = {
  readonly venue: LabVenue;
  readonly state: PoolView;
  readonly holders: readonly AccountId[];
  /** Share of a market's ordinary volume that each of them trades. */
  readonly volumeShare: number;
  readonly elapsedMs: number;
};

/** Fills, one after the other; each is decided on the pool as the last one left it. */
export function* unwindingFills(unwinding: Unwinding): Generator<Command> {
  const { venue, state, holders, volumeShare, elapsedMs } = unwinding;
  if (volumeShare === 0 || elapsedMs <= 0) return;
  for (const holder of holders) {
    const account = state.accounts[state.numbers.accounts.get(holder)!]!;
    for (const { market: number, size } of [...account.positions]) {
      // The engine closes whoever is in liquidation.
      if (account.liquidation !== null) break;
      const market = venue.markets[number]!;
      const { reference, terms } = market.book;
      if (reference === null || state.markets[number]!.mode !== 'live') continue;
      const money = (terms.dailyVolume * volumeShare * elapsedMs) / DAY_MS;
      const held = wholeLots(market.scale, size) ?? 0;
      const lots = Math.min(held, Math.ceil(money / (reference * market.grid.lotSize)));
      const side = isNegative(size) ? 'buy' : 'sell';
      yield* fillsWithMakers(venue, market, { account: holder, side, lots });
    }
  }
}

function* fillsWithMakers(
  venue: LabVenue,
  market: VenueMarket,
  taker: { readonly account: AccountId; readonly side: BookSide; readonly lots: number },
): Generator<Command> {
  const { account, side } = taker;
  const { matching, makers } = venue;
  const { book } = matching.markets.get(market.market)!;
  makers.quote(matching, market, oppositeSide(side));
  const reference = market.book.reference!;
  const furthest = reference * (side === 'buy' ? 1 + REACH : 1 - REACH);
  const limit = Math.round(furthest / market.grid.tickSize);
  let left = taker.lots;
  for (const resting of [...restingOrders(book, oppositeSide(side))]) {
    if (left === 0 || !accepts(side, limit, resting.ticks)) return;
    if (resting.owner.closeOut !== null || resting.owner.account === account) continue;
    const { ticks, number } = resting;
    const maker = resting.owner.account;
    const lots = reduceOrder(book, number, left);
    left -= lots;
    const money = lots * market.grid.lotSize * reference;
    takeFromBook(market.book, side === 'buy' ? money : -money, ticks * market.grid.tickSize);
    const [buyer, seller] = side === 'buy' ? [account, maker] : [maker, account];
    yield {
      type: 'RecordFill',
      market: market.market,
      buyer,
      seller,
      size: sizeOfLots(market.scale, lots),
      price: priceOfTicks(market.scale, ticks),
      buyerFee: ZERO_MONEY,
      sellerFee: ZERO_MONEY,
      order: null,
    };
  }
}
