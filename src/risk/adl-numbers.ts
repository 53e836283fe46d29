/**
 * Quantities of many candidates in columns of floating point: what is clearly apart is decided by
 * them, and no exact quantity has to be worked out for it.
 * @module
 */
import { rawOf } from '../units/index.ts';
import type { AdlCandidate } from './adl-candidate.ts';

/** Of each candidate the nearest numbers, in units of 1e-18, with the signs of the quantities. */
export type AdlNumbers = {
  readonly sizes: Float64Array;
  readonly equities: Float64Array;
  readonly profits: Float64Array;
};

/**
 * Sizes, equities and unrealized PnL as numbers.
 *
 * Units     Size and Money → units of 1e-18
 * Rounding  To nearest: they decide nothing but what is clearly apart (`isClearlyBelow`).
 * Source    Plimsoll
 */
export function adlNumbers(candidates: readonly AdlCandidate[]): AdlNumbers {
  const sizes = new Float64Array(candidates.length);
  const equities = new Float64Array(candidates.length);
  const profits = new Float64Array(candidates.length);
  for (let at = 0; at < candidates.length; at += 1) {
    const candidate = candidates[at]!;
    sizes[at] = Number(rawOf(candidate.size));
    equities[at] = Number(rawOf(candidate.equity));
    profits[at] = Number(rawOf(candidate.unrealizedPnl));
  }
  return { sizes, equities, profits };
}

/**
 * The numbers of some of the candidates.
 *
 * Units     of 1e-18
 * Rounding  None.
 * Source    Plimsoll
 */
export function numbersAt(numbers: AdlNumbers, chosen: readonly number[]): AdlNumbers {
  const of = (column: Float64Array) => Float64Array.from(chosen, (at) => column[at]!);
  const { sizes, equities, profits } = numbers;
  return { sizes: of(sizes), equities: of(equities), profits: of(profits) };
}
