/**
 * The simulated venue: books of finite depth around the index, makers who are ordinary accounts
 * of the pool, and answers to close-out orders. It acts on what was published, and what it does
 * comes back as commands: fills, the end of orders, its own quotes.
 * @module
 */
import {
  accountMargin,
  type BookReport,
  type Command,
  type EventOf,
  type PoolView,
  pricesValid,
} from '../engine/index.ts';
import {
  type AccountId,
  abs,
  approximate,
  engineTimeMs,
  fromRaw,
  isNegative,
  max,
  min,
  money,
  type Price,
  price,
  rawOf,
  type Size,
} from '../units/index.ts';
import { significant } from './decimal-text.ts';
import { imbalanceAt, meanDisplacement } from './impact-curve.ts';
import type { LabMarket } from './pool-setup.ts';
import type { ScenarioVenue } from './scenario.ts';
import { moveBook, newBook, quotesOf, steepnessOf, type VenueBook } from './venue-book.ts';

export type CloseOutOrder = EventOf<'CloseOutOrderPlaced'>;

export type Venue = {
  readonly markets: readonly VenueMarket[];
};

export type VenueMarket = LabMarket & {
  readonly book: VenueBook;
  readonly makers: readonly AccountId[];
  /** Maker who is asked first next time: they take turns. */
  nextMaker: number;
  readonly lotSize: number;
  /** Margin a maker sets aside per unit of notional it takes on, with some room. */
  readonly makerMargin: number;
};

const NO_FEE = money('0');

export function createVenue(input: {
  readonly terms: ScenarioVenue;
  readonly markets: readonly LabMarket[];
  /** Per market. */
  readonly makersOf: readonly (readonly AccountId[])[];
  /** Open interest per market in money, at the start. */
  readonly openInterest: readonly number[];
}): Venue {
  const { terms, makersOf, openInterest } = input;
  const markets = input.markets.map((market, number): VenueMarket => {
    const { dailyVolatility, dailyVolumeToOpenInterest, tiers } = market.terms;
    const book = newBook({
      coefficient: terms.impactCoefficient,
      dailyVolatility,
      // A market that nobody holds trades all the same.
      dailyVolume: Math.max(1, dailyVolumeToOpenInterest * openInterest[number]!),
      refillHalfLifeMs: terms.refillHalfLifeMs,
      volatilityTimeConstantMs: terms.volatilityTimeConstantMs,
      halfSpread: terms.halfSpread,
    });
    const requirement = Math.max(
      Number(market.terms.initialMarginFraction),
      Number(tiers.at(-1)!.maintenanceMarginFraction),
    );
    const makers = makersOf[number]!;
    const lotSize = approximate(market.lot);
    return { ...market, book, makers, nextMaker: 0, lotSize, makerMargin: 1.1 * requirement };
  });
  return { markets };
}

/** What every book quotes now; books without a reference price are silent. */
export function bookReports(venue: Venue, timeMs: number): BookReport[] {
  return venue.markets.flatMap(({ book, market }) => {
    if (book.reference === null) return [];
    const { bid, ask, last } = quotesOf(book);
    const quote = {
      market,
      bid: price(significant(bid)),
      ask: price(significant(ask)),
      last: price(significant(last)),
    };
    return [{ ...quote, timeMs: engineTimeMs(timeMs) }];
  });
}

/** Moves every book with a known reference price to an instant. */
export function moveBooks(
  venue: Venue,
  timeMs: number,
  references: readonly (number | null)[],
): void {
  for (const [number, { book }] of venue.markets.entries()) {
    const reference = references[number] ?? null;
    if (reference !== null) moveBook(book, timeMs, reference);
  }
}

/**
 * The venue's answer to one close-out order, command by command: each must be taken before the
 * next is asked for, because makers' margins move with every fill.
 */
export function* answerTo(venue: Venue, order: CloseOutOrder, state: PoolView): Generator<Command> {
  const market = venue.markets.find((candidate) => candidate.market === order.market)!;
  const wanted = Number(rawOf(abs(order.size)) / rawOf(market.lot));
  let left = Math.min(wanted, fillableLots(market, order));
  const { makers } = market;
  for (let tried = 0; tried < makers.length && left > 0; tried += 1) {
    const maker = makers[market.nextMaker % makers.length]!;
    market.nextMaker += 1;
    const lots = Math.min(left, affordableLots(state, maker, market));
    if (lots === 0) continue;
    yield fillOf(market, order, maker, lots);
    left -= lots;
  }
  // Filled whole, the order has ended by itself.
  if (state.orders.has(order.order)) {
    yield { type: 'FinishOrder', order: order.order, reason: 'expired' };
  }
}

/** Lots that the book offers before its marginal price passes the order's limit. */
function fillableLots({ book, lotSize }: VenueMarket, order: CloseOutOrder): number {
  if (book.reference === null) return 0;
  const level = approximate(order.limitPrice) / book.reference - 1;
  const end = imbalanceAt(level, steepnessOf(book));
  const room = isNegative(order.size) ? book.imbalance - end : end - book.imbalance;
  return Math.max(0, Math.floor(room / (book.reference * lotSize)));
}

/**
 * Lots that a maker's free margin allows; none while it is in liquidation itself or while a price
 * it depends on is not valid.
 */
function affordableLots(
  state: PoolView,
  maker: AccountId,
  { book, lotSize, makerMargin }: VenueMarket,
): number {
  const account = state.accounts[state.numbers.accounts.get(maker)!]!;
  if (account.liquidation !== null || !pricesValid(state, account)) return 0;
  const { marginEquity, initialMargin } = accountMargin(state, account);
  const free = approximate(marginEquity) - approximate(initialMargin);
  return Math.max(0, Math.floor(free / (makerMargin * book.reference! * lotSize)));
}

/** Walks the curve for one maker's part, at the mean price of the way. */
function fillOf(
  market: VenueMarket,
  order: CloseOutOrder,
  maker: AccountId,
  lots: number,
): Command {
  const { book, lot, lotSize } = market;
  const sells = isNegative(order.size);
  const taken = lots * lotSize * book.reference!;
  const end = sells ? book.imbalance - taken : book.imbalance + taken;
  const mean = book.reference! * (1 + meanDisplacement(book.imbalance, end, steepnessOf(book)));
  const paid = withinLimit(price(significant(mean)), order);
  book.imbalance = end;
  book.last = approximate(paid);
  return {
    type: 'RecordFill',
    market: order.market,
    buyer: sells ? maker : order.account,
    seller: sells ? order.account : maker,
    size: fromRaw<Size>(rawOf(lot) * BigInt(lots)),
    price: paid,
    buyerFee: NO_FEE,
    sellerFee: NO_FEE,
    order: order.order,
  };
}

/** Rounding to a few digits must not carry a price past the limit. */
const withinLimit = (paid: Price, { size, limitPrice }: CloseOutOrder): Price =>
  isNegative(size) ? max(paid, limitPrice) : min(paid, limitPrice);
