/** Which of a pool's ways out is taken next. @module */
import { cmp, type Money } from '../../units/index.ts';
import type { RouteParameters, RoutingParameters } from '../schema/index.ts';
import type { PoolView } from '../state.ts';
import { expectedRouteCost } from './cost.ts';
import type { RouteMoment } from './route.ts';
import { routeOf } from './table.ts';

/** A place in the ladder with what it would cost now; null where it is not open or was tried. */
export type RouteEstimate = {
  readonly parameters: RouteParameters;
  readonly expectedCost: Money | null;
  readonly lastResort: boolean;
};

/** In the order of the ladder. */
export const routeEstimates = (
  state: PoolView,
  routing: RoutingParameters,
  moment: RouteMoment,
): readonly RouteEstimate[] =>
  routing.routes.map((parameters, place) => {
    const tried = moment.liquidation.tried.includes(place);
    const offer = tried
      ? null
      : (routeOf(parameters.method)?.offer(state, moment, parameters) ?? null);
    return {
      parameters,
      expectedCost: offer && expectedRouteCost(state, { routing, moment, parameters, offer }),
      lastResort: offer?.lastResort ?? false,
    };
  });

/**
 * Place in the ladder; null where no way is open. Ties of cost fall to who stands first; what is
 * a last resort stands behind everything else.
 */
export function chosenRoute(
  { choice }: RoutingParameters,
  estimates: readonly RouteEstimate[],
): number | null {
  const open = estimates.filter(({ expectedCost }) => expectedCost !== null);
  const resorts = open.every(({ lastResort }) => lastResort);
  let best: number | null = null;
  for (const [place, { expectedCost, lastResort }] of estimates.entries()) {
    if (expectedCost === null || lastResort !== resorts) continue;
    if (choice === 'ladder') return place;
    if (best === null || cmp(expectedCost, estimates[best]!.expectedCost!) < 0) best = place;
  }
  return best;
}
