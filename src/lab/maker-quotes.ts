/**
 * What makers quote: a ladder whose cumulative sizes follow the curve of the book. The curve says
 * how much money moves the mid how far; a rung offers the money between two distances from the
 * mid, at the mean price of that stretch, so that walking the whole rung costs what the curve
 * says. Distances grow geometrically: fine near the mid, coarse where few orders come.
 * @module
 */
import type { AccountId } from '../units/index.ts';
import { imbalanceAt, meanDisplacement } from './impact-curve.ts';
import type { BookSide } from './order-book.ts';
import { midOf, steepnessOf, type VenueBook } from './venue-book.ts';

/** Lots that the makers of a market offer together at a price. */
export type Rung = { readonly ticks: number; readonly lots: number };

/** Whole ticks and lots as floats: the simulated world reckons in these. */
export type Grid = { readonly tickSize: number; readonly lotSize: number };

const RUNGS = 14;
/** Outer distance of the first rung in half spreads: its mean lies near one of them. */
const FIRST_REACH = 1.5;
const REACH_GROWTH = 1.65;
/** Nobody quotes further from the mid than this. */
const REACH_MAX = 0.5;

/** Distances from the mid at which rungs end, as fractions of it. */
function reachesOf(halfSpread: number): number[] {
  const reaches: number[] = [];
  let reach = FIRST_REACH * halfSpread;
  for (let rung = 0; rung < RUNGS && reach < REACH_MAX; rung += 1) {
    reaches.push(reach);
    reach *= REACH_GROWTH;
  }
  return reaches;
}

/**
 * Rungs of one side, the best first; the book must have a reference price. Prices are moved to
 * the grid away from the mid, sizes are whole lots whose running totals never exceed the curve.
 */
export function ladderOf(book: VenueBook, side: BookSide, grid: Grid): Rung[] {
  const { tickSize, lotSize } = grid;
  const reference = book.reference!;
  const steepness = steepnessOf(book);
  const mid = midOf(book);
  const { halfSpread } = book.terms;
  const away = side === 'buy' ? -1 : 1;
  const ladder: Rung[] = [];
  let imbalance = book.imbalance;
  let total = 0;
  for (const [rung, reach] of reachesOf(halfSpread).entries()) {
    const edge = mid * (1 + away * reach);
    const end = imbalanceAt(edge / reference - 1, steepness);
    const offered = Math.floor((away * (end - book.imbalance)) / (reference * lotSize));
    const mean = reference * (1 + meanDisplacement(imbalance, end, steepness));
    const nearest = mid * (1 + away * halfSpread);
    const at =
      rung === 0 ? nearest : side === 'buy' ? Math.min(mean, nearest) : Math.max(mean, nearest);
    const ticks = side === 'buy' ? Math.floor(at / tickSize) : Math.ceil(at / tickSize);
    imbalance = end;
    if (offered <= total || ticks <= 0) continue;
    ladder.push({ ticks, lots: offered - total });
    total = offered;
  }
  return ladder;
}

/** Part of a rung that one maker quotes. */
export type Quote = Rung & { readonly account: AccountId };

/**
 * Deals a ladder to the makers: rung by rung the next in turn takes what it can carry, and what
 * it cannot goes to the one after it. The ladder ends where nobody can carry more.
 *
 * @param capacities Lots that each maker can carry in all, in the order of the makers.
 */
export function dealtLadder(
  ladder: readonly Rung[],
  makers: readonly AccountId[],
  capacities: readonly number[],
  firstTurn: number,
): Quote[] {
  const room = [...capacities];
  const quotes: Quote[] = [];
  let turn = firstTurn;
  for (const { ticks, lots } of ladder) {
    let left = lots;
    for (let asked = 0; asked < makers.length && left > 0; asked += 1) {
      const maker = turn % makers.length;
      turn += 1;
      const taken = Math.min(left, room[maker]!);
      if (taken === 0) continue;
      room[maker]! -= taken;
      left -= taken;
      quotes.push({ account: makers[maker]!, ticks, lots: taken });
    }
    if (left > 0) break;
  }
  return quotes;
}
