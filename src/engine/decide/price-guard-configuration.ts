/** Decision on what a market's prices must satisfy before risk is taken on by them. @module */
import { isPositive, lte, type Ratio } from '../../units/index.ts';
import { FACTOR_MAX } from '../limits.ts';
import type { CommandOf, Outcome, PriceGuardParameters } from '../schema/index.ts';
import type { MarketView, PoolView } from '../state.ts';
import { type Bound, brokenBound, DURATION_EXPECTED, isDuration } from './bounds.ts';
import { accepted, rejected } from './outcome.ts';

const FACTOR_EXPECTED = 'above 0, up to 1000000';

const isFactor = (value: Ratio | null): boolean =>
  value === null || (isPositive(value) && lte(value, FACTOR_MAX));

export function configurePriceGuards(
  state: PoolView,
  { parameters }: CommandOf<'ConfigurePriceGuards'>,
): Outcome {
  const { market } = parameters;
  const number = state.numbers.markets.get(market);
  if (number === undefined) return rejected('MARKET_UNKNOWN', { market });
  const stalenessMsMax = oldestForMargin(state, state.markets[number]!);
  const broken = brokenBound(guardBounds(parameters, stalenessMsMax));
  return broken ?? accepted({ type: 'PriceGuardsConfigured', parameters });
}

/** Age up to which anything that the mark rests on may still count. */
const oldestForMargin = (state: PoolView, { index, parameters }: MarketView): number =>
  Math.max(state.indexes[index]!.parameters.stalenessMsMax, parameters.bookStalenessMsMax);

function guardBounds(guards: PriceGuardParameters, stalenessMsMax: number): readonly Bound[] {
  const { stableTimeConstantMs, deviationMax, tradingStalenessMsMax } = guards;
  const isStable = stableTimeConstantMs === null || isDuration(stableTimeConstantMs);
  return [
    [isStable, 'stableTimeConstantMs', DURATION_EXPECTED],
    [isFactor(deviationMax), 'deviationMax', FACTOR_EXPECTED],
    [
      deviationMax === null || stableTimeConstantMs !== null,
      'deviationMax',
      'null where there is no stable price',
    ],
    [isFactor(guards.markStepPerSecond), 'markStepPerSecond', FACTOR_EXPECTED],
    [isFactor(guards.confidenceFactor), 'confidenceFactor', FACTOR_EXPECTED],
    [
      tradingStalenessMsMax === null ||
        (tradingStalenessMsMax > 0 && tradingStalenessMsMax <= stalenessMsMax),
      'tradingStalenessMsMax',
      `above 0, up to the staleness for margin, ${stalenessMsMax}`,
    ],
  ];
}
