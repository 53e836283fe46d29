/** What a liquidation that follows the pool's ladder does next. @module */
import { eq, isNegative, neg } from '../../units/index.ts';
import { cooledAtMs } from '../cool-off.ts';
import { gateClosedForAccount } from '../gates.ts';
import { goesOnRestored, isDoneWithoutPositions, isRestored } from '../liquidation-release.ts';
import type { RoutingParameters } from '../schema/index.ts';
import { type PoolView, poolParameters } from '../state.ts';
import { coverOf, coverTotal } from '../waterfall.ts';
import { chosenRoute, routeEstimates } from './choice.ts';
import type { RouteLeftReason, RouteMoment } from './route.ts';
import { routeOf } from './table.ts';

export type RouteRung =
  | { readonly rung: 'choose-route' | 'take-route' | 'wait' }
  | { readonly rung: 'leave-route'; readonly reason: RouteLeftReason };

/** Null where no way is left: the account passes to takeover, or its collateral is converted. */
export function routeRung(
  state: PoolView,
  routing: RoutingParameters,
  moment: RouteMoment,
): RouteRung | null {
  const { route, routeUntilMs } = moment.liquidation;
  if (route === null) {
    const estimates = routeEstimates(state, routing, moment);
    if (chosenRoute(routing, estimates) !== null) return { rung: 'choose-route' };
    const waits = waitsForGate(state, routing, moment) || waitsToCool(state, routing, moment);
    return waits ? { rung: 'wait' } : null;
  }
  // The ladder was changed under it: what stands at its place now was not chosen.
  const provider = stillOffered(routing, route) ? routeOf(route.method) : undefined;
  if (provider === undefined) return { rung: 'leave-route', reason: 'unavailable' };
  const progress = provider.progress(state, moment);
  if (progress !== 'act' && progress !== 'wait') return { rung: 'leave-route', reason: progress };
  if (state.timeMs >= routeUntilMs) return { rung: 'leave-route', reason: 'out-of-time' };
  return { rung: progress === 'act' ? 'take-route' : 'wait' };
}

/** A way that was not tried may be open again once a gate is: a pause is not a try. */
function waitsForGate(state: PoolView, routing: RoutingParameters, moment: RouteMoment): boolean {
  const { account, liquidation } = moment;
  const untried = liquidation.tried.length < routing.routes.length;
  const gates = ['close-outs', 'takes'] as const;
  return untried && gates.some((gate) => gateClosedForAccount(state, gate, account));
}

/**
 * Liquidators may come once the account has cooled, if that is no longer than they would be waited
 * for anyway: others' profits are not closed meanwhile. Without positions nobody else is touched.
 */
function waitsToCool(
  state: PoolView,
  { routes }: RoutingParameters,
  { account, liquidation }: RouteMoment,
): boolean {
  const { startedMs } = liquidation;
  const cooledMs = cooledAtMs(state, account);
  if (account.positions.length === 0 || cooledMs === null || state.timeMs >= cooledMs) return false;
  return routes.some(
    ({ method, patienceMs }) => method === 'direct' && cooledMs <= startedMs + patienceMs,
  );
}

function stillOffered(
  { routes }: RoutingParameters,
  { place, method, venue }: NonNullable<RouteMoment['liquidation']['route']>,
): boolean {
  const now = routes[place];
  return now !== undefined && now.method === method && now.venue === venue;
}

/**
 * Whoever was covered stands at nothing, and every unit that it loses makes it bankrupt again.
 * While the fund makes that good, its auction goes on: started anew each time, it would neither
 * come to what a bidder takes the account for, nor ever end.
 */
function isCoveredAgain(state: PoolView, { liquidation, margin }: RouteMoment): boolean {
  if (liquidation.auction?.phase !== 'insolvent') return false;
  const deficit = neg(margin.equity);
  return eq(coverTotal(coverOf(state, liquidation, deficit)), deficit);
}

/** A way is not walked to its end once the account needs it no more, or cannot afford it. */
export function needlessRoute(state: PoolView, moment: RouteMoment): RouteLeftReason | null {
  const { liquidation, account, margin } = moment;
  if (liquidation.route === null) return null;
  if (!goesOnRestored(state, liquidation) && isRestored(state, margin)) return 'restored';
  if (account.positions.length > 0) {
    if (isNegative(margin.equity) && !isCoveredAgain(state, moment)) return 'bankrupt';
  } else {
    // What is still held is sold for as much of the debt as it brings.
    if (isDoneWithoutPositions(state, moment)) return 'restored';
    if (account.collaterals.length === 0) return 'exhausted';
  }
  return liquidation.steps >= poolParameters(state).closeOutStepsMax ? 'exhausted' : null;
}
