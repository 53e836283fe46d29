/**
 * A wheel of price buckets: the bounds that a falling value will reach, each in the bucket of its
 * own size. A step reads the buckets between the last value and the new one and nothing else; a
 * bound changes buckets at constant cost. The wheel goes round: bounds that are whole turns apart
 * share a bucket, so that each is compared before it is taken out.
 *
 * A value that rises is watched by its negation: then it falls.
 * @module
 */
import { BOUND, FLOATS, type Legs, NEXT, OWNER, PREVIOUS, SLOT, WORDS } from './legs.ts';

export type Wheel = {
  /** The first leg of each bucket, plus one; 0 where it is empty. */
  readonly heads: Int32Array;
  /** What the value was last, and its bucket; no bound lies in a later bucket. */
  at: number;
  cursor: number;
};

/** A power of two: one turn is one octave, from a value to its double. */
const BUCKETS = 1 << 14;
const MASK = BUCKETS - 1;
/** Of the 23 bits of a float32's fraction those that name the bucket stay: 2⁻¹⁴, 0.6 bp. */
const DROPPED_BITS = 23 - 14;

const single = new Float32Array(1);
const bitsOfSingle = new Int32Array(single.buffer);

/**
 * Number of the bucket; it never falls where the value rises, because the bits of a positive
 * float32 read as an integer are in the order of the numbers, and rounding to one keeps order.
 */
function bucketOf(value: number): number {
  single[0] = Math.abs(value);
  const bucket = bitsOfSingle[0]! >> DROPPED_BITS;
  return value < 0 ? -bucket : bucket;
}

export const createWheel = (value: number): Wheel => ({
  heads: new Int32Array(BUCKETS),
  at: value,
  cursor: bucketOf(value),
});

/**
 * Puts a leg where its bound, which it has already, will be reached; takes it out of where it was.
 * A bound beyond the value is reached when the value is back where it is now.
 */
export function watch(wheel: Wheel, legs: Legs, leg: number): void {
  const { floats, words } = legs;
  const row = leg * WORDS;
  const slot = Math.min(bucketOf(floats[leg * FLOATS + BOUND]!), wheel.cursor) & MASK;
  const before = words[row + SLOT]!;
  if (before === slot + 1) return;
  if (before !== 0) unwatch(wheel, legs, leg);
  const head = wheel.heads[slot]!;
  words[row + NEXT] = head;
  words[row + PREVIOUS] = 0;
  words[row + SLOT] = slot + 1;
  if (head !== 0) words[(head - 1) * WORDS + PREVIOUS] = leg + 1;
  wheel.heads[slot] = leg + 1;
}

/** Takes a leg out of its wheel, in which it must be. */
export function unwatch(wheel: Wheel, { words }: Legs, leg: number): void {
  const row = leg * WORDS;
  const next = words[row + NEXT]!;
  const previous = words[row + PREVIOUS]!;
  if (next !== 0) words[(next - 1) * WORDS + PREVIOUS] = previous;
  if (previous !== 0) words[(previous - 1) * WORDS + NEXT] = next;
  else wheel.heads[words[row + SLOT]! - 1] = next;
  words[row + SLOT] = 0;
}

/** Takes out every leg whose bound the value has reached, and tells whose it is. */
export function advance(
  wheel: Wheel,
  legs: Legs,
  value: number,
  reached: (account: number) => void,
): void {
  const before = wheel.at;
  const last = wheel.cursor;
  const bucket = bucketOf(value);
  wheel.at = value;
  wheel.cursor = bucket;
  // Where the value is the same the price behind it may still have fallen by a unit.
  if (value > before) return;
  const { floats, words } = legs;
  const first = Math.max(bucket, last - MASK);
  for (let each = last; each >= first; each -= 1) {
    let entry = wheel.heads[each & MASK]!;
    while (entry !== 0) {
      const leg = entry - 1;
      entry = words[leg * WORDS + NEXT]!;
      if (value > floats[leg * FLOATS + BOUND]!) continue;
      unwatch(wheel, legs, leg);
      reached(words[leg * WORDS + OWNER]!);
    }
  }
}
