/**
 * The policy that takes from the most leveraged first, so that the highest leverage left is as
 * low as it can be: a high-water mark is lowered until enough has come off above it.
 * @module
 */
import { assert, rawOf } from '../units/index.ts';
import type { AdlPolicyInput, AdlSeat, AdlShares } from './adl-policy.ts';
import { ascendingOrder } from './ascending-order.ts';
import { cmpQuotient, type Quotient } from './exact-quotient.ts';
import { largestRemainder } from './largest-remainder.ts';

/**
 * Lots given up so that the highest leverage among the candidates is minimal.
 *
 *     x_i = min(c_i, (e_i − θ · E_i)₊),   θ with Σ x_i = Q
 *
 * e_i is the exposure of a candidate, c_i its cap, E_i its equity, Q the quantity; θ is leverage
 * per value of a lot. The exposure is what it holds; where other positions count, it is what all
 * of them together are worth in lots of this market, and less than what it holds for who is
 * hedged. θ is negative only where the rest cannot be closed but against hedges. Where several θ
 * fit, the largest is meant: it is the leverage of someone.
 *
 * Units     lots; level in parts of a lot per 1e-18 of equity, exact
 * Rounding  θ is an exact quotient; the shares are made whole by largest remainder, ties by
 *           account id.
 * Asserts   1 ≤ quantity ≤ Σ caps
 * Cost      O(n log n)
 * Source    Plimsoll
 */
export function minimaxLeverage(input: AdlPolicyInput): AdlShares {
  const { quantity, seats, partsPerLot = 1n } = input;
  const { level, givesUp } = waterLevel(seats, quantity * partsPerLot, partsPerLot);
  const { numerator, denominator } = level;
  const lots: bigint[] = [];
  const shares: { id: string; numerator: bigint; room: bigint }[] = [];
  let left = quantity;
  for (let at = 0; at < seats.length; at += 1) {
    const seat = seats[at]!;
    const { candidate, cap } = seat;
    const whole = givesUp[at] === ALL ? cap : 0n;
    lots.push(whole);
    left -= whole;
    if (givesUp[at] !== SOME) continue;
    const above = exposureOf(seat) * denominator - numerator * rawOf(candidate.equity);
    shares.push({ id: candidate.account, numerator: above, room: cap });
  }
  const parts = largestRemainder({ total: left, denominator: denominator * partsPerLot, shares });
  let next = 0;
  for (let at = 0; at < lots.length; at += 1) {
    if (givesUp[at] !== SOME) continue;
    lots[at] = parts[next]!;
    next += 1;
  }
  return { lots, level };
}

const exposureOf = ({ held, exposure }: AdlSeat): bigint => exposure ?? held;

/** What a seat gives up at a level: nothing, what lies above the level, or its cap. */
const SOME = 1;
const ALL = 2;

type Water = {
  readonly level: Quotient;
  /** Per seat. */
  readonly givesUp: Uint8Array;
};

/**
 * The largest θ at which the parts above it sum to the quantity.
 *
 * Walking down the breakpoints e_i / E_i and (e_i − c_i) / E_i, the sum is linear in between:
 * Σ of exhausted caps + Σ (e_i − θ · E_i) over the seats that give up some. Every breakpoint
 * passed lies at or above θ and every other at or below, so what a seat gives up is known too.
 */
function waterLevel(seats: readonly AdlSeat[], quantityParts: bigint, partsPerLot: bigint): Water {
  const { of, givenUp, numerators, order } = breakpoints(seats, partsPerLot);
  const givesUp = new Uint8Array(seats.length);
  let base = -quantityParts;
  let slope = 0n;
  for (let next = order.length - 1; next >= 0; next -= 1) {
    const point = order[next]!;
    const at = of[point]!;
    const equity = rawOf(seats[at]!.candidate.equity);
    const numerator = numerators[point]!;
    // The sum at this level reaches the quantity: the level sought is here or a little above.
    if (slope > 0n && base * equity >= slope * numerator) break;
    // Starting adds the exposure; being exhausted leaves the cap, which is exposure less the end.
    const isStart = givenUp[point] === SOME;
    base = isStart ? base + numerator : base - numerator;
    slope = isStart ? slope + equity : slope - equity;
    givesUp[at] = givenUp[point]!;
  }
  assert(slope > 0n, 'ADL_QUANTITY', 'expected a quantity between 1 and the sum of the caps');
  return { level: { numerator: base, denominator: slope }, givesUp };
}

/** Levels below which a seat starts to give up lots, or has given up all that it may. */
type Breakpoints = {
  /** The seat. */
  readonly of: Uint32Array;
  /** What the seat gives up from there on. */
  readonly givenUp: Uint8Array;
  /** Parts per its equity. */
  readonly numerators: readonly bigint[];
  /** From the lowest level to the highest. */
  readonly order: Uint32Array;
};

function breakpoints(seats: readonly AdlSeat[], partsPerLot: bigint): Breakpoints {
  const of = new Uint32Array(2 * seats.length);
  const givenUp = new Uint8Array(2 * seats.length);
  const numerators: bigint[] = [];
  const keys = new Float64Array(2 * seats.length);
  let count = 0;
  const add = (at: number, kind: number, numerator: bigint, equity: number): void => {
    of[count] = at;
    givenUp[count] = kind;
    keys[count] = Number(numerator) / equity;
    numerators.push(numerator);
    count += 1;
  };
  for (let at = 0; at < seats.length; at += 1) {
    const seat = seats[at]!;
    if (seat.cap === 0n) continue;
    const equity = Number(seat.candidate.equity);
    const start = exposureOf(seat);
    const end = start - seat.cap * partsPerLot;
    add(at, SOME, start, equity);
    // Whoever may give up all it has is exhausted at the level 0, where the walk ends anyway; only
    // against hedges does it go on below.
    if (end !== 0n || seat.exposure !== undefined) add(at, ALL, end, equity);
  }
  const equityAt = (point: number): bigint => rawOf(seats[of[point]!]!.candidate.equity);
  const levelAt = (point: number): Quotient => {
    return { numerator: numerators[point]!, denominator: equityAt(point) };
  };
  const exact = (a: number, b: number) => cmpQuotient(levelAt(a), levelAt(b));
  return {
    of,
    givenUp,
    numerators,
    order: ascendingOrder({ keys: keys.subarray(0, count), exact }),
  };
}
