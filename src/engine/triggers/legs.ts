/**
 * What accounts watch, one row per leg. The rows of an account are neighbors in one block of
 * memory, because looking at an account costs as much as the cache lines that it lies on.
 * @module
 */

export type Legs = {
  /** `FLOATS` numbers a row: `COEFFICIENT` and `BOUND`. */
  floats: Float64Array;
  /** The same memory, `WORDS` integers a row: `CHANNEL`, `NEXT`, `PREVIOUS`, `SLOT`, `OWNER`. */
  words: Int32Array;
  /** Rows handed out so far. */
  used: number;
  /** First rows of stretches that were given back, by length. */
  readonly free: number[][];
};

export const FLOATS = 5;
/** Signed worth of the leg per unit of what it watches; 0 where only the bound counts. */
export const COEFFICIENT = 0;
/** Signed like its channel: the account is looked at again at this value and below. */
export const BOUND = 1;

export const WORDS = 2 * FLOATS;
/** What the leg watches, see `channelOf`; −1 where it watches nothing. */
export const CHANNEL = 4;
/** Neighbors within a bucket of the wheel, plus one; 0 at the ends. */
export const NEXT = 5;
export const PREVIOUS = 6;
/** Bucket of the wheel that the leg is in, plus one; 0 where it is in none. */
export const SLOT = 7;
/** Account number. */
export const OWNER = 8;

export const createLegs = (rows: number): Legs => {
  const floats = new Float64Array(Math.max(rows, FIRST_ROWS) * FLOATS);
  return { floats, words: new Int32Array(floats.buffer), used: 0, free: [] };
};

const FIRST_ROWS = 64;

export const channelOfLeg = ({ words }: Legs, leg: number): number => words[leg * WORDS + CHANNEL]!;

export const coefficientOf = ({ floats }: Legs, leg: number): number =>
  floats[leg * FLOATS + COEFFICIENT]!;

export const isWatched = ({ words }: Legs, leg: number): boolean => words[leg * WORDS + SLOT] !== 0;

/** Says what a leg that is in no wheel watches and what it is worth. */
export function setLeg(
  { words, floats }: Legs,
  leg: number,
  { channel, coefficient }: { readonly channel: number; readonly coefficient: number },
): void {
  words[leg * WORDS + CHANNEL] = channel;
  floats[leg * FLOATS + COEFFICIENT] = coefficient;
}

export const WATCHES_NOTHING = { channel: -1, coefficient: 0 };

/** First of `count` neighboring rows, which watch nothing yet. */
export function takeRows(legs: Legs, owner: number, count: number): number {
  const first = legs.free[count]?.pop() ?? appendRows(legs, count);
  for (let leg = first; leg < first + count; leg += 1) legs.words[leg * WORDS + OWNER] = owner;
  return first;
}

function appendRows(legs: Legs, count: number): number {
  const first = legs.used;
  legs.used += count;
  if (legs.used * FLOATS > legs.floats.length) {
    // A quarter more each time: of millions of rows a half would lie idle with twice as many.
    const rows = Math.max(legs.used, first + (first >> 2));
    const longer = new Float64Array(rows * FLOATS);
    longer.set(legs.floats);
    legs.floats = longer;
    legs.words = new Int32Array(longer.buffer);
  }
  return first;
}

/** Gives rows back that are in no wheel any more. */
export function giveBackRows(legs: Legs, first: number, count: number): void {
  if (count === 0) return;
  for (let leg = first; leg < first + count; leg += 1) setLeg(legs, leg, WATCHES_NOTHING);
  while (legs.free.length <= count) legs.free.push([]);
  legs.free[count]!.push(first);
}
