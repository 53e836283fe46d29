/** The pool's own order book, and outside venues that orders are sent to. @module */
import { abs, mulUp, sum, ZERO_SIZE } from '../../units/index.ts';
import {
  type CloseOutPlan,
  closeOutPlan,
  type LegTerms,
  type PlannedLeg,
  plannedNotionals,
} from '../close-out-plan.ts';
import { isOpenForCloseOuts } from '../close-out-room.ts';
import { type PoolView, poolParameters } from '../state.ts';
import type { Route, RouteMoment, RouteOffer } from './route.ts';

/** What would be closed, and whether that waits for room in a market. */
type UsefulPlan = { readonly plan: CloseOutPlan; readonly lastResort: boolean };

/** Null where nothing may be closed, or closing would cost more than it releases. */
function usefulPlan(state: PoolView, moment: RouteMoment): UsefulPlan | null {
  const { account, liquidation, margin } = moment;
  if (account.positions.length === 0) return null;
  const plan = closeOutPlan(state, liquidation, margin);
  if (plan.toxic) return null;
  if (plan.next !== null) return { plan, lastResort: false };
  // A market that is full for the moment is a pause and no end: deleveraging would take from
  // others what the book takes a little later. Whatever is open now comes first, though.
  const roomy = closeOutPlan(state, liquidation, margin, (planned) =>
    onceThereIsRoom(state, planned),
  );
  return roomy.toxic || roomy.next === null ? null : { plan: roomy, lastResort: true };
}

/** All of a leg, unless a gate or the expiry of its market is what keeps it from being closed. */
function onceThereIsRoom(state: PoolView, { leg, slippage }: PlannedLeg): ReturnType<LegTerms> {
  const { market, size } = leg.position;
  return { closable: isOpenForCloseOuts(state, market) ? abs(size) : ZERO_SIZE, slippage };
}

/** What the plan expects of the pool's own book. */
function bookOffer(state: PoolView, moment: RouteMoment): RouteOffer | null {
  const useful = usefulPlan(state, moment);
  if (useful === null) return null;
  const { plan, lastResort } = useful;
  const priceCost = sum(plan.closes.expectedCosts);
  return { notional: sum(plannedNotionals(plan)), priceCost, lastResort };
}

/** The same sizes at an outside venue: the penalty is known, the rest is what the route states. */
function outsideOffer(state: PoolView, moment: RouteMoment): RouteOffer | null {
  const useful = usefulPlan(state, moment);
  if (useful === null) return null;
  const { plan, lastResort } = useful;
  const notionals = plannedNotionals(plan);
  const penalties = plan.legs.map(({ penaltyFraction }, at) =>
    mulUp(notionals[at]!, penaltyFraction),
  );
  return { notional: sum(notionals), priceCost: sum(penalties), lastResort };
}

/** Orders go out until several in a row found nobody, or nothing is left to close. */
function progress(state: PoolView, { liquidation, account }: RouteMoment) {
  if (account.positions.length === 0) return 'unavailable';
  const { bookAttemptsMax } = poolParameters(state);
  return liquidation.attempts >= bookAttemptsMax ? 'exhausted' : 'act';
}

export const BOOK: Route = { offer: bookOffer, progress };
export const OUTSIDE: Route = { offer: outsideOffer, progress };
