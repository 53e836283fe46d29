/**
 * The policy that takes from the most leveraged first, so that the highest leverage left is as
 * low as it can be: a high-water mark is lowered until enough has come off above it.
 * @module
 */
import { assert, rawOf } from '../units/index.ts';
import type { AdlPolicyInput, AdlSeat, AdlShares } from './adl-policy.ts';
import { ascendingOrder, type KeyedQuotient, keyed, type Quotient } from './exact-quotient.ts';
import { largestRemainder } from './largest-remainder.ts';

type Breakpoint = {
  /** Parts per unit of equity. */
  readonly level: KeyedQuotient;
  readonly seat: AdlSeat;
  /** Below the level the seat starts to give up lots, or has given up all that it may. */
  readonly kind: 'starts' | 'exhausted';
};

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
  const level = waterLevel(seats, quantity * partsPerLot, partsPerLot);
  const { numerator, denominator } = level;
  const lot = denominator * partsPerLot;
  const shares = seats.map(({ candidate, cap, ...seat }) => {
    const above = exposureOf(seat) * denominator - numerator * rawOf(candidate.equity);
    const most = cap * lot;
    return {
      id: candidate.account,
      numerator: above < 0n ? 0n : above > most ? most : above,
      room: cap,
    };
  });
  return { lots: largestRemainder({ total: quantity, denominator: lot, shares }), level };
}

const exposureOf = ({ held, exposure }: Pick<AdlSeat, 'held' | 'exposure'>): bigint =>
  exposure ?? held;

/**
 * The largest θ at which the parts above it sum to the quantity.
 *
 * Walking down the breakpoints e_i / E_i and (e_i − c_i) / E_i, the sum is linear in between:
 * Σ of exhausted caps + Σ (e_i − θ · E_i) over the seats that give up.
 */
function waterLevel(
  seats: readonly AdlSeat[],
  quantityParts: bigint,
  partsPerLot: bigint,
): Quotient {
  const breakpoints: Breakpoint[] = [];
  for (const seat of seats) {
    if (seat.cap === 0n) continue;
    const denominator = rawOf(seat.candidate.equity);
    const start = exposureOf(seat);
    const end = start - seat.cap * partsPerLot;
    breakpoints.push({ level: keyed({ numerator: start, denominator }), seat, kind: 'starts' });
    // Whoever may give up all it has is exhausted at the level 0, where the walk ends anyway; only
    // against hedges does it go on below.
    if (end === 0n && seat.exposure === undefined) continue;
    breakpoints.push({ level: keyed({ numerator: end, denominator }), seat, kind: 'exhausted' });
  }
  const order = ascendingOrder(breakpoints.map(({ level }) => level));
  let base = -quantityParts;
  let slope = 0n;
  for (const index of order.reverse()) {
    const { level, seat, kind } = breakpoints[index]!;
    // The sum at this level reaches the quantity: the level sought is here or a little above.
    if (slope > 0n && base * level.denominator >= slope * level.numerator) break;
    const equity = rawOf(seat.candidate.equity);
    const exposure = exposureOf(seat);
    base += kind === 'starts' ? exposure : seat.cap * partsPerLot - exposure;
    slope += kind === 'starts' ? equity : -equity;
  }
  assert(slope > 0n, 'ADL_QUANTITY', 'expected a quantity between 1 and the sum of the caps');
  return { numerator: base, denominator: slope };
}
