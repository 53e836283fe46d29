/**
 * The policy that takes from the most leveraged first, so that the highest leverage left is as
 * low as it can be: a high-water mark is lowered until enough has come off above it.
 * @module
 */
import { assert, rawOf } from '../units/index.ts';
import type { AdlPolicyInput, AdlShares } from './adl-policy.ts';
import { type AdlSeats, ALL, NOTHING, PART } from './adl-seats.ts';
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
  const lots: bigint[] = new Array(givesUp.length).fill(0n);
  const cut: number[] = [];
  let left = quantity;
  for (let at = 0; at < givesUp.length; at += 1) {
    if (givesUp[at] === PART) cut.push(at);
    if (givesUp[at] !== ALL) continue;
    lots[at] = seats.capAt(at);
    left -= lots[at]!;
  }
  const rest = largestRemainder({
    total: left,
    denominator: denominator * partsPerLot,
    count: cut.length,
    share: (index) => {
      const at = cut[index]!;
      const { account, equity } = seats.candidates[at]!;
      const above = startOf(seats, at) * denominator - numerator * rawOf(equity);
      return { id: account, numerator: above, room: seats.capAt(at) };
    },
  });
  for (let index = 0; index < cut.length; index += 1) lots[cut[index]!] = rest[index]!;
  return { lots, level };
}

type Water = {
  readonly level: Quotient;
  /** What each seat gives up at the level: nothing, what lies above it, or its cap. */
  readonly givesUp: Uint8Array;
};

/**
 * The largest θ at which the parts above it sum to the quantity.
 *
 * Walking down the breakpoints e_i / E_i and (e_i − c_i) / E_i, the sum is linear in between:
 * Σ of exhausted caps + Σ (e_i − θ · E_i) over the seats that give up some. Every breakpoint
 * passed lies at or above θ and every other at or below, so what a seat gives up is known too.
 */
function waterLevel(seats: AdlSeats, quantityParts: bigint, partsPerLot: bigint): Water {
  const givesUp = new Uint8Array(seats.gives.length);
  const points = breakpoints(seats, partsPerLot);
  let base = -quantityParts;
  let slope = 0n;
  for (let next = points.length - 1; next >= 0; next -= 1) {
    const point = points[next]!;
    const isStart = point % 2 === 0;
    const at = point >>> 1;
    const equity = rawOf(seats.candidates[at]!.equity);
    const parts = isStart ? startOf(seats, at) : endOf(seats, at, partsPerLot);
    // The sum at this level reaches the quantity: the level sought is here or a little above.
    if (slope > 0n && base * equity >= slope * parts) break;
    // Starting adds the exposure; being exhausted leaves the cap, which is exposure less the end.
    base = isStart ? base + parts : base - parts;
    slope = isStart ? slope + equity : slope - equity;
    givesUp[at] = isStart ? PART : ALL;
  }
  assert(slope > 0n, 'ADL_QUANTITY', 'expected a quantity between 1 and the sum of the caps');
  return { level: { numerator: base, denominator: slope }, givesUp };
}

/** Parts below which a seat starts to give up lots, and at which it has given up all it may. */
const startOf = ({ exposureAt, heldAt }: AdlSeats, at: number): bigint =>
  (exposureAt ?? heldAt)(at);
const endOf = (seats: AdlSeats, at: number, partsPerLot: bigint): bigint =>
  startOf(seats, at) - (partsPerLot === 1n ? seats.capAt(at) : seats.capAt(at) * partsPerLot);

/**
 * From the lowest level to the highest: where a seat starts, as twice its index, and where it is
 * exhausted, as one more.
 */
function breakpoints(seats: AdlSeats, partsPerLot: bigint): Uint32Array {
  const { gives, weights, exposureAt, candidates } = seats;
  const { equities } = seats.numbers;
  const points = new Uint32Array(2 * gives.length);
  const keys = new Float64Array(2 * gives.length);
  let count = 0;
  for (let at = 0; at < gives.length; at += 1) {
    if (gives[at] === NOTHING) continue;
    points[count] = 2 * at;
    keys[count] = weights[at]! / equities[at]!;
    count += 1;
    // Whoever may give up all it has is exhausted at the level 0, where the walk ends anyway; only
    // against hedges does it go on below.
    if (gives[at] === ALL && exposureAt === null) continue;
    points[count] = 2 * at + 1;
    keys[count] = Number(endOf(seats, at, partsPerLot)) / equities[at]!;
    count += 1;
  }
  const levelAt = (index: number): Quotient => {
    const point = points[index]!;
    const at = point >>> 1;
    const numerator = point % 2 === 0 ? startOf(seats, at) : endOf(seats, at, partsPerLot);
    return { numerator, denominator: rawOf(candidates[at]!.equity) };
  };
  const exact = (a: number, b: number) => cmpQuotient(levelAt(a), levelAt(b));
  return ascendingOrder({ keys: keys.subarray(0, count), exact }).map((index) => points[index]!);
}
