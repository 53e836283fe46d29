/**
 * Deleveraging of a whole side by an index: one event costs the same whatever the number of
 * positions, and each position is scaled when it is next touched.
 *
 * The policy is pro rata by size at the mark. It has to be: an index is one number for all, so
 * what it asks of a position can depend on its size alone. A cap by profit depends on the entry
 * of each position, and the sum of min(cap, τ · weight) over positions that nobody looks at is not
 * known in constant work. Closing at the mark needs no cap: nothing is taken from anybody, so
 * that nobody loses profit or principal and no margin ratio falls; the whole gap goes to the next
 * layer of the waterfall.
 * @module
 */
import {
  assert,
  fromRaw,
  isPositive,
  lte,
  type Money,
  ONE_RATIO,
  type Price,
  rawOf,
  type Size,
} from '../units/index.ts';

/** State of one side of a market; a position keeps the one of when it was last touched. */
export type AdlIndex = {
  /** How often the whole side has been closed; positions of an earlier epoch are closed. */
  readonly epoch: number;
  /** What is left of a unit of size held since the epoch began, in units of 2^-512. */
  readonly remaining: bigint;
  /** What that unit has been closed for, in units of 2^-512 of 1e-18 of price. */
  readonly proceeds: bigint;
};

const BITS = BigInt(512);
const ONE = 1n << BITS;
/** Below it the side is to be settled position by position, and the index begun anew. */
const REMAINING_MIN = 1n << BigInt(384);
/** Nearer than this to the next whole unit counts as that unit, in units of 2^-512. */
const NEARLY = 1n << BigInt(384);

/**
 * The index of a side that nothing has been closed of.
 *
 * Units     dimensionless
 * Rounding  None.
 * Source    Plimsoll
 */
export const newAdlIndex: AdlIndex = { epoch: 0, remaining: ONE, proceeds: 0n };

export type AdlIndexInput = {
  readonly index: AdlIndex;
  /** All that the side holds, without the bankrupt position's own account, > 0. */
  readonly openSize: Size;
  /** What is closed of it, in (0, openSize]. */
  readonly quantity: Size;
  /** Closed at the mark, > 0. */
  readonly markPrice: Price;
};

export type AdlIndexStep = {
  readonly index: AdlIndex;
  /** The side must be settled and begin a new index before the next event. */
  readonly isSpent: boolean;
};

/**
 * The index after a deleveraging, in constant work.
 *
 *     remaining' = remaining · (1 − quantity / openSize)
 *     proceeds'  = proceeds + (remaining − remaining') · mark
 *
 * A side closed as a whole ends the epoch: the caller keeps the index returned for those who hold
 * positions of it, and opens new ones at `nextAdlEpoch`.
 *
 * Units     dimensionless, Price
 * Rounding  Remaining down, by less than 2^-512; see `adlIndexSettlement` for what that means.
 * Asserts   0 < quantity ≤ openSize · mark > 0 · the index is not spent
 * Source    Plimsoll; scaled balances as in the stability pool of Liquity
 */
export function adlIndexAfter(input: AdlIndexInput): AdlIndexStep {
  const { index, openSize, quantity, markPrice } = input;
  assert(isPositive(quantity) && lte(quantity, openSize), 'ADL_INDEX', 'expected part of the side');
  assert(isPositive(markPrice), 'ADL_INDEX', 'expected a positive mark price');
  assert(index.remaining >= REMAINING_MIN, 'ADL_INDEX', 'expected an index that is not spent');
  const open = rawOf(openSize);
  const remaining = (index.remaining * (open - rawOf(quantity))) / open;
  const proceeds = index.proceeds + (index.remaining - remaining) * rawOf(markPrice);
  const isSpent = remaining < REMAINING_MIN;
  return { index: { epoch: index.epoch, remaining, proceeds }, isSpent };
}

/**
 * The index that positions opened after a whole side was closed or settled begin with.
 *
 * Units     dimensionless
 * Rounding  None.
 * Source    Plimsoll
 */
export function nextAdlEpoch({ epoch }: AdlIndex): AdlIndex {
  return { ...newAdlIndex, epoch: epoch + 1 };
}

export type AdlIndexSettlementInput = {
  /** Magnitude when it was last touched, > 0. */
  readonly size: Size;
  /** Of the position's side: 1 long, −1 short. */
  readonly side: 1 | -1;
  /** The index when it was last touched. */
  readonly since: AdlIndex;
  /** The index now, or the last one of the epoch it was touched in. */
  readonly now: AdlIndex;
};

export type AdlIndexSettlement = {
  /** What the position still holds, ≥ 0. */
  readonly size: Size;
  /** What was closed of it. */
  readonly closed: Size;
  /** Value of what was closed at the marks of its events; a long receives it, a short pays it. */
  readonly proceeds: Money;
};

/**
 * A position brought up to date, in constant work whatever happened since it was last touched.
 *
 *     size' = size · remaining / remaining before
 *     proceeds' = size · (proceeds − proceeds before) / remaining before
 *
 * Units     Size → Size, Money ≥ 0
 * Rounding  Size down, once per touch and not per event; a value less than 2^-128 of a unit below a
 *           whole number of units counts as that number, which is where exact numbers land that
 *           the index has rounded. So sizes never sum to more than the side holds (for fewer than
 *           2^100 positions), to less by under a unit each, and that dust stays with the side.
 *           Proceeds down for a long, up for a short: what rounding leaves stays with the pool.
 * Asserts   size > 0 · both of one epoch, since not after now and not of a closed side
 * Source    Plimsoll
 */
export function adlIndexSettlement(input: AdlIndexSettlementInput): AdlIndexSettlement {
  const { size, side, since, now } = input;
  assert(isPositive(size), 'ADL_INDEX', 'expected a positive size');
  const inOrder = since.epoch === now.epoch && since.remaining >= now.remaining;
  assert(
    inOrder && since.remaining > 0n,
    'ADL_INDEX',
    'expected two indices of one epoch in order',
  );
  const held = rawOf(size);
  // In units of 2^-512 of a unit of size, so that what is nearly whole can be told.
  const exact = (held * now.remaining * ONE) / since.remaining;
  const left = (exact + NEARLY) >> BITS;
  const earned = held * (now.proceeds - since.proceeds);
  const scale = since.remaining * rawOf(ONE_RATIO);
  const value = againstHolder(earned, scale, side);
  return {
    size: fromRaw<Size>(left),
    closed: fromRaw<Size>(held - left),
    proceeds: fromRaw<Money>(value),
  };
}

/** earned / scale, against the account; what is nearly whole counts as whole. */
function againstHolder(earned: bigint, scale: bigint, side: 1 | -1): bigint {
  const exact = (earned * ONE) / scale;
  return side === 1 ? (exact + NEARLY) >> BITS : (exact + ONE - 1n - NEARLY) >> BITS;
}
