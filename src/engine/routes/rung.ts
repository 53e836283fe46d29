/** What a liquidation that follows the pool's ladder does next. @module */
import { isNegative } from '../../units/index.ts';
import { isOpenForCloseOuts } from '../close-out-room.ts';
import { goesOnRestored, isRestored } from '../liquidation-release.ts';
import type { RoutingParameters } from '../schema/index.ts';
import { type PoolView, poolParameters } from '../state.ts';
import { chosenRoute } from './choice.ts';
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
    if (chosenRoute(state, routing, moment) !== null) return { rung: 'choose-route' };
    // A gate is no reason to give up: what it closes opens again.
    return isGated(state, moment) ? { rung: 'wait' } : null;
  }
  // The ladder was changed under it: what stands at its place now was not chosen.
  const provider = stillOffered(routing, route) ? routeOf(route.method) : undefined;
  if (provider === undefined) return { rung: 'leave-route', reason: 'unavailable' };
  const progress = provider.progress(state, moment);
  if (progress !== 'act' && progress !== 'wait') return { rung: 'leave-route', reason: progress };
  if (state.timeMs >= routeUntilMs) return { rung: 'leave-route', reason: 'out-of-time' };
  return { rung: progress === 'act' ? 'take-route' : 'wait' };
}

const isGated = (state: PoolView, { account }: RouteMoment): boolean =>
  account.positions.some(({ market }) => !isOpenForCloseOuts(state, market));

function stillOffered(
  { routes }: RoutingParameters,
  { place, method, venue }: NonNullable<RouteMoment['liquidation']['route']>,
): boolean {
  const now = routes[place];
  return now !== undefined && now.method === method && now.venue === venue;
}

/** A way is not walked to its end once the account needs it no more, or cannot afford it. */
export function needlessRoute(state: PoolView, moment: RouteMoment): RouteLeftReason | null {
  const { liquidation, margin } = moment;
  if (liquidation.route === null) return null;
  if (!goesOnRestored(state, liquidation) && isRestored(state, margin)) return 'restored';
  if (isNegative(margin.equity)) return 'bankrupt';
  return liquidation.steps >= poolParameters(state).closeOutStepsMax ? 'exhausted' : null;
}
