/**
 * The grid of an order book: whole ticks and whole lots on one side, prices and sizes on the
 * other. What is on the grid converts without loss in both directions.
 * @module
 */
import {
  abs,
  divideDown,
  divideUp,
  fromRaw,
  type Price,
  price,
  rawOf,
  type Size,
} from '../units/index.ts';
import type { BookSide } from './order-book.ts';

export type BookScale = { readonly tick: Price; readonly lot: Size };

/** Digits of a price that its grid keeps, and more the higher it rises: room to fall far. */
const PRICE_DIGITS = 11;

/** The power of ten that gives a price of today so many digits; never below 1e-18. */
export function tickOf(today: number): Price {
  const exponent = Math.floor(Number(today.toExponential().split('e')[1])) - PRICE_DIGITS + 1;
  if (exponent >= 0) return price(`1${'0'.repeat(exponent)}`);
  return price(`0.${'0'.repeat(Math.min(17, -exponent - 1))}1`);
}

export const priceOfTicks = ({ tick }: BookScale, ticks: number): Price =>
  fromRaw<Price>(rawOf(tick) * BigInt(ticks));

export const sizeOfLots = ({ lot }: BookScale, lots: number): Size =>
  fromRaw<Size>(rawOf(lot) * BigInt(lots));

/** A limit price in whole ticks, never worse for its owner: a sale's up, a purchase's down. */
export function limitTicks({ tick }: BookScale, side: BookSide, limit: Price): number {
  const raw = rawOf(limit);
  return Number(side === 'sell' ? divideUp(raw, rawOf(tick)) : divideDown(raw, rawOf(tick)));
}

/** Contracts without sign in whole lots; null where they are not whole, or too many to count. */
export function wholeLots({ lot }: BookScale, size: Size): number | null {
  const raw = rawOf(abs(size));
  const lots = Number(raw / rawOf(lot));
  return raw % rawOf(lot) === 0n && Number.isSafeInteger(lots) ? lots : null;
}
