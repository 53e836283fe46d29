/**
 * A limit order book with price-time priority: the best price first, at one price the oldest
 * order first, every trade at the price of the order that rested. Prices are whole ticks and
 * sizes whole lots, so nothing is ever rounded; it is plain data, and what happens depends on
 * nothing but the calls.
 *
 * It does not know who trades: two orders of one owner trade with each other like any others.
 * Whoever must not do so is kept apart by the venue around it.
 * @module
 */
import { assert } from '../units/index.ts';

export type BookSide = 'buy' | 'sell';

export type BookOrder<Owner> = {
  /** Unlike that of every other order that rests in the book. */
  readonly number: number;
  readonly owner: Owner;
  readonly side: BookSide;
  /** Worst price in whole ticks, > 0. */
  readonly ticks: number;
  /** What is left of it in whole lots, > 0. */
  lots: number;
};

/** Orders at one price, the oldest first. */
type BookLevel<Owner> = {
  readonly ticks: number;
  lots: number;
  readonly queue: BookOrder<Owner>[];
};

export type OrderBook<Owner> = {
  /** Levels of each side, the worst first: what trades next is at the end. */
  readonly levels: Readonly<Record<BookSide, BookLevel<Owner>[]>>;
  readonly orders: Map<number, BookOrder<Owner>>;
};

/** A trade with an order that rested, at its price. */
export type BookTrade<Owner> = {
  readonly resting: BookOrder<Owner>;
  readonly ticks: number;
  readonly lots: number;
};

export type BookOutcome<Owner> = {
  /** In the order in which they happened. */
  readonly trades: readonly BookTrade<Owner>[];
  /** Lots of the incoming order that did not trade. */
  readonly left: number;
};

/** Levels of a side with all their lots, for display. */
export type BookDepth = readonly { readonly ticks: number; readonly lots: number }[];

export const emptyOrderBook = <Owner>(): OrderBook<Owner> => ({
  levels: { buy: [], sell: [] },
  orders: new Map(),
});

export const oppositeSide = (side: BookSide): BookSide => (side === 'buy' ? 'sell' : 'buy');

/** True where an order of a side would trade at a price rather than not at all. */
export const accepts = (side: BookSide, limitTicks: number, ticks: number): boolean =>
  side === 'buy' ? ticks <= limitTicks : ticks >= limitTicks;

/**
 * Trades an incoming order against what rests, up to its price; what is left then rests, or is
 * gone where it may not wait.
 *
 * Asserts  whole ticks and lots > 0; a number that no resting order has.
 * Cost     O(trades + levels of its side).
 */
export function enterOrder<Owner>(
  book: OrderBook<Owner>,
  order: Readonly<BookOrder<Owner>>,
  mayRest: boolean,
): BookOutcome<Owner> {
  const { ticks, lots, number, side } = order;
  assert(Number.isSafeInteger(ticks) && ticks > 0, 'BOOK', `a price of ${ticks} ticks`);
  assert(Number.isSafeInteger(lots) && lots > 0, 'BOOK', `a size of ${lots} lots`);
  assert(!book.orders.has(number), 'BOOK', `order ${number} rests already`);
  const facing = book.levels[oppositeSide(side)];
  const trades: BookTrade<Owner>[] = [];
  let left = lots;
  for (let level = facing.at(-1); level !== undefined && left > 0; level = facing.at(-1)) {
    if (!accepts(side, ticks, level.ticks)) break;
    const resting = level.queue[0]!;
    const traded = Math.min(left, resting.lots);
    takeLots(book, resting, level, traded);
    trades.push({ resting, ticks: level.ticks, lots: traded });
    left -= traded;
  }
  if (left > 0 && mayRest) rest(book, { ...order, lots: left });
  return { trades, left };
}

function rest<Owner>(book: OrderBook<Owner>, order: BookOrder<Owner>): void {
  const levels = book.levels[order.side];
  const at = positionOf(levels, order.side, order.ticks);
  const found = levels[at];
  if (found?.ticks === order.ticks) {
    found.queue.push(order);
    found.lots += order.lots;
  } else {
    levels.splice(at, 0, { ticks: order.ticks, lots: order.lots, queue: [order] });
  }
  book.orders.set(order.number, order);
}

/** Where a price stands, or would stand, among the levels of its side. */
function positionOf<Owner>(
  levels: readonly BookLevel<Owner>[],
  side: BookSide,
  ticks: number,
): number {
  let low = 0;
  let high = levels.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const worse = side === 'buy' ? levels[middle]!.ticks < ticks : levels[middle]!.ticks > ticks;
    if (worse) low = middle + 1;
    else high = middle;
  }
  return low;
}

function takeLots<Owner>(
  book: OrderBook<Owner>,
  order: BookOrder<Owner>,
  level: BookLevel<Owner>,
  lots: number,
): void {
  order.lots -= lots;
  level.lots -= lots;
  if (order.lots > 0) return;
  book.orders.delete(order.number);
  level.queue.splice(level.queue.indexOf(order), 1);
  if (level.queue.length > 0) return;
  const levels = book.levels[order.side];
  levels.splice(levels.indexOf(level), 1);
}

/**
 * Takes lots off a resting order, all that is left of it if there are no more; its place among
 * the others stays. Answers how many were taken: 0 for an order that does not rest.
 */
export function reduceOrder<Owner>(book: OrderBook<Owner>, number: number, lots: number): number {
  const order = book.orders.get(number);
  if (order === undefined) return 0;
  const levels = book.levels[order.side];
  const level = levels[positionOf(levels, order.side, order.ticks)]!;
  const taken = Math.min(order.lots, lots);
  takeLots(book, order, level, taken);
  return taken;
}

/** Takes a resting order off the book; answers the lots that were left of it, 0 if unknown. */
export const removeOrder = <Owner>(book: OrderBook<Owner>, number: number): number =>
  reduceOrder(book, number, Number.POSITIVE_INFINITY);

/** Resting orders of a side in the order in which they would trade. */
export function* restingOrders<Owner>(
  { levels }: OrderBook<Owner>,
  side: BookSide,
): Generator<Readonly<BookOrder<Owner>>> {
  for (let at = levels[side].length - 1; at >= 0; at -= 1) yield* levels[side][at]!.queue;
}

/** The best levels of a side, the best first, at most so many. */
export function depthOf<Owner>(
  { levels }: OrderBook<Owner>,
  side: BookSide,
  levelsMax: number,
): BookDepth {
  const best = levels[side].slice(-levelsMax).reverse();
  return best.map(({ ticks, lots }) => ({ ticks, lots }));
}

/** Price of the best level of a side in ticks; null where nobody rests. */
export const bestTicks = <Owner>(book: OrderBook<Owner>, side: BookSide): number | null =>
  book.levels[side].at(-1)?.ticks ?? null;
