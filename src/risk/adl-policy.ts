/**
 * The shape of a deleveraging policy: who gives up how many lots. A policy knows nothing about
 * money taken, stages or rounding to lots' sizes; adding one is one file and one line in
 * `adl-allocation.ts`.
 * @module
 */
import type { Price, Ratio } from '../units/index.ts';
import type { AdlMarket } from './adl-candidate.ts';
import type { AdlSeats } from './adl-seats.ts';
import type { Quotient } from './exact-quotient.ts';

/** How positions in other markets count. */
export type AdlFactorTerms = {
  /**
   * What a unit of this market moves by with the factor, > 0; absent: positions stand alone.
   * Of linear contracts only.
   */
  readonly factorLoading?: Price | null;
  /**
   * `protect`: nobody is closed so far that its factor leverage rises, even if the quantity
   * cannot be closed then. `ignore`, the default: hedges may be closed.
   */
  readonly hedges?: 'ignore' | 'protect';
};

/** How much more a risky winner gives up, for the policy that asks. */
export type AdlRiskTerms = {
  /** Power of leverage, a whole number from 0 to 4; absent: 1. Not used with a threshold. */
  readonly riskExponent?: number;
  /** Leverage up to which nothing is taken, ≥ 0; absent: none. */
  readonly riskThreshold?: Ratio | null;
};

export type AdlPolicyInput = {
  readonly market: AdlMarket;
  /** What is to be given up in all: at least 1 and at most the sum of the caps. */
  readonly quantity: bigint;
  readonly seats: AdlSeats;
  /** Parts of an exposure that one lot is, > 0; absent: 1. */
  readonly partsPerLot?: bigint;
} & AdlRiskTerms;

export type AdlShares = {
  /** Per seat, between 0 and its cap; they sum to the quantity. */
  readonly lots: readonly bigint[];
  /** Parts per 1e-18 of equity down to which exposures were cut; null for policies without. */
  readonly level: Quotient | null;
};

/** Total and deterministic; independent of the order of the seats. */
export type AdlPolicy = (input: AdlPolicyInput) => AdlShares;
