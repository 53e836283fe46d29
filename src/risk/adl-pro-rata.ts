/**
 * The policies that take from everybody in proportion to a weight, each up to its cap: by profit,
 * by profit and leverage, or so that the largest haircut of a profit is as small as it can be.
 * @module
 */
import { assert, cmpId, isPositive, ONE_RATIO, type Ratio, rawOf } from '../units/index.ts';
import { type AdlCandidate, exactLeverage } from './adl-candidate.ts';
import type { AdlPolicyInput, AdlShares } from './adl-policy.ts';
import { NOTHING } from './adl-seats.ts';
import { ascendingOrder, orderByKeys } from './ascending-order.ts';
import { cmpQuotient, keyOf, type Quotient, quotientDown } from './exact-quotient.ts';
import { largestRemainder } from './largest-remainder.ts';

/** Seats as water is filled into them: by index, each up to its cap. */
type Weighed = {
  readonly candidates: readonly AdlCandidate[];
  readonly caps: readonly bigint[];
  readonly weights: readonly bigint[];
};

/** A seat that may give up nothing is not asked what it weighs. */
function weighed(
  { seats }: AdlPolicyInput,
  weightOf: (candidate: AdlCandidate) => bigint,
): Weighed {
  const { candidates, gives, capAt } = seats;
  const caps: bigint[] = new Array(candidates.length).fill(0n);
  const weights: bigint[] = new Array(candidates.length).fill(0n);
  for (let at = 0; at < candidates.length; at += 1) {
    if (gives[at] === NOTHING) continue;
    caps[at] = capAt(at);
    weights[at] = weightOf(candidates[at]!);
  }
  return { candidates, caps, weights };
}

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
  return proRata(input, weighed(input, profitOf));
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
  const weightOf = (candidate: AdlCandidate): bigint => {
    const leverage = leverageOf(input, candidate);
    return profitOf(candidate) * leverage * riskFactor(leverage, riskExponent, riskThreshold);
  };
  return proRata(input, weighed(input, weightOf));
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
function proRata({ quantity, seats }: AdlPolicyInput, all: Weighed): AdlShares {
  const { candidates, caps, weights } = all;
  const bearable = bearableBy(all);
  if (bearable >= quantity) return { lots: filled(quantity, all), level: null };
  const lots = filled(quantity - bearable, {
    candidates,
    caps: caps.map((cap, at) => (weights[at]! > 0n ? 0n : cap)),
    weights: caps.map((cap, at) => (cap > 0n ? seats.heldAt(at) : 0n)),
  });
  for (let at = 0; at < lots.length; at += 1) if (weights[at]! > 0n) lots[at] = caps[at]!;
  return { lots, level: null };
}

/** What those may give up who have a weight. */
const bearableBy = ({ caps, weights }: Weighed): bigint =>
  caps.reduce((sum, cap, at) => (weights[at]! > 0n ? sum + cap : sum), 0n);

/** min(cap, τ · weight) with the sum given, in whole lots. */
function filled(quantity: bigint, all: Weighed): bigint[] {
  const { candidates, caps, weights } = all;
  const lots: bigint[] = new Array(caps.length).fill(0n);
  if (quantity === 0n) return lots;
  const { level, open, saturated } = fillLevel(quantity, all);
  const cut = open.filter((at) => saturated[at] === 0);
  for (const at of open) if (saturated[at] === 1) lots[at] = caps[at]!;
  const rest = largestRemainder({
    total: lots.reduce((left, whole) => left - whole, quantity),
    denominator: level.denominator,
    count: cut.length,
    share: (index) => {
      const at = cut[index]!;
      const numerator = weights[at]! * level.numerator;
      return { id: candidates[at]!.account, numerator, room: caps[at]! };
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
function fillLevel(quantity: bigint, { caps, weights }: Weighed): Filling {
  const open: number[] = [];
  let weight = 0n;
  for (let at = 0; at < caps.length; at += 1) {
    if (caps[at] === 0n || weights[at] === 0n) continue;
    open.push(at);
    weight += weights[at]!;
  }
  const keys = new Float64Array(open.length);
  for (let index = 0; index < keys.length; index += 1) {
    const at = open[index]!;
    keys[index] = keyOf(caps[at]!, weights[at]!);
  }
  const levelAt = (index: number): Quotient => {
    const at = open[index]!;
    return { numerator: caps[at]!, denominator: weights[at]! };
  };
  const saturated = new Uint8Array(caps.length);
  let left = quantity;
  const exact = (a: number, b: number) => cmpQuotient(levelAt(a), levelAt(b));
  for (const index of ascendingOrder({ keys, exact })) {
    const at = open[index]!;
    if (left * weights[at]! <= caps[at]! * weight) break;
    left -= caps[at]!;
    weight -= weights[at]!;
    saturated[at] = 1;
  }
  assert(weight > 0n, 'ADL_QUANTITY', 'expected a quantity between 1 and the sum of the caps');
  return { level: { numerator: left, denominator: weight }, open, saturated };
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
  const { quantity } = input;
  const all = weighed(input, profitOf);
  if (bearableBy(all) < quantity) return proRata(input, all);
  const { level, open } = fillLevel(quantity, all);
  const lots: bigint[] = new Array(all.caps.length).fill(0n);
  let left = quantity;
  for (const at of open) {
    const floor = (all.weights[at]! * level.numerator) / level.denominator;
    lots[at] = floor > all.caps[at]! ? all.caps[at]! : floor;
    left -= lots[at]!;
  }
  giveOneByOne({
    ...all,
    level,
    lots,
    left,
    seats: open.filter((at) => lots[at]! < all.caps[at]!),
  });
  return { lots, level: null };
}

type Giving = Weighed & {
  /** Down to which all have been given what is whole of it. */
  readonly level: Quotient;
  /** Those that may give up more. */
  readonly seats: readonly number[];
  readonly lots: bigint[];
  readonly left: bigint;
};

/**
 * Gives lot after lot to the seat whose haircut after it is least, as lots per unit of profit.
 *
 * They all lie just above the level. What tells them apart is by how much, so that is compared:
 *
 *     (lots + 1) / weight − numerator / denominator, times the denominator
 */
function giveOneByOne({ candidates, caps, weights, level, seats, lots, left }: Giving): void {
  const excess: bigint[] = [];
  const keys = new Float64Array(seats.length);
  for (let index = 0; index < keys.length; index += 1) {
    const at = seats[index]!;
    excess.push((lots[at]! + 1n) * level.denominator - weights[at]! * level.numerator);
    keys[index] = keyOf(excess[index]!, weights[at]!);
  }
  const quotientAt = (index: number): Quotient => {
    return { numerator: excess[index]!, denominator: weights[seats[index]!]! };
  };
  const idAt = (index: number): string => candidates[seats[index]!]!.account;
  const exact = (a: number, b: number): number =>
    cmpQuotient(quotientAt(a), quotientAt(b)) || cmpId(idAt(a), idAt(b));
  const order = orderByKeys({ keys, exact });
  const isBefore = (a: number, b: number): boolean => order(a, b) < 0;
  // The lowest first: sorted, which is a heap too.
  let heap = ascendingOrder({ keys, exact });
  for (let given = 0n; given < left; given += 1n) {
    const index = heap[0]!;
    const at = seats[index]!;
    lots[at]! += 1n;
    if (lots[at] === caps[at]) {
      heap[0] = heap.at(-1)!;
      heap = heap.subarray(0, -1);
    } else {
      excess[index]! += level.denominator;
      keys[index] = keyOf(excess[index]!, weights[at]!);
    }
    sink(heap, isBefore);
  }
}

/** Moves the first of a binary heap down to its place. */
function sink(heap: Uint32Array, isBefore: (a: number, b: number) => boolean): void {
  if (heap.length === 0) return;
  const moved = heap[0]!;
  let at = 0;
  for (let child = 1; child < heap.length; child = 2 * at + 1) {
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
    if (!isBefore(heap[child]!, moved)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = moved;
}
