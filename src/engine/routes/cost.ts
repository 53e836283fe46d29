/** What a way out is expected to cost, all in. @module */
import { add, type Money, max, mulUp, type Ratio, sum, ZERO_RATIO } from '../../units/index.ts';
import type { RouteParameters, RoutingParameters } from '../schema/index.ts';
import type { PoolView } from '../state.ts';
import type { RouteMoment, RouteOffer } from './route.ts';

/** The most volatile market of the account decides what a wait may cost. */
export function routeVolatility(
  state: PoolView,
  routing: RoutingParameters,
  { account }: RouteMoment,
): Ratio {
  const own = account.positions.map(
    ({ market }) => state.markets[market]!.liquidity?.dailyVolatility ?? routing.dailyVolatility,
  );
  return own.length === 0 ? routing.dailyVolatility : own.reduce(max, ZERO_RATIO);
}

export function expectedRouteCost(
  _state: PoolView,
  input: {
    readonly routing: RoutingParameters;
    readonly moment: RouteMoment;
    readonly parameters: RouteParameters;
    readonly offer: RouteOffer;
  },
): Money {
  const { parameters, offer } = input;
  const charged = add(parameters.feeFraction, parameters.concessionFraction);
  return sum([offer.priceCost, mulUp(offer.notional, charged)]);
}
