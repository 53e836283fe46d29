/**
 * What a position is worth in the settlement asset, for linear contracts (size in base units,
 * value size · price) and inverse contracts (size in quote units, value −size / price in coin).
 * Everything downstream is written once, in terms of these values.
 * @module
 */
import {
  abs,
  coinNotionalDown,
  coinNotionalUp,
  isNegative,
  type Money,
  neg,
  notionalDown,
  notionalUp,
  type Price,
  type Size,
} from '../units/index.ts';

export type ContractKind = 'linear' | 'inverse';

export type ContractAt = {
  readonly kind: ContractKind;
  /** Signed; base units (linear) or quote units (inverse). */
  readonly size: Size;
  readonly price: Price;
};

/**
 * Signed value of a position at a price: what the account would be credited for it.
 *
 *     linear  size · price          inverse  −size / price
 *
 * Units     Size × Price → Money, signed
 * Rounding  Down: never overstates the account. A long's value plus the equal short's value is
 *           0 or −1 unit, so valuing both sides never creates money.
 */
export function contractValueDown({ kind, size, price }: ContractAt): Money {
  return kind === 'linear' ? notionalDown(size, price) : neg(coinNotionalUp(size, price));
}

/**
 * Notional of a position, without sign.
 *
 * Units     Size × Price → Money, ≥ 0
 * Rounding  Up: requirements are computed on it and must not be understated.
 */
export function contractNotional({ kind, size, price }: ContractAt): Money {
  return kind === 'linear' ? notionalUp(abs(size), price) : coinNotionalUp(abs(size), price);
}

export type ContractWorth = {
  /** As `contractValueDown`. */
  readonly value: Money;
  /** As `contractNotional`. */
  readonly notional: Money;
};

/**
 * Value and notional of a position together, for whoever needs both.
 *
 * Units     Size × Price → Money, signed, and Money, ≥ 0
 * Rounding  Value down, notional up. On the side whose value is negative both roundings go away
 *           from zero, so that one is the other's exact negation and is not computed twice.
 */
export function contractWorth({ kind, size, price }: ContractAt): ContractWorth {
  const value = contractValueDown({ kind, size, price });
  if (isNegative(value)) return { value, notional: neg(value) };
  return { value, notional: contractNotional({ kind, size, price }) };
}

/**
 * Entry value that a fill of `size` (signed, from the buyer's or the seller's side) adds.
 *
 * Units     Size × Price → Money, signed
 * Rounding  The buyer's side is rounded down (linear: pays at most the exact product; inverse:
 *           −size/price toward −∞) and the seller's side is its exact negation, so that the
 *           entry values of the two counterparties always sum to zero.
 */
export function fillValue({ kind, size, price }: ContractAt): Money {
  if (isNegative(size)) return neg(fillValue({ kind, size: neg(size), price }));
  return kind === 'linear' ? notionalDown(size, price) : neg(coinNotionalUp(size, price));
}

/**
 * Notional rounded down, for caps and displays that must not overstate.
 *
 * Units     Size × Price → Money, ≥ 0
 * Rounding  Down.
 */
export function contractNotionalDown({ kind, size, price }: ContractAt): Money {
  return kind === 'linear' ? notionalDown(abs(size), price) : coinNotionalDown(abs(size), price);
}
