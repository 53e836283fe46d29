/** The ladder of a pool: which way a liquidation takes, and when it goes on to the next. @module */
export { chosenRoute, routeEstimates } from './choice.ts';
export type { RouteMoment } from './route.ts';
export { routeRung } from './rung.ts';
