/** Which of a pool's ways out is taken next. @module */
import type { Money } from '../../units/index.ts';
import { cmp } from '../../units/index.ts';
import type { RouteParameters, RoutingParameters } from '../schema/index.ts';
import type { PoolView } from '../state.ts';
import { expectedRouteCost } from './cost.ts';
import type { RouteMoment } from './route.ts';
import { routeOf } from './table.ts';

/** A place in the ladder with what it would cost now; null where it is not open or was tried. */
export type RouteEstimate = {
  readonly parameters: RouteParameters;
  readonly expectedCost: Money | null;
};

/** In the order of the ladder. */
export const routeEstimates = (
  state: PoolView,
  routing: RoutingParameters,
  moment: RouteMoment,
): readonly RouteEstimate[] =>
  routing.routes.map((parameters, place) => ({
    parameters,
    expectedCost: estimate(state, { routing, moment, parameters, place }),
  }));

function estimate(
  state: PoolView,
  input: {
    readonly routing: RoutingParameters;
    readonly moment: RouteMoment;
    readonly parameters: RouteParameters;
    readonly place: number;
  },
): Money | null {
  const { routing, moment, parameters, place } = input;
  if (moment.liquidation.tried.includes(place)) return null;
  const offer = routeOf(parameters.method)?.offer(state, moment, parameters) ?? null;
  return offer === null ? null : expectedRouteCost(state, { routing, moment, parameters, offer });
}

/** Place in the ladder; null where no way is open. Ties of cost fall to who stands first. */
export function chosenRoute(
  state: PoolView,
  routing: RoutingParameters,
  moment: RouteMoment,
): number | null {
  const estimates = routeEstimates(state, routing, moment);
  let best: number | null = null;
  for (const [place, { expectedCost }] of estimates.entries()) {
    if (expectedCost === null) continue;
    if (routing.choice === 'ladder') return place;
    if (best === null || cmp(expectedCost, estimates[best]!.expectedCost!) < 0) best = place;
  }
  return best;
}
