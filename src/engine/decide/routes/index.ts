/**
 * Steps along the ladder of a pool: which way is taken, what is done there, why it is left.
 * @module
 */
import { assert, type EngineTimeMs, engineTimeMs } from '../../../units/index.ts';
import { chosenRoute, type RouteMoment, routeEstimates, routeRung } from '../../routes/index.ts';
import type { RouteLeftReason } from '../../routes/route.ts';
import { needlessRoute } from '../../routes/rung.ts';
import type { Event, EventOf, RouteParameters, RoutingParameters } from '../../schema/index.ts';
import type { PoolView } from '../../state.ts';
import { stepWithAmm } from './amm.ts';
import { stepAuction, undoAuction } from './auction.ts';
import { stepWithVault } from './backstop.ts';
import { stepOnBook, stepOutside } from './book.ts';
import { stepDirect } from './direct.ts';

type Deciding = {
  /** What is done now. */
  readonly step: (
    state: PoolView,
    moment: RouteMoment,
    input: { readonly time: EngineTimeMs; readonly parameters: RouteParameters },
  ) => Event[];
  /** What must be ended before another way is taken. */
  readonly undo?: (state: PoolView, moment: RouteMoment, reason: RouteLeftReason) => Event[];
};

const DECIDING: { readonly [M in RouteParameters['method']]?: Deciding } = {
  book: { step: stepOnBook },
  outside: { step: stepOutside },
  direct: { step: stepDirect },
  amm: { step: stepWithAmm },
  backstop: { step: stepWithVault },
  auction: { step: stepAuction, undo: undoAuction },
};

function routingOf(state: PoolView): RoutingParameters {
  assert(state.routing !== null, 'ROUTING', 'a ladder was followed that nobody configured');
  return state.routing;
}

function currentRoute({ liquidation }: RouteMoment) {
  assert(liquidation.route !== null, 'ROUTING', 'no way had been chosen');
  return liquidation.route;
}

export function routeChosen(
  state: PoolView,
  moment: RouteMoment,
  time: EngineTimeMs,
): EventOf<'RouteChosen'> {
  const routing = routingOf(state);
  const { liquidation, account, margin } = moment;
  const estimates = routeEstimates(state, routing, moment);
  const route = chosenRoute(routing, estimates);
  assert(route !== null, 'ROUTING', 'a way to choose');
  return {
    type: 'RouteChosen',
    liquidation: liquidation.liquidation,
    account: account.id,
    choice: routing.choice,
    routes: estimates.map(({ parameters, expectedCost }) => ({
      method: parameters.method,
      venue: parameters.venue,
      expectedCost,
      expectedMs: parameters.expectedMs,
    })),
    route,
    untilMs: engineTimeMs(time + routing.routes[route]!.patienceMs),
    marginEquity: margin.marginEquity,
    maintenanceMargin: margin.maintenanceMargin,
  };
}

export function takeRoute(state: PoolView, moment: RouteMoment, time: EngineTimeMs): Event[] {
  const { place, method } = currentRoute(moment);
  const deciding = DECIDING[method];
  const parameters = routingOf(state).routes[place];
  assert(deciding !== undefined && parameters !== undefined, 'ROUTING', 'a way that is known');
  return deciding.step(state, moment, { time, parameters });
}

/** Why the way is left, where it is. */
export function leavingReason(state: PoolView, moment: RouteMoment): RouteLeftReason {
  const needless = needlessRoute(state, moment);
  if (needless !== null) return needless;
  const rung = routeRung(state, routingOf(state), moment);
  assert(rung?.rung === 'leave-route', 'ROUTING', 'a way to leave');
  return rung.reason;
}

export function leaveRoute(state: PoolView, moment: RouteMoment, reason: RouteLeftReason): Event[] {
  const { place, method, venue } = currentRoute(moment);
  const undone = DECIDING[method]?.undo?.(state, moment, reason) ?? [];
  const { liquidation, account } = moment;
  const whose = { liquidation: liquidation.liquidation, account: account.id };
  return [...undone, { type: 'RouteLeft', ...whose, route: place, method, venue, reason }];
}
