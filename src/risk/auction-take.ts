/**
 * One take of an auction that sells a lot to raise a stated sum: a bidder names an amount, and
 * no more is sold than the sum needs.
 * @module
 */
import {
  type Amount,
  amountDown,
  assert,
  fromRaw,
  isNegative,
  isPositive,
  isZero,
  lt,
  lte,
  type Money,
  min,
  type Price,
  rawOf,
  rawOfExactUp,
  sub,
  ZERO_MONEY,
} from '../units/index.ts';

export type AuctionTakeInput = {
  /** Most that the bidder buys, > 0. */
  readonly amount: Amount;
  /** What is left to sell, > 0. */
  readonly lot: Amount;
  /** What is left to raise, > 0. */
  readonly tab: Money;
  /** Asking price, > 0: nothing is given away. */
  readonly price: Price;
  /** Least that a take may leave to raise unless it leaves nothing, ≥ 0; absent: 0. */
  readonly tabMin?: Money;
};

export type AuctionTake = {
  /** What the bidder receives, > 0. */
  readonly slice: Amount;
  /** What the bidder pays, > 0. */
  readonly owed: Money;
  readonly lotLeft: Amount;
  /** With nothing left to sell: what the auction failed to raise. */
  readonly tabLeft: Money;
  /** The sum is raised or the lot is sold. */
  readonly ends: boolean;
};

/**
 * What a bidder buys and pays, or null where only a larger take is possible: one that would
 * leave dust to raise and cannot be made smaller, or that buys less than a unit.
 *
 *     slice = min(amount, lot);   owed = slice · price
 *     owed > tab:  owed = tab;  slice = owed / price
 *     0 < tab − owed < tabMin with lot left:  owed = tab − tabMin if that is > 0;
 *                                             slice = owed / price
 *
 * A lot sold in full ends the auction whatever is left to raise, so that dust of the tab never
 * keeps bad debt from being recognized.
 *
 * Units     Amount × Price → Money, Money ÷ Price → Amount
 * Rounding  The bidder pays up and receives down: owed ≥ slice · price, by less than a unit of
 *           money or, where the slice follows from the tab, than what a unit of the asset costs.
 *           Everything is moved, nothing made: slice + lotLeft = lot, owed + tabLeft = tab.
 * Asserts   amount, lot, tab, price > 0 · tabMin ≥ 0
 * Source    MakerDAO Liquidations 2.0, clip.sol, take
 */
export function auctionTake({
  amount,
  lot,
  tab,
  price,
  tabMin = ZERO_MONEY,
}: AuctionTakeInput): AuctionTake | null {
  for (const each of [amount, lot, tab, price]) {
    assert(isPositive(each), 'AUCTION_TAKE', 'expected amount, lot, tab and price above 0');
  }
  assert(!isNegative(tabMin), 'AUCTION_TAKE', 'expected a least tab of at least 0');
  const wanted = min(amount, lot);
  const cost = costUpTo(tab, wanted, price);
  const isWholeLot = lte(lot, wanted);
  if (cost === null) return taken({ lot, tab, owed: tab, slice: amountDown(tab, price) });
  const leavesDust = lt(cost, tab) && lt(sub(tab, cost), tabMin) && !isWholeLot;
  if (!leavesDust) return taken({ lot, tab, owed: cost, slice: wanted });
  if (lte(tab, tabMin)) return null;
  const owed = sub(tab, tabMin);
  return taken({ lot, tab, owed, slice: amountDown(owed, price) });
}

/** ⌈slice · price⌉ if that is at most the tab, else null; the product may exceed any money. */
function costUpTo(tab: Money, slice: Amount, price: Price): Money | null {
  const raw = rawOfExactUp(rawOf(slice) * rawOf(price));
  return raw <= rawOf(tab) ? fromRaw<Money>(raw) : null;
}

function taken({
  lot,
  tab,
  owed,
  slice,
}: {
  readonly lot: Amount;
  readonly tab: Money;
  readonly owed: Money;
  readonly slice: Amount;
}): AuctionTake | null {
  if (isZero(slice)) return null;
  const lotLeft = sub(lot, slice);
  const tabLeft = sub(tab, owed);
  return { slice, owed, lotLeft, tabLeft, ends: isZero(lotLeft) || isZero(tabLeft) };
}
