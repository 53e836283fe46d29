/** Decision on the ladder: which ways a liquidation takes, and in which order. @module */
import { isNegative, lt, lte, ONE_RATIO } from '../../units/index.ts';
import type { CommandOf, Outcome, RouteParameters, RoutingParameters } from '../schema/index.ts';
import type { PoolView } from '../state.ts';
import {
  type Bound,
  brokenBound,
  DELAY_EXPECTED,
  DURATION_EXPECTED,
  FRACTION_EXPECTED,
  isDelay,
  isDuration,
  isFraction,
  isVolatility,
  MODEL_MAX,
  MODEL_MAX_TEXT,
  VOLATILITY_EXPECTED,
} from './bounds.ts';
import { accepted } from './outcome.ts';

/** More ways than there are kinds of them and venues to think of: a ladder is read by people. */
const ROUTES_MAX = 16;

export function configureRouting(
  _state: PoolView,
  { parameters }: CommandOf<'ConfigureRouting'>,
): Outcome {
  const broken = brokenBound([
    ...ladderBounds(parameters),
    ...parameters.routes.flatMap(routeBounds),
  ]);
  return broken ?? accepted({ type: 'RoutingConfigured', parameters });
}

function ladderBounds(routing: RoutingParameters): readonly Bound[] {
  const { routes, dailyVolatility, waitingDeviations } = routing;
  const distinct = new Set(routes.map(({ method, venue }) => `${method} ${venue ?? ''}`)).size;
  return [
    [routes.length > 0 && routes.length <= ROUTES_MAX, 'routes', `1 to ${ROUTES_MAX} of them`],
    [distinct === routes.length, 'routes', 'each way once'],
    [isVolatility(dailyVolatility), 'dailyVolatility', VOLATILITY_EXPECTED],
    [
      !isNegative(waitingDeviations) && lte(waitingDeviations, MODEL_MAX),
      'waitingDeviations',
      `from 0 to ${MODEL_MAX_TEXT}`,
    ],
  ];
}

function routeBounds(route: RouteParameters): readonly Bound[] {
  const { feeFraction, concessionFraction, failureProbability, venue, method } = route;
  return [
    [(venue !== null) === (method === 'outside'), 'venue', 'set for outside, null otherwise'],
    [isFraction(feeFraction), 'feeFraction', FRACTION_EXPECTED],
    [isFraction(concessionFraction), 'concessionFraction', FRACTION_EXPECTED],
    [
      !isNegative(failureProbability) && lt(failureProbability, ONE_RATIO),
      'failureProbability',
      'from 0, below 1',
    ],
    [isDelay(route.expectedMs), 'expectedMs', DELAY_EXPECTED],
    [isDuration(route.patienceMs), 'patienceMs', DURATION_EXPECTED],
  ];
}
