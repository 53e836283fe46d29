/** The decision on how positions in other markets count when somebody is deleveraged. @module */
import { isPositive } from '../../units/index.ts';
import { isModerate, MONEY_MAX_TEXT } from '../limits.ts';
import type { CommandOf, DeleveragingParameters, Outcome } from '../schema/index.ts';
import { marketNumber, type PoolView } from '../state.ts';
import { type Bound, brokenBound } from './bounds.ts';
import { accepted, rejected } from './outcome.ts';

export function configureDeleveraging(
  state: PoolView,
  { parameters }: CommandOf<'ConfigureDeleveraging'>,
): Outcome {
  const { loadings } = parameters;
  const broken = brokenBound(loadingBounds(parameters));
  if (broken !== null) return broken;
  for (const { market } of loadings) {
    if (!state.numbers.markets.has(market)) return rejected('MARKET_UNKNOWN', { market });
  }
  const linear = loadings.every(({ market }) => {
    return state.markets[marketNumber(state, market)]!.parameters.kind === 'linear';
  });
  // What an inverse contract moves by depends on where the price stands: no constant says it.
  const inverse = brokenBound([[linear, 'loadings', 'linear markets']]);
  return inverse ?? accepted({ type: 'DeleveragingConfigured', parameters });
}

function loadingBounds({ hedges, loadings }: DeleveragingParameters): readonly Bound[] {
  const markets = loadings.map(({ market }) => market);
  const lawful = loadings.every(({ loading }) => isPositive(loading) && isModerate(loading));
  return [
    [new Set(markets).size === markets.length, 'loadings', 'each market at most once'],
    [lawful, 'loadings', `loadings above 0, up to ${MONEY_MAX_TEXT}`],
    [hedges === 'ignore' || loadings.length > 0, 'loadings', 'some, where hedges are protected'],
  ];
}
