/** Liquidators who take over positions at a bonus. @module */
import {
  add,
  isNegative,
  isZero,
  type Money,
  mulUp,
  sub,
  sum,
  valueUp,
} from '../../units/index.ts';
import { legsBySize } from '../account-legs.ts';
import { coolsOff } from '../cool-off.ts';
import { directDebt, directRepayment } from '../direct-debt.ts';
import { directLeg, directTake } from '../direct-terms.ts';
import { gateClosedForAccount, gateClosedForMarket, gateClosedForPool } from '../gates.ts';
import { isRestored } from '../liquidation-release.ts';
import type { DirectParameters } from '../schema/index.ts';
import type { PoolView } from '../state.ts';
import type { Route, RouteMoment, RouteOffer, RouteProgress } from './route.ts';

/** The terms, where the account is open to liquidators: a bankrupt one has no bonus to give. */
function openTerms(state: PoolView, { account, margin }: RouteMoment): DirectParameters | null {
  const { direct } = state;
  const isOwing = account.debts.length > 0 && account.collaterals.length > 0;
  if (direct === null || isNegative(margin.equity)) return null;
  if (account.positions.length === 0 && !isOwing) return null;
  return coolsOff(state, account, state.timeMs) ? null : direct;
}

/**
 * As if liquidators took what restores the account, the largest leg first; of the legs that no
 * gate keeps from being taken.
 */
function offer(state: PoolView, moment: RouteMoment): RouteOffer | null {
  const direct = openTerms(state, moment);
  if (direct === null) return null;
  if (moment.account.positions.length === 0) return debtOffer(state, direct, moment);
  const notionals: Money[] = [];
  const costs: Money[] = [];
  let { margin } = moment;
  for (const leg of legsBySize(state, moment.account)) {
    if (isShut(state, leg.position.market)) continue;
    const now = { ...moment, margin };
    const terms = directLeg(state, { direct, moment: now, leg });
    const { notional, released, bonus } = directTake(now, terms, terms.most);
    const cost = add(bonus, mulUp(notional, terms.penaltyFraction));
    notionals.push(notional);
    costs.push(cost);
    margin = {
      ...margin,
      equity: sub(margin.equity, cost),
      marginEquity: sub(margin.marginEquity, cost),
      maintenanceMargin: sub(margin.maintenanceMargin, released),
    };
    if (isRestored(state, margin)) break;
  }
  if (notionals.length === 0) return null;
  return { notional: sum(notionals), priceCost: sum(costs) };
}

/** As if all that may be repaid of the first debt were, for the first collateral. */
function debtOffer(
  state: PoolView,
  direct: DirectParameters,
  moment: RouteMoment,
): RouteOffer | null {
  const { debts, collaterals } = moment.account;
  if (gateClosedForPool(state, 'close-outs') || gateClosedForPool(state, 'takes')) return null;
  const [debt, holding] = [debts[0]!, collaterals[0]!];
  const terms = directDebt(state, { direct, moment, debt, holding });
  if (isZero(terms.most)) return null;
  const { amount } = directRepayment(terms, terms.most);
  const notional = valueUp(amount, terms.owed.price);
  return { notional, priceCost: mulUp(notional, terms.bonus) };
}

const isShut = (state: PoolView, market: number): boolean =>
  gateClosedForMarket(state, 'close-outs', market) || gateClosedForMarket(state, 'takes', market);

/** Everything but the auction of priority waits for liquidators. */
function progress(state: PoolView, moment: RouteMoment): RouteProgress {
  const direct = openTerms(state, moment);
  if (direct === null) return isNegative(moment.margin.equity) ? 'bankrupt' : 'unavailable';
  return priorityIsDue(state, direct, moment) ? 'act' : 'wait';
}

/** A window is to be opened, or the right to be awarded; neither while nothing may be taken. */
function priorityIsDue(
  state: PoolView,
  direct: DirectParameters,
  { liquidation, account }: RouteMoment,
): boolean {
  if (gateClosedForAccount(state, 'takes', account)) return false;
  const { priority } = liquidation;
  if (priority === null) return direct.priorityWindowMs > 0;
  return !priority.awarded && state.timeMs >= priority.untilMs;
}

export const DIRECT: Route = { offer, progress };
