/** What a way out is expected to cost, all in. @module */
import { routeCost } from '../../risk/index.ts';
import { assert, type Money, max, type Ratio, ZERO_MONEY, ZERO_RATIO } from '../../units/index.ts';
import type { RouteParameters, RoutingParameters } from '../schema/index.ts';
import type { PoolView } from '../state.ts';
import type { RouteMoment, RouteOffer } from './route.ts';

/** The most volatile market of the account decides what a wait is charged with. */
function volatilityOf(
  state: PoolView,
  routing: RoutingParameters,
  { account }: RouteMoment,
): Ratio {
  if (account.positions.length === 0) return routing.dailyVolatility;
  return account.positions
    .map(({ market }) => state.markets[market]!.liquidity?.dailyVolatility)
    .map((volatility) => volatility ?? routing.dailyVolatility)
    .reduce(max, ZERO_RATIO);
}

/**
 * What a fill by this way costs, with what its failed tries before it cost: trying ways by rising
 * cost per fill is the order in which the whole ladder costs least (see `routeCost`).
 */
export function expectedRouteCost(
  state: PoolView,
  input: {
    readonly routing: RoutingParameters;
    readonly moment: RouteMoment;
    readonly parameters: RouteParameters;
    readonly offer: RouteOffer;
  },
): Money {
  const { routing, moment, parameters, offer } = input;
  const { rungs } = routeCost({
    notional: offer.notional,
    dailyVolatility: volatilityOf(state, routing, moment),
    urgency: routing.waitingDeviations,
    fallbackCost: ZERO_MONEY,
    rungs: [
      {
        method: parameters.method,
        concessionFraction: parameters.concessionFraction,
        impactCost: max(offer.priceCost, ZERO_MONEY),
        feeFraction: parameters.feeFraction,
        delayMs: parameters.expectedMs,
        failureProbability: parameters.failureProbability,
      },
    ],
  });
  const cost = rungs[0]!.costPerFill;
  assert(cost !== null, 'ROUTING', 'a way that always fails is no way');
  return cost;
}
