/**
 * A venue of order books: takes close-out orders and the accounts' own, matches them by price and
 * time, ends what has expired, and reports what became of the close-outs. It knows no pool and no
 * makers: who offers what, and what it can carry, is the business of whoever stands around it.
 *
 * Two close-outs never trade with each other, as the pool would not take such a trade (neither
 * side may be in liquidation unless it is the one being closed), nor does an account with itself:
 * what rests makes way and ends.
 * @module
 */
import type { VenueDoneReason, VenueOrder, VenueReport } from '../ports/index.ts';
import {
  type AccountId,
  assert,
  type EngineTimeMs,
  engineTimeMs,
  isNegative,
  type MarketId,
  ZERO_SIZE,
} from '../units/index.ts';
import {
  accepts,
  type BookOrder,
  type BookSide,
  emptyOrderBook,
  enterOrder,
  type OrderBook,
  oppositeSide,
  reduceOrder,
  removeOrder,
  restingOrders,
} from './order-book.ts';
import {
  type BookScale,
  limitTicks,
  priceOfTicks,
  sizeOfLots,
  wholeLots,
} from './order-book-scale.ts';

/** Whose an order is: an account's own, or the close-out order of that number. */
export type Holder = { readonly account: AccountId; readonly closeOut: number | null };

export type MatchingMarket = {
  readonly market: MarketId;
  readonly scale: BookScale;
  readonly book: OrderBook<Holder>;
};

/** What is about to meet the other side of a book. */
export type Incoming = {
  readonly holder: Holder;
  readonly side: BookSide;
  readonly ticks: number;
  readonly lots: number;
};

/** A trade of a close-out order, as those around the venue see it. */
export type CloseOutTrade = {
  readonly side: BookSide;
  readonly ticks: number;
  readonly lots: number;
};

export type MatchingHooks = {
  /** Before an order meets the book: makers may take back or add what they can carry. */
  readonly beforeTrade: (market: MarketId, incoming: Incoming) => void;
  readonly afterTrade: (market: MarketId, trade: CloseOutTrade) => void;
};

type OwnOrder = { readonly book: OrderBook<Holder>; readonly number: number };

type OpenCloseOut = {
  readonly market: MatchingMarket;
  readonly side: BookSide;
  readonly wanted: number;
  readonly expiresAtMs: number;
  /** Its number in the book. */
  readonly number: number;
  filled: number;
};

export type MatchingVenue = {
  readonly markets: ReadonlyMap<MarketId, MatchingMarket>;
  readonly hooks: MatchingHooks;
  /** Close-out orders that have not ended, by their number in the pool. */
  readonly open: Map<number, OpenCloseOut>;
  /** All that were ever placed. */
  readonly known: Set<number>;
  /** Orders that accounts have placed of their own accord; some may be gone from their book. */
  readonly own: Map<AccountId, OwnOrder[]>;
  reports: VenueReport[];
  timeMs: EngineTimeMs;
  sequence: number;
  executions: number;
  nextNumber: number;
};

const NO_HOOKS: MatchingHooks = { beforeTrade: () => {}, afterTrade: () => {} };

export function createMatchingVenue(
  markets: readonly { readonly market: MarketId; readonly scale: BookScale }[],
  hooks: MatchingHooks = NO_HOOKS,
): MatchingVenue {
  const withBooks = markets.map((market): [MarketId, MatchingMarket] => [
    market.market,
    { ...market, book: emptyOrderBook<Holder>() },
  ]);
  return {
    markets: new Map(withBooks),
    hooks,
    open: new Map(),
    known: new Set(),
    own: new Map(),
    reports: [],
    timeMs: engineTimeMs(0),
    sequence: 0,
    executions: 0,
    nextNumber: 1,
  };
}

/** Moves the venue's clock and ends the close-outs whose time is over. */
export function passTime(venue: MatchingVenue, timeMs: EngineTimeMs): void {
  venue.timeMs = timeMs;
  for (const [order, { expiresAtMs }] of venue.open) {
    if (expiresAtMs <= timeMs) endCloseOut(venue, order, 'expired');
  }
}

/** Takes a close-out order, once, and trades what can be traded now. */
export function enterCloseOut(venue: MatchingVenue, placed: VenueOrder): void {
  const { account, expiresAtMs, order, style } = placed;
  if (venue.known.has(order)) return;
  venue.known.add(order);
  const market = venue.markets.get(placed.market);
  const terms = market === undefined ? null : termsOf(market, placed);
  if (market === undefined || terms === null) {
    report(venue, { type: 'done', order, reason: 'rejected', filled: ZERO_SIZE });
    return;
  }
  const { lots, side, ticks } = terms;
  const number = takeNumber(venue);
  venue.open.set(order, { market, side, wanted: lots, expiresAtMs, number, filled: 0 });
  if (expiresAtMs <= venue.timeMs) {
    endCloseOut(venue, order, 'expired');
    return;
  }
  const mayRest = style === 'limit';
  trade(
    venue,
    market,
    { holder: { account, closeOut: order }, side, ticks, lots },
    number,
    mayRest,
  );
  if (!mayRest && venue.open.has(order)) endCloseOut(venue, order, 'expired');
}

/** Side, price and size on the grid of the market; null where the order makes no sense there. */
function termsOf({ scale }: MatchingMarket, { size, limitPrice }: VenueOrder) {
  const side: BookSide = isNegative(size) ? 'sell' : 'buy';
  const lots = wholeLots(scale, size);
  const ticks = limitTicks(scale, side, limitPrice);
  if (lots === null || lots === 0 || ticks <= 0 || !Number.isSafeInteger(ticks)) return null;
  return { side, lots, ticks };
}

/**
 * Takes an account's own limit order, which may trade with resting close-outs and then rests.
 * Answers its number in the book; it may be gone already.
 */
export function enterOwn(
  venue: MatchingVenue,
  id: MarketId,
  own: { readonly account: AccountId } & Omit<Incoming, 'holder'>,
): number {
  const { account, side, ticks, lots } = own;
  const market = venue.markets.get(id);
  assert(market !== undefined, 'VENUE', 'an own order in a market of the venue');
  const number = takeNumber(venue);
  const holder = { account, closeOut: null };
  trade(venue, market, { holder, side, ticks, lots }, number, true);
  rememberOwn(venue, account, { book: market.book, number });
  return number;
}

/** Own orders of an account from which on those that are gone are forgotten. */
const OWN_MANY = 64;

function rememberOwn({ own }: MatchingVenue, account: AccountId, order: OwnOrder): void {
  const orders = own.get(account) ?? [];
  const resting = orders.length < OWN_MANY ? orders : orders.filter(rests);
  resting.push(order);
  own.set(account, resting);
}

const rests = ({ book, number }: OwnOrder): boolean => book.orders.has(number);

function takeNumber(venue: MatchingVenue): number {
  const number = venue.nextNumber;
  venue.nextNumber += 1;
  return number;
}

function trade(
  venue: MatchingVenue,
  market: MatchingMarket,
  incoming: Incoming,
  number: number,
  mayRest: boolean,
): void {
  const { holder, side, ticks, lots } = incoming;
  venue.hooks.beforeTrade(market.market, incoming);
  makeWay(venue, market, incoming);
  const order = { number, owner: holder, side, ticks, lots };
  const { trades } = enterOrder(market.book, order, mayRest);
  for (const { resting, ticks: at, lots: traded } of trades) {
    const closeOut = holder.closeOut ?? resting.owner.closeOut;
    // Trades between two accounts of their own accord are not this venue's to report.
    if (closeOut === null) continue;
    const counterparty = holder.closeOut === null ? holder.account : resting.owner.account;
    fillCloseOut(venue, closeOut, { counterparty, ticks: at, lots: traded });
  }
}

/** Whether two orders must not trade with each other. */
function repel(a: Holder, b: Holder): boolean {
  if (a.closeOut === null && b.closeOut === null) return false;
  return a.account === b.account || (a.closeOut !== null && b.closeOut !== null);
}

/** Ends what rests and would trade with an incoming order although it must not. */
function makeWay(venue: MatchingVenue, { book }: MatchingMarket, incoming: Incoming): void {
  const { holder, side, ticks } = incoming;
  let left = incoming.lots;
  const inTheWay: BookOrder<Holder>[] = [];
  for (const resting of restingOrders(book, oppositeSide(side))) {
    if (left <= 0 || !accepts(side, ticks, resting.ticks)) break;
    if (repel(holder, resting.owner)) inTheWay.push(resting);
    else left -= resting.lots;
  }
  for (const { number, owner } of inTheWay) {
    if (owner.closeOut === null) removeOrder(book, number);
    else endCloseOut(venue, owner.closeOut, 'expired');
  }
}

function fillCloseOut(
  venue: MatchingVenue,
  order: number,
  fill: { readonly counterparty: AccountId; readonly ticks: number; readonly lots: number },
): void {
  const { counterparty, ticks, lots } = fill;
  const open = venue.open.get(order)!;
  const { market, side } = open;
  open.filled += lots;
  venue.executions += 1;
  const size = sizeOfLots(market.scale, lots);
  const price = priceOfTicks(market.scale, ticks);
  const execution = `execution-${venue.executions}`;
  report(venue, { type: 'filled', execution, order, counterparty, size, price });
  venue.hooks.afterTrade(market.market, { side, ticks, lots });
  if (open.filled === open.wanted) endCloseOut(venue, order, 'filled');
}

/** Trades with one resting close-out order at its price, past whatever rests before it. */
export function takeCloseOut(
  venue: MatchingVenue,
  order: number,
  taker: { readonly account: AccountId; readonly lots: number },
): void {
  const { market, number } = venue.open.get(order)!;
  const { ticks } = market.book.orders.get(number)!;
  const lots = reduceOrder(market.book, number, taker.lots);
  fillCloseOut(venue, order, { counterparty: taker.account, ticks, lots });
}

/** Takes an order off the book, if it rests there, and reports its end. */
export function endCloseOut(venue: MatchingVenue, order: number, reason: VenueDoneReason): void {
  const open = venue.open.get(order);
  if (open === undefined) return;
  const { market, number, filled } = open;
  venue.open.delete(order);
  removeOrder(market.book, number);
  report(venue, { type: 'done', order, reason, filled: sizeOfLots(market.scale, filled) });
}

/** Takes everything off the books that an account has there of its own accord. */
export function removeAllOwn({ own }: MatchingVenue, account: AccountId): void {
  for (const { book, number } of own.get(account) ?? []) removeOrder(book, number);
  own.delete(account);
}

type WithoutStamp<R> = R extends VenueReport ? Omit<R, 'sequence' | 'timeMs'> : never;

function report(venue: MatchingVenue, content: WithoutStamp<VenueReport>): void {
  venue.sequence += 1;
  const { sequence, timeMs } = venue;
  venue.reports.push({ ...content, sequence, timeMs } as VenueReport);
}

/** What was reported since the last call. */
export function takeReports(venue: MatchingVenue): readonly VenueReport[] {
  const taken = venue.reports;
  venue.reports = [];
  return taken;
}
