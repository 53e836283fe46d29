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
  /** Lots per unit of equity. */
  readonly level: KeyedQuotient;
  readonly seat: AdlSeat;
  /** Below the level the seat starts to give up lots, or has given up all that it may. */
  readonly kind: 'starts' | 'exhausted';
};

/**
 * Lots given up so that the highest leverage among the candidates is minimal.
 *
 *     x_i = min(c_i, (q_i − θ · E_i)₊),   θ ≥ 0 with Σ x_i = Q
 *
 * q_i is what a candidate holds, c_i its cap, E_i its equity, Q the quantity; θ is leverage per
 * value of a lot. Where several θ fit, the largest is meant: it is the leverage of someone.
 *
 * Units     lots; level in lots per 1e-18 of equity, exact
 * Rounding  θ is an exact quotient; the shares are made whole by largest remainder, ties by
 *           account id.
 * Asserts   1 ≤ quantity ≤ Σ caps
 * Cost      O(n log n)
 * Source    Plimsoll
 */
export function minimaxLeverage({ quantity, seats }: AdlPolicyInput): AdlShares {
  const level = waterLevel(quantity, seats);
  const { numerator, denominator } = level;
  const shares = seats.map(({ candidate, held, cap }) => {
    const above = held * denominator - numerator * rawOf(candidate.equity);
    const most = cap * denominator;
    return {
      id: candidate.account,
      numerator: above < 0n ? 0n : above > most ? most : above,
      room: cap,
    };
  });
  return { lots: largestRemainder({ total: quantity, denominator, shares }), level };
}

/**
 * The largest θ at which the lots above it sum to the quantity.
 *
 * Walking down the breakpoints q_i / E_i and (q_i − c_i) / E_i, the sum is linear in between:
 * Σ of exhausted caps + Σ (q_i − θ · E_i) over the seats that give up.
 */
function waterLevel(quantity: bigint, seats: readonly AdlSeat[]): Quotient {
  const breakpoints: Breakpoint[] = [];
  for (const seat of seats) {
    if (seat.cap === 0n) continue;
    const denominator = rawOf(seat.candidate.equity);
    const start = keyed({ numerator: seat.held, denominator });
    breakpoints.push({ level: start, seat, kind: 'starts' });
    // Whoever may give up everything is exhausted at the level 0, where the walk ends anyway.
    if (seat.cap === seat.held) continue;
    const end = keyed({ numerator: seat.held - seat.cap, denominator });
    breakpoints.push({ level: end, seat, kind: 'exhausted' });
  }
  const order = ascendingOrder(breakpoints.map(({ level }) => level));
  let base = -quantity;
  let slope = 0n;
  for (const index of order.reverse()) {
    const { level, seat, kind } = breakpoints[index]!;
    // The sum at this level reaches the quantity: the level sought is here or a little above.
    if (slope > 0n && base * level.denominator >= slope * level.numerator) break;
    const equity = rawOf(seat.candidate.equity);
    base += kind === 'starts' ? seat.held : seat.cap - seat.held;
    slope += kind === 'starts' ? equity : -equity;
  }
  assert(slope > 0n, 'ADL_QUANTITY', 'expected a quantity between 1 and the sum of the caps');
  return { numerator: base, denominator: slope };
}
