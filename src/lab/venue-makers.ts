/**
 * The makers of the simulated venue: when they quote, what they can carry, and what they take
 * back before somebody hits it. A quote is in the book only once somebody may meet it: what is
 * quoted follows from the book's curve and the makers' margin, so asking later gives the same.
 * @module
 */
import { type AccountView, type PoolView, pricesValid, riskMargin } from '../engine/index.ts';
import { type AccountId, approximate } from '../units/index.ts';
import { dealtLadder, type Grid, ladderOf } from './maker-quotes.ts';
import {
  accepts,
  type BookOrder,
  type BookSide,
  type OrderBook,
  oppositeSide,
  reduceOrder,
  removeOrder,
  restingOrders,
} from './order-book.ts';
import type { BookScale } from './order-book-scale.ts';
import type { LabMarket } from './pool-setup.ts';
import type { VenueBook } from './venue-book.ts';
import {
  enterOwn,
  type Holder,
  type Incoming,
  type MatchingVenue,
  takeCloseOut,
} from './venue-matching.ts';

export type VenueMarket = LabMarket & {
  readonly book: VenueBook;
  readonly makers: readonly AccountId[];
  readonly scale: BookScale;
  readonly grid: Grid;
  /** Margin a maker sets aside per unit of notional it takes on, with some room. */
  readonly makerMargin: number;
  /** Numbers of the makers' orders in the book. */
  readonly quotes: Record<BookSide, number[]>;
  /** Sides that are quoted for this instant. */
  readonly quoted: Record<BookSide, boolean>;
  /** Whose turn it is to quote the best price: they take turns. */
  turn: number;
};

export type VenueMakers = {
  /** Takes all quotes back and forgets all margins: they were of another instant. */
  readonly withdraw: (venue: MatchingVenue, markets: readonly VenueMarket[]) => void;
  /** Puts the quotes of this instant into the book, unless they are there. */
  readonly quote: (venue: MatchingVenue, market: VenueMarket, side: BookSide) => void;
  /** Sees to it that every quote which an incoming order may meet can be carried. */
  readonly prepare: (venue: MatchingVenue, market: VenueMarket, incoming: Incoming) => void;
};

/** @param state Where the makers' margin is read; it moves with the pool. */
export function createMakers(state: PoolView): VenueMakers {
  const freeMargin = freeMargins(state);
  const capacityOf = (market: VenueMarket, maker: AccountId): number => {
    const { book, grid, makerMargin } = market;
    const { mode } = state.markets[state.numbers.markets.get(market.market)!]!;
    if (mode !== 'live') return 0;
    const perLot = makerMargin * book.reference! * grid.lotSize;
    return Math.max(0, Math.floor(freeMargin.of(maker) / perLot));
  };
  const quote: VenueMakers['quote'] = (venue, market, side) => {
    if (market.quoted[side] || market.book.reference === null) return;
    market.quoted[side] = true;
    const capacities = market.makers.map((maker) => capacityOf(market, maker));
    const ladder = ladderOf(market.book, side, market.grid);
    market.turn += 1;
    for (const dealt of dealtLadder(ladder, market.makers, capacities, market.turn)) {
      market.quotes[side].push(enterOwn(venue, market.market, { ...dealt, side }));
    }
  };
  return {
    withdraw: (venue, markets) => {
      freeMargin.forget();
      for (const market of markets) takeBack(venue, market);
    },
    quote,
    prepare: (venue, market, incoming) => {
      // Quotes are dealt within what their makers can carry; only who trades with them must look.
      if (incoming.holder.closeOut === null) return;
      quote(venue, market, oppositeSide(incoming.side));
      makeRoom(venue, market, incoming, (maker) => capacityOf(market, maker));
    },
  };
}

function takeBack(venue: MatchingVenue, { market, quoted, quotes }: VenueMarket): void {
  const { book } = venue.markets.get(market)!;
  for (const side of ['buy', 'sell'] as const) {
    for (const number of quotes[side]) removeOrder(book, number);
    quotes[side].length = 0;
    quoted[side] = false;
  }
}

/**
 * Free margin of accounts, reckoned anew when an account has changed; prices do not move between
 * two calls of `forget`. None for who is in liquidation or depends on a price that is not valid.
 */
function freeMargins(state: PoolView) {
  const known = new Map<AccountId, { readonly version: number; readonly free: number }>();
  const reckon = (account: AccountView): number => {
    if (account.liquidation !== null || !pricesValid(state, account)) return 0;
    const { initialEquity, initialMargin } = riskMargin(state, account);
    return approximate(initialEquity) - approximate(initialMargin);
  };
  return {
    of: (id: AccountId): number => {
      const account = state.accounts[state.numbers.accounts.get(id)!]!;
      const { version } = account;
      const before = known.get(id);
      if (before?.version === version) return before.free;
      const free = reckon(account);
      known.set(id, { version, free });
      return free;
    },
    forget: () => known.clear(),
  };
}

/**
 * Lets makers step between an incoming close-out and those that rest in its way, and cuts the
 * quotes that it may reach down to what their makers can carry by now.
 */
function makeRoom(
  venue: MatchingVenue,
  market: VenueMarket,
  incoming: Incoming,
  capacityOf: (maker: AccountId) => number,
): void {
  const { book } = venue.markets.get(market.market)!;
  const capacities = new Map<AccountId, number>();
  const room: Room = {
    of: (maker) => capacities.get(maker) ?? capacityOf(maker),
    use: (maker, lots) => capacities.set(maker, room.of(maker) - lots),
  };
  const offeredOn = stepBetween(venue, market, incoming, room);
  let left = incoming.lots;
  for (const { lots, number, owner } of withinReach(book, incoming)) {
    if (left <= 0) return;
    if (owner.closeOut !== null) continue;
    // What a maker offers on it holds already: selling it again needs no margin.
    const carried = offeredOn.has(number) ? lots : Math.min(lots, room.of(owner.account));
    if (carried < lots) reduceOrder(book, number, lots - carried);
    const met = Math.min(left, carried);
    if (!offeredOn.has(number)) room.use(owner.account, met);
    left -= met;
  }
}

/** What makers can still carry while one order is prepared. */
type Room = {
  readonly of: (maker: AccountId) => number;
  readonly use: (maker: AccountId, lots: number) => void;
};

/** Resting orders at prices that an incoming order accepts, in the order it would meet them. */
function withinReach(
  book: OrderBook<Holder>,
  { side, ticks }: Incoming,
): readonly Readonly<BookOrder<Holder>>[] {
  const reached: Readonly<BookOrder<Holder>>[] = [];
  for (const resting of restingOrders(book, oppositeSide(side))) {
    if (!accepts(side, ticks, resting.ticks)) break;
    reached.push({ ...resting });
  }
  return reached;
}

/**
 * Two close-outs cannot trade with each other, but both can trade with the same maker at the same
 * price: it takes the one that rests and offers as much to the one that comes. Answers the
 * numbers of these offers.
 */
function stepBetween(
  venue: MatchingVenue,
  market: VenueMarket,
  incoming: Incoming,
  room: Room,
): ReadonlySet<number> {
  const { book } = venue.markets.get(market.market)!;
  const offers = new Set<number>();
  let left = incoming.lots;
  for (const { lots, owner, side, ticks } of withinReach(book, incoming)) {
    if (left <= 0) break;
    const maker = market.makers.find((candidate) => room.of(candidate) > 0);
    if (owner.closeOut !== null && maker !== undefined) {
      const taken = Math.min(left, lots, room.of(maker));
      takeCloseOut(venue, owner.closeOut, { account: maker, lots: taken });
      const number = enterOwn(venue, market.market, { account: maker, side, ticks, lots: taken });
      market.quotes[side].push(number);
      offers.add(number);
      room.use(maker, taken);
    }
    left -= lots;
  }
  return offers;
}
