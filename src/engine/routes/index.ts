/** The ladder of a pool: which way a liquidation takes, and when it goes on to the next. @module */
export { chosenRoute, type RouteEstimate, routeEstimates } from './choice.ts';
export type { Route, RouteMoment, RouteOffer } from './route.ts';
export { type RouteRung, routeRung } from './rung.ts';
