/** The pool's own order book, and outside venues that orders are sent to. @module */
import { mulUp, sum } from '../../units/index.ts';
import { type CloseOutPlan, closeOutPlan, plannedNotionals } from '../close-out-plan.ts';
import { type PoolView, poolParameters } from '../state.ts';
import type { Route, RouteMoment, RouteOffer } from './route.ts';

/** Null where nothing would be closed, or closing would cost more than it releases. */
function usefulPlan(state: PoolView, moment: RouteMoment): CloseOutPlan | null {
  const { account, liquidation, margin } = moment;
  if (account.positions.length === 0) return null;
  const plan = closeOutPlan(state, liquidation, margin);
  return plan.toxic || plan.next === null ? null : plan;
}

/** What the plan expects of the pool's own book. */
function bookOffer(state: PoolView, moment: RouteMoment): RouteOffer | null {
  const plan = usefulPlan(state, moment);
  if (plan === null) return null;
  return { notional: sum(plannedNotionals(plan)), priceCost: sum(plan.closes.expectedCosts) };
}

/** The same sizes at an outside venue: the penalty is known, the rest is what the route states. */
function outsideOffer(state: PoolView, moment: RouteMoment): RouteOffer | null {
  const plan = usefulPlan(state, moment);
  if (plan === null) return null;
  const notionals = plannedNotionals(plan);
  const penalties = plan.legs.map(({ penaltyFraction }, at) =>
    mulUp(notionals[at]!, penaltyFraction),
  );
  return { notional: sum(notionals), priceCost: sum(penalties) };
}

/** Orders go out until several in a row found nobody, or nothing is left to close. */
function progress(state: PoolView, { liquidation, account }: RouteMoment) {
  if (account.positions.length === 0) return 'unavailable';
  const { bookAttemptsMax } = poolParameters(state);
  return liquidation.attempts >= bookAttemptsMax ? 'exhausted' : 'act';
}

export const BOOK: Route = { offer: bookOffer, progress };
export const OUTSIDE: Route = { offer: outsideOffer, progress };
