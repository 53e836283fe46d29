/**
 * Profit or loss of an open position at a mark price.
 * @module
 */
import { type Money, type Price, type Size, sub } from '../units/index.ts';
import { type ContractKind, contractValueDown } from './contract-value.ts';

export type UnrealizedPnlInput = {
  readonly kind: ContractKind;
  readonly size: Size;
  /** Σ of the values at which the position was entered, signed as the position's own value. */
  readonly entryValue: Money;
  readonly markPrice: Price;
};

/**
 * Unrealized PnL of a position.
 *
 *     linear  size · mark − entryValue          inverse  −size / mark − entryValue
 *
 * Units     Size × Price → Money, signed; + is profit
 * Rounding  Down, once, by the value of the contract (the entry value is exact): profit is never
 *           overstated and a loss never understated. A long's and the equal short's sum to 0 or
 *           −1 unit.
 * Source    Plimsoll
 */
export function unrealizedPnl({ kind, size, entryValue, markPrice }: UnrealizedPnlInput): Money {
  return sub(contractValueDown({ kind, size, price: markPrice }), entryValue);
}
