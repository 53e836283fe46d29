/**
 * The policies that take from everybody in proportion to a weight, each up to its cap: by profit,
 * by profit and leverage, or so that the largest haircut of a profit is as small as it can be.
 * @module
 */
import { assert, cmpId, isPositive, ONE_RATIO, type Ratio, rawOf } from '../units/index.ts';
import { type AdlCandidate, exactLeverage } from './adl-candidate.ts';
import type { AdlPolicyInput, AdlShares } from './adl-policy.ts';
import { ascendingOrder } from './ascending-order.ts';
import {
  cmpKeyed,
  cmpQuotient,
  type KeyedQuotient,
  keyed,
  keyOf,
  type Quotient,
  quotientDown,
} from './exact-quotient.ts';
import { largestRemainder } from './largest-remainder.ts';

/** max(PnL, 0), in units of 1e-18. */
const profitOf = ({ unrealizedPnl }: AdlCandidate): bigint =>
  isPositive(unrealizedPnl) ? rawOf(unrealizedPnl) : 0n;

/**
 * Lots in proportion to profit, each up to its cap.
 *
 *     x_i = min(c_i, τ · max(PnL_i, 0)),   τ ≥ 0 with Σ x_i = Q
 *
 * Where profits are used up (all that have one are at their caps) the rest goes in proportion to
 * what is held.
 *
 * Units     lots
 * Rounding  τ is exact; the shares are made whole by largest remainder, ties by account id.
 * Asserts   1 ≤ quantity ≤ Σ caps
 * Cost      O(n log n)
 * Source    Plimsoll; the proportional rule of the taxation literature (Aumann and Maschler 1985)
 */
export function cappedProRata(input: AdlPolicyInput): AdlShares {
  return proRata(
    input,
    input.seats.map(({ candidate }) => profitOf(candidate)),
  );
}

/**
 * Lots in proportion to profit and leverage, each up to its cap.
 *
 *     x_i = min(c_i, τ · max(PnL_i, 0) · ℓ_i · g(ℓ_i)),   ℓ = |q| · P / E
 *     g(ℓ) = ℓ^riskExponent,  or (ℓ − riskThreshold)₊ where a threshold is given
 *
 * Whoever took more risk for the same profit gives up more of it. Where all of a positive weight
 * are at their caps, the rest goes in proportion to what is held.
 *
 * Units     lots; leverage and threshold dimensionless
 * Rounding  Leverage down to 1e-18, products of weights down once: a weight decides proportions
 *           alone, the sum is exact whatever it is. Lots as in `cappedProRata`.
 * Asserts   1 ≤ quantity ≤ Σ caps · riskExponent from 0 to 4 · riskThreshold ≥ 0
 * Cost      O(n log n)
 * Source    Plimsoll
 */
export function riskAwareProRata(input: AdlPolicyInput): AdlShares {
  const { riskExponent = 1, riskThreshold = null } = input;
  const lawful = Number.isInteger(riskExponent) && riskExponent >= 0 && riskExponent <= 4;
  assert(lawful, 'ADL_RISK', 'expected a risk exponent from 0 to 4');
  assert(riskThreshold === null || rawOf(riskThreshold) >= 0n, 'ADL_RISK', 'a threshold below 0');
  const weights = input.seats.map(({ candidate }) => {
    const leverage = leverageOf(input, candidate);
    return profitOf(candidate) * leverage * riskFactor(leverage, riskExponent, riskThreshold);
  });
  return proRata(input, weights);
}

/** In units of 1e-18; beyond the range of a quantity rounded down to a whole number. */
function leverageOf({ market }: AdlPolicyInput, { size, equity }: AdlCandidate): bigint {
  const exact = exactLeverage(market, size, equity);
  const shown = quotientDown(exact);
  return shown === null ? (exact.numerator / exact.denominator) * rawOf(ONE_RATIO) : rawOf(shown);
}

function riskFactor(leverage: bigint, exponent: number, threshold: Ratio | null): bigint {
  if (threshold !== null) {
    const above = leverage - rawOf(threshold);
    return above > 0n ? above : 0n;
  }
  // Scaled down once per factor, so that weights stay in the range of everyday numbers.
  let power = rawOf(ONE_RATIO);
  for (let factor = 0; factor < exponent; factor += 1) {
    power = (power * leverage) / rawOf(ONE_RATIO);
  }
  return power;
}

/** Water-filling by weights; what no weight can bear goes by what is held. */
function proRata({ quantity, seats }: AdlPolicyInput, weights: readonly bigint[]): AdlShares {
  const weighed = seats.map(({ cap, candidate }, at) => {
    return { id: candidate.account, cap, weight: weights[at]! };
  });
  const bearable = weighed.reduce((sum, { cap, weight }) => (weight > 0n ? sum + cap : sum), 0n);
  if (bearable >= quantity) return { lots: filled(quantity, weighed), level: null };
  const rest = seats.map(({ candidate, held, cap }, at) => {
    return { id: candidate.account, cap: weights[at]! > 0n ? 0n : cap, weight: held };
  });
  const second = filled(quantity - bearable, rest);
  const lots = weighed.map(({ cap, weight }, at) => (weight > 0n ? cap : second[at]!));
  return { lots, level: null };
}

type Weighed = { readonly id: string; readonly cap: bigint; readonly weight: bigint };

/** min(cap, τ · weight) with the sum given, in whole lots. */
function filled(quantity: bigint, seats: readonly Weighed[]): bigint[] {
  const lots = seats.map(() => 0n);
  if (quantity === 0n) return lots;
  const { level, open, saturated } = fillLevel(quantity, seats);
  const cut = open.filter((at) => saturated[at] === 0);
  for (const at of open) if (saturated[at] === 1) lots[at] = seats[at]!.cap;
  const rest = largestRemainder({
    total: lots.reduce((left, whole) => left - whole, quantity),
    denominator: level.denominator,
    count: cut.length,
    share: (index) => {
      const { id, cap, weight } = seats[cut[index]!]!;
      return { id, numerator: weight * level.numerator, room: cap };
    },
  });
  for (let index = 0; index < cut.length; index += 1) lots[cut[index]!] = rest[index]!;
  return lots;
}

type Filling = {
  /** τ. */
  readonly level: Quotient;
  /** Seats that have a weight and a cap. */
  readonly open: readonly number[];
  /** Per seat: 1 where it is known to reach its cap at the level. */
  readonly saturated: Uint8Array;
};

/** τ as a quotient: seats are saturated by rising cap per weight until the rest fits. */
function fillLevel(quantity: bigint, seats: readonly Weighed[]): Filling {
  const open: number[] = [];
  let weights = 0n;
  for (let at = 0; at < seats.length; at += 1) {
    const { cap, weight } = seats[at]!;
    if (cap === 0n || weight === 0n) continue;
    open.push(at);
    weights += weight;
  }
  const keys = new Float64Array(open.length);
  for (let at = 0; at < keys.length; at += 1) {
    const { cap, weight } = seats[open[at]!]!;
    keys[at] = keyOf(cap, weight);
  }
  const levelAt = (at: number): Quotient => {
    const { cap, weight } = seats[open[at]!]!;
    return { numerator: cap, denominator: weight };
  };
  const saturated = new Uint8Array(seats.length);
  let left = quantity;
  const exact = (a: number, b: number) => cmpQuotient(levelAt(a), levelAt(b));
  for (const index of ascendingOrder({ keys, exact })) {
    const at = open[index]!;
    const { cap, weight } = seats[at]!;
    if (left * weight <= cap * weights) break;
    left -= cap;
    weights -= weight;
    saturated[at] = 1;
  }
  assert(weights > 0n, 'ADL_QUANTITY', 'expected a quantity between 1 and the sum of the caps');
  return { level: { numerator: left, denominator: weights }, open, saturated };
}

/**
 * Lots so that the largest share of a profit that anybody gives up is minimal.
 *
 *     minimise max over i of x_i / max(PnL_i, 0),   0 ≤ x_i ≤ c_i, Σ x_i = Q, x_i whole
 *
 * With one gap per contract the haircut of a profit is x_i · gap / PnL_i. Each lot goes where the
 * haircut after it is least: the exchange of any two lots can only raise the larger of the two.
 * Where all profits are used up, the rest goes in proportion to what is held.
 *
 * Units     lots
 * Rounding  None: lots are given one by one, ties by account id.
 * Asserts   1 ≤ quantity ≤ Σ caps
 * Cost      O(n log n): all but at most n lots are given at once, the rest from a heap
 * Source    Plimsoll; highest-averages method (Jefferson)
 */
export function minMaxHaircut(input: AdlPolicyInput): AdlShares {
  const { quantity, seats } = input;
  const weights = seats.map(({ candidate }) => profitOf(candidate));
  const bearable = seats.reduce((sum, { cap }, at) => (weights[at]! > 0n ? sum + cap : sum), 0n);
  if (bearable < quantity) return proRata(input, weights);
  const open = seats.flatMap(({ candidate, cap }, at) => {
    return weights[at]! > 0n ? [{ id: candidate.account, at, cap, weight: weights[at]! }] : [];
  });
  const { numerator, denominator } = fillLevel(quantity, open).level;
  const lots = seats.map(() => 0n);
  let left = quantity;
  for (const { at, cap, weight } of open) {
    const floor = (weight * numerator) / denominator;
    lots[at] = floor > cap ? cap : floor;
    left -= lots[at]!;
  }
  const next = heapOf(
    open
      .filter(({ at, cap }) => lots[at]! < cap)
      .map((seat) => {
        const { id, at, cap, weight } = seat;
        return { id, at, cap, weight, level: levelAfter(seat, lots[at]!) };
      }),
  );
  for (; left > 0n; left -= 1n) {
    const seat = next[0]!;
    lots[seat.at]! += 1n;
    const full = lots[seat.at] === seat.cap;
    const last = full ? next.pop()! : { ...seat, level: levelAfter(seat, lots[seat.at]!) };
    if (next.length > 0) {
      next[0] = last;
      sink(next);
    }
  }
  return { lots, level: null };
}

type Next = Weighed & { readonly at: number; readonly level: KeyedQuotient };

/** The haircut that one lot more would make, as lots per unit of profit. */
const levelAfter = ({ weight }: Weighed, lots: bigint): KeyedQuotient =>
  keyed({ numerator: lots + 1n, denominator: weight });

const lowestFirst = (a: Next, b: Next): number => cmpKeyed(a.level, b.level) || cmpId(a.id, b.id);

/** The lowest first: sorted, which is a heap too. */
function heapOf(seats: readonly Next[]): Next[] {
  const keys = new Float64Array(seats.length);
  for (let at = 0; at < keys.length; at += 1) keys[at] = seats[at]!.level.key;
  const order = ascendingOrder({ keys, exact: (a, b) => lowestFirst(seats[a]!, seats[b]!) });
  return Array.from(order, (at) => seats[at]!);
}

/** Moves the first of a binary heap down to its place. */
function sink(heap: Next[]): void {
  const moved = heap[0]!;
  let at = 0;
  for (let child = 1; child < heap.length; child = 2 * at + 1) {
    if (child + 1 < heap.length && lowestFirst(heap[child + 1]!, heap[child]!) < 0) child += 1;
    if (lowestFirst(moved, heap[child]!) <= 0) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = moved;
}
