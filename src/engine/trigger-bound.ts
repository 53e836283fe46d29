/**
 * What a certificate watches: one coordinate of the pool, and how far it may move before the
 * account has to be looked at again.
 * @module
 */
import { fromRaw, isQuantity, type Money, type Wad } from '../units/index.ts';

export type Bound = {
  /**
   * A mark, an index price, what a share of a desk's debts or claims is worth, or what a market's
   * positions have borne of losses.
   */
  readonly on: 'mark' | 'index' | 'debt' | 'supply' | 'loss';
  /** Market, index or desk number. */
  readonly number: number;
  readonly crossedBy: 'fall' | 'rise';
  /** The account must be looked at again at this value and beyond. */
  readonly at: Wad;
};

/** A leg of an account: how much it can move, and what it watches for a share of the surplus. */
export type Exposure = {
  readonly exposure: Money;
  readonly boundsAt: (share: Money) => readonly (Bound | null)[];
};

/** A bound at a value that nothing can reach is none; dust makes such bounds. */
export const boundOf = <U extends Wad>(raw: bigint): U | null =>
  raw > 0n && isQuantity(raw) ? fromRaw<U>(raw) : null;
