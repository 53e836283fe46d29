/**
 * The state of one simulated order book: what was taken from it, how it refills, and how
 * volatility thins it.
 * @module
 */
import { curveSteepness, displacement } from './impact-curve.ts';
import { portableExp, portableLn } from './portable-math.ts';

const DAY_MS = 86_400_000;

export type BookTerms = {
  readonly coefficient: number;
  readonly dailyVolatility: number;
  /** Money that trades in a day of ordinary volatility. */
  readonly dailyVolume: number;
  readonly refillHalfLifeMs: number;
  readonly volatilityTimeConstantMs: number;
  readonly halfSpread: number;
};

export type VenueBook = {
  readonly terms: BookTerms;
  /** Index price that the book is quoted around; null before the first. */
  reference: number | null;
  /** Money bought less money sold, not yet refilled. */
  imbalance: number;
  /** Realized variance per day, exponentially weighted. */
  variance: number;
  timeMs: number;
  /** Price of the latest trade while it is of this instant; null otherwise. */
  last: number | null;
};

export const newBook = (terms: BookTerms): VenueBook => ({
  terms,
  reference: null,
  imbalance: 0,
  variance: terms.dailyVolatility * terms.dailyVolatility,
  timeMs: 0,
  last: null,
});

/** Lets time pass and takes the new reference price: refilling, and volatility. */
export function moveBook(book: VenueBook, timeMs: number, reference: number): void {
  const { terms } = book;
  const elapsed = timeMs - book.timeMs;
  if (book.reference !== null && elapsed > 0) {
    const halvings = elapsed / terms.refillHalfLifeMs;
    book.imbalance *= portableExp(-halvings * Math.LN2);
    const moved = portableLn(reference / book.reference);
    const observed = (moved * moved * DAY_MS) / elapsed;
    const kept = portableExp(-elapsed / terms.volatilityTimeConstantMs);
    book.variance = kept * book.variance + (1 - kept) * observed;
    book.last = null;
  }
  book.reference = reference;
  book.timeMs = timeMs;
}

/**
 * Steepness of the book now. Volatility above the ordinary one enters the impact, and brings
 * volume in the same proportion, as it does in real markets; what remains is that the money
 * offered within a given distance of the mid shrinks in inverse proportion to volatility.
 */
export function steepnessOf({ terms, variance }: VenueBook): number {
  const dailyVolatility = Math.max(terms.dailyVolatility, Math.sqrt(variance));
  const busier = dailyVolatility / terms.dailyVolatility;
  return curveSteepness({
    coefficient: terms.coefficient,
    dailyVolatility,
    dailyVolume: terms.dailyVolume * busier,
  });
}

/** Mid price; the book must have a reference. */
export const midOf = (book: VenueBook): number =>
  book.reference! * (1 + displacement(book.imbalance, steepnessOf(book)));

/** Money that trades move through the curve: bought counts up, sold counts down. */
export function takeFromBook(book: VenueBook, bought: number, last: number): void {
  book.imbalance += bought;
  book.last = last;
}

export type Quotes = { readonly bid: number; readonly ask: number; readonly last: number };

/**
 * Best bid and ask around the mid; the latest trade inside or outside. Volatility does not move
 * them apart: it leaves less to be had near the mid, which is what a wider spread would say twice.
 */
export function quotesOf(book: VenueBook): Quotes {
  const mid = midOf(book);
  const half = mid * book.terms.halfSpread;
  return { bid: mid - half, ask: mid + half, last: book.last ?? mid };
}
