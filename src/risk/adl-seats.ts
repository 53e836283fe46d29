/**
 * The eligible candidates of a deleveraging as a policy sees them. What is asked of all of them
 * stands in columns of numbers; exact quantities are worked out for those about whom numbers cannot
 * decide, and for those who give something up.
 * @module
 */
import { rawOf, type Size } from '../units/index.ts';
import type { AdlCandidate } from './adl-candidate.ts';
import { type AdlGap, adlCap } from './adl-caps.ts';
import { type AdlNumbers, adlNumbers } from './adl-numbers.ts';
import { isClearlyBelow } from './ascending-order.ts';

/**
 * A seat that may give up nothing.
 *
 * Units     none
 * Rounding  None.
 */
export const NOTHING = 0;

/**
 * A seat that may give up part of what it holds.
 *
 * Units     none
 * Rounding  None.
 */
export const PART = 1;

/**
 * A seat that may give up all that it holds.
 *
 * Units     none
 * Rounding  None.
 */
export const ALL = 2;

/** In whole lots; sizes, equities and caps are those of one stage. */
export type AdlSeats = {
  readonly candidates: readonly AdlCandidate[];
  readonly numbers: AdlNumbers;
  /** Of each, `NOTHING`, `PART` or `ALL`. */
  readonly gives: Uint8Array;
  /** What the position holds at this stage, > 0. */
  readonly heldAt: (at: number) => bigint;
  /** Most that it may give up at this stage, between 0 and what it holds. */
  readonly capAt: (at: number) => bigint;
  /** The nearest numbers to what weighs on the leverages. */
  readonly weights: Float64Array;
  /** What weighs on its leverage, in parts of a lot, signed; null: what it holds. */
  readonly exposureAt: ((at: number) => bigint) | null;
};

/** One of them, where all is known. */
export type AdlSeat = {
  readonly candidate: AdlCandidate;
  readonly held: bigint;
  readonly cap: bigint;
  readonly exposure?: bigint;
};

/**
 * Seats of which all is known exactly.
 *
 * Units     lots
 * Rounding  None, but of the numbers to nearest.
 * Source    Plimsoll
 */
export function exactSeats(list: readonly AdlSeat[], numbers?: AdlNumbers): AdlSeats {
  const candidates = list.map(({ candidate }) => candidate);
  const gives = Uint8Array.from(list, ({ held, cap }) =>
    cap === 0n ? NOTHING : cap === held ? ALL : PART,
  );
  const isExposed = list.some(({ exposure }) => exposure !== undefined);
  return {
    candidates,
    numbers: numbers ?? adlNumbers(candidates),
    gives,
    heldAt: (at) => list[at]!.held,
    capAt: (at) => list[at]!.cap,
    weights: Float64Array.from(list, ({ held, exposure }) => Number(exposure ?? held)),
    exposureAt: isExposed ? (at) => list[at]!.exposure ?? list[at]!.held : null,
  };
}

export type AloneTerms = AdlGap & {
  readonly candidates: readonly AdlCandidate[];
  readonly numbers: AdlNumbers;
  /** > 0. */
  readonly lot: Size;
};

/**
 * Seats of candidates whose other positions do not count, with the caps of the first stage.
 *
 * Units     lots
 * Rounding  Down to whole lots. Products of two nearest numbers are off by less than keys may be,
 *           so where they are clearly apart they decide; all other caps are worked out exactly.
 * Source    Plimsoll
 */
export function aloneSeats(terms: AloneTerms): AdlSeats {
  const { candidates, numbers, gap, quantity, lot } = terms;
  const each = rawOf(lot);
  const heldAt = (at: number): bigint =>
    each === 1n ? rawOf(candidates[at]!.size) : rawOf(candidates[at]!.size) / each;
  const weights = each === 1n ? numbers.sizes : numbers.sizes.map((_, at) => Number(heldAt(at)));
  const gives = new Uint8Array(candidates.length);
  const parts: bigint[] = new Array(candidates.length).fill(0n);
  const [gapNumber, quantityNumber] = [Number(rawOf(gap)), Number(rawOf(quantity))];
  for (let at = 0; at < gives.length; at += 1) {
    if (weights[at] === 0) continue;
    const share = sureShare(
      gapNumber * numbers.sizes[at]!,
      quantityNumber * numbers.profits[at]!,
      quantityNumber * numbers.equities[at]!,
    );
    if (share !== UNSURE && isSure(share, candidates[at]!)) {
      gives[at] = share;
      continue;
    }
    const cap = adlCap(candidates[at]!, terms) / each;
    parts[at] = cap;
    if (cap !== 0n) gives[at] = cap === heldAt(at) ? ALL : PART;
  }
  const capAt = (at: number): bigint => {
    if (gives[at] === PART) return parts[at]!;
    return gives[at] === ALL ? heldAt(at) : 0n;
  };
  return { candidates, numbers, gives, heldAt, capAt, weights, exposureAt: null };
}

const UNSURE = 3;

/**
 * What the three products that `adlCap` compares say of a cap. The equity behind a position is at
 * most that of its account: `NOTHING` is sure in any case, `ALL` where the position stands alone.
 */
function sureShare(loss: number, profit: number, equity: number): number {
  if (loss === 0) return ALL;
  if (profit <= 0 || isClearlyBelow(equity, loss)) return NOTHING;
  return isClearlyBelow(loss, equity) && isClearlyBelow(loss, profit) ? ALL : UNSURE;
}

/** Whether that holds for what stands behind the position, which need not be all of the equity. */
function isSure(share: number, candidate: AdlCandidate): boolean {
  const { marginEquity = null, maintenanceMargin = null, legMaintenanceMargin = null } = candidate;
  if (marginEquity !== null) return false;
  return share === NOTHING || maintenanceMargin === null || legMaintenanceMargin === null;
}

/**
 * Whether the caps surely hold a quantity of lots.
 *
 * Units     lots
 * Rounding  False where the numbers, and their sum, may be off by as much as they differ.
 * Source    Plimsoll
 */
export function surelyHold({ gives, weights, exposureAt }: AdlSeats, quantity: bigint): boolean {
  // An exposure is not what is held.
  if (exposureAt !== null) return false;
  let least = 0;
  for (let at = 0; at < gives.length; at += 1) if (gives[at] === ALL) least += weights[at]!;
  // Each number and each sum adds at most 2^-53 of the whole.
  return isClearlyBelow(Number(quantity), least, (gives.length + 4) * 2 ** -52);
}
