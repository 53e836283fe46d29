/**
 * What a market's uncertain price adds to the requirement for new risk.
 * @module
 */
import {
  fromRaw,
  type Money,
  max,
  type Ratio,
  rawOf,
  rawOfTripleUp,
  ZERO_RATIO,
} from '../units/index.ts';
import { medianNeighbors } from './weighted-median.ts';

/** What a live source says of its own price. */
export type SourceConfidence = {
  /** Half-width of its confidence interval per unit of price; null where it states none. */
  readonly confidence: Ratio | null;
  /** ≥ 0; how much the source counts in the price. */
  readonly weight: Ratio;
};

/**
 * Confidence of a price made of several sources: the weighted median of what they state, the
 * upper one where the weight divides in halves.
 *
 * As the price is: no source alone can make it uncertain for everybody, nor certain. A source
 * that states nothing, or less than nothing, counts as certain; without sources there is no doubt
 * that one of them could have stated.
 *
 * Units     Ratio
 * Rounding  None: the result is one of the values.
 * Source    Plimsoll
 */
export function medianConfidence(sources: readonly SourceConfidence[]): Ratio {
  const stated = sources.map(({ confidence, weight }) => {
    return { value: max(confidence ?? ZERO_RATIO, ZERO_RATIO), weight };
  });
  return medianNeighbors(stated)?.upper ?? ZERO_RATIO;
}

export type ConfidenceMarginInput = {
  /** ≥ 0 */
  readonly notional: Money;
  /** ≥ 0 */
  readonly confidence: Ratio;
  /** k ≥ 0 */
  readonly factor: Ratio;
};

/**
 * What a position's initial margin grows by while its price is uncertain.
 *
 *     min(⌈k · c · N⌉, N)
 *
 * Only the initial margin: doubt may stop an account from adding risk, but never liquidates it.
 * Never more than the notional: beyond it there is nothing more to lose by a wrong price.
 *
 * Units     Money × Ratio × Ratio → Money, ≥ 0
 * Rounding  Up, once: the claim is never understated.
 * Source    Plimsoll
 */
export function confidenceMargin({ notional, confidence, factor }: ConfidenceMarginInput): Money {
  const exact = rawOf(notional) * rawOf(confidence) * rawOf(factor);
  const added = rawOfTripleUp(exact);
  return added < rawOf(notional) ? fromRaw<Money>(added) : notional;
}
