/**
 * What the policies of an auto-deleveraging are asked: who holds how much, and what is wanted.
 * @module
 */
import type { Market } from './ledger.ts';

export type Holder = {
  readonly account: string;
  /** Magnitude. */
  readonly size: bigint;
  readonly equity: bigint;
  /** With collateral and debts at their weights. */
  readonly marginEquity: bigint;
  /** Unrealized PnL of the position, signed. */
  readonly profit: bigint;
  readonly entryValue: bigint;
  /** Maintenance margin of the account and of this leg. */
  readonly required: bigint;
  readonly legRequired: bigint;
  /** Exposure of the account to the factor by other positions, signed. */
  readonly elsewhere: bigint;
};

export type Deleveraging = {
  readonly holders: readonly Holder[];
  readonly kind: Market['kind'];
  readonly mark: bigint;
  readonly lot: bigint;
  readonly quantity: bigint;
  readonly gap: bigint;
  /** What a unit of the market moves by with the factor; null: only this leg counts. */
  readonly loading: bigint | null;
  /** Nobody closes beyond what keeps its hedges. */
  readonly protect: boolean;
  /** The holders are long. */
  readonly long: boolean;
  readonly riskExponent: number;
  readonly riskThreshold: bigint | null;
};

export type Seat = {
  readonly holder: Holder;
  readonly held: bigint;
  readonly cap: bigint;
  /** What weighs on leverage: lots, or exposure to the factor. */
  readonly weight: bigint;
};
export type Deal = {
  readonly seats: readonly Seat[];
  readonly wanted: bigint;
  readonly input: Deleveraging;
};

/** numerator / denominator, denominator > 0. */
export type Fraction = { readonly n: bigint; readonly d: bigint };

export const order = (a: Fraction, b: Fraction): number => {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};
