/** Effects of liquidation events. @module */
import {
  abs,
  add,
  engineTimeMs,
  neg,
  sub,
  ZERO_MONEY,
  ZERO_RATIO,
  ZERO_SIZE,
} from '../../units/index.ts';
import { legsBySize } from '../account-legs.ts';
import { marginRatioOf } from '../margin.ts';
import type { EventOf } from '../schema/index.ts';
import {
  accountNumber,
  type LiquidationState,
  marketNumber,
  marketToChange,
  type PoolState,
} from '../state.ts';
import { payFromFund } from './fund-payment.ts';
import { addCollateral, addToInsuranceFund, applyPositionChange, credit, touch } from './ledger.ts';

/** The running liquidation of an event; every event about it makes it worth looking at again. */
export function running(state: PoolState, number: number): LiquidationState {
  state.changes.liquidations.push(number);
  return state.liquidations.get(number)!;
}

/** What was changed may open or close the way for every one of them. */
export function wakeAll(state: PoolState): void {
  for (const number of state.liquidations.keys()) state.changes.liquidations.push(number);
}

/** Only a waterfall and shared losses ask: the account's largest position. */
function lossMarketOf(state: PoolState, account: number): number | null {
  if (state.waterfall === null && state.lossSharing === null) return null;
  return legsBySize(state, state.accounts[account]!)[0]?.position.market ?? null;
}

export function liquidationStarted(state: PoolState, event: EventOf<'LiquidationStarted'>): void {
  const account = accountNumber(state, event.account);
  touch(state, account).liquidation = event.liquidation;
  state.notices.delete(account);
  state.nextLiquidation = event.liquidation + 1;
  state.liquidations.set(event.liquidation, {
    liquidation: event.liquidation,
    account,
    order: null,
    steps: 0,
    attempts: 0,
    takeover: false,
    lossMarket: lossMarketOf(state, account),
    coverPaid: ZERO_MONEY,
    cover: { buffer: ZERO_MONEY, tranches: [] },
    notBeforeMs: engineTimeMs(0),
    startedMs: state.timeMs,
    orderedMs: engineTimeMs(0),
    ordered: [],
    turn: state.turn + 1,
    marginRatio: marginRatioOf(event),
    penaltyFraction: ZERO_RATIO,
    orderStyle: 'immediate-or-cancel',
    route: null,
    routeUntilMs: engineTimeMs(0),
    tried: [],
    finder: null,
    priority: null,
    auction: null,
  });
  state.changes.liquidations.push(event.liquidation);
}

export function closeOutPlanned(state: PoolState, event: EventOf<'CloseOutPlanned'>): void {
  const liquidation = running(state, event.liquidation);
  liquidation.penaltyFraction = event.penaltyFraction;
  liquidation.orderStyle = event.orderStyle;
}

export function closeOutOrderPlaced(state: PoolState, event: EventOf<'CloseOutOrderPlaced'>): void {
  const liquidation = running(state, event.liquidation);
  const market = marketNumber(state, event.market);
  liquidation.steps += 1;
  liquidation.order = {
    order: event.order,
    market,
    size: event.size,
    filled: ZERO_SIZE,
    limitPrice: event.limitPrice,
    expiresAtMs: event.expiresAtMs,
    venue: null,
    canceling: false,
  };
  const marketState = marketToChange(state, market);
  marketState.openOrdersSize = add(marketState.openOrdersSize, abs(event.size));
  if (liquidation.orderedMs !== state.timeMs) liquidation.ordered = [];
  liquidation.orderedMs = state.timeMs;
  liquidation.ordered.push(market);
  state.nextOrder = event.order + 1;
  state.orders.set(event.order, event.liquidation);
  tried(state, liquidation, event);
}

export function orderCancelRequested(
  state: PoolState,
  event: EventOf<'OrderCancelRequested'>,
): void {
  running(state, event.liquidation).order!.canceling = true;
}

export function closeOutDeferred(state: PoolState, event: EventOf<'CloseOutDeferred'>): void {
  const liquidation = running(state, event.liquidation);
  liquidation.notBeforeMs = event.notBeforeMs;
  tried(state, liquidation, event);
}

/** Whoever was tried goes to the next round: nobody is tried twice before everybody was once. */
export function tried(
  state: PoolState,
  liquidation: LiquidationState,
  margin: Pick<EventOf<'CloseOutDeferred'>, 'marginEquity' | 'maintenanceMargin'>,
): void {
  state.turn = Math.max(state.turn, liquidation.turn);
  liquidation.turn = state.turn + 1;
  liquidation.marginRatio = marginRatioOf(margin);
}

export function penaltyCharged(state: PoolState, event: EventOf<'PenaltyCharged'>): void {
  credit(state, accountNumber(state, event.account), neg(event.penalty));
  if (event.keeper !== null) {
    credit(state, accountNumber(state, event.keeper), event.keeperReward);
    const { finder } = state.liquidations.get(event.liquidation)!;
    if (finder !== null) finder.due = sub(finder.due, event.keeperReward);
  }
  addToInsuranceFund(state, event.insuranceContribution);
  state.burned = add(state.burned, event.burned);
}

export function providerPaid(state: PoolState, event: EventOf<'ProviderPaid'>): void {
  addToInsuranceFund(state, neg(event.amount));
  credit(state, accountNumber(state, event.provider), event.amount);
}

export function takeoverDecided(state: PoolState, event: EventOf<'TakeoverDecided'>): void {
  const liquidation = running(state, event.liquidation);
  liquidation.takeover = true;
  liquidation.route = null;
  liquidation.priority = null;
  liquidation.steps += 1;
}

export function collateralConverted(state: PoolState, event: EventOf<'CollateralConverted'>): void {
  running(state, event.liquidation).steps += 1;
  const seller = accountNumber(state, event.account);
  const buyer = accountNumber(state, event.buyer);
  const asset = state.numbers.assets.get(event.asset)!;
  addCollateral(state, seller, asset, neg(event.amount));
  addCollateral(state, buyer, asset, event.amount);
  credit(state, seller, event.proceeds);
  credit(state, buyer, neg(event.proceeds));
}

export function deficitCovered(state: PoolState, event: EventOf<'DeficitCovered'>): void {
  const liquidation = running(state, event.liquidation);
  liquidation.steps += 1;
  liquidation.coverPaid = add(liquidation.coverPaid, event.paid);
  payFromFund(state, liquidation, event.paid);
  credit(state, accountNumber(state, event.account), event.paid);
}

export function coverRepaid(state: PoolState, event: EventOf<'CoverRepaid'>): void {
  const liquidation = running(state, event.liquidation);
  liquidation.coverPaid = sub(liquidation.coverPaid, event.amount);
  addToInsuranceFund(state, event.amount);
  credit(state, accountNumber(state, event.account), neg(event.amount));
}

export function positionsDeleveraged(
  state: PoolState,
  event: EventOf<'PositionsDeleveraged'>,
): void {
  running(state, event.liquidation).steps += 1;
  const market = marketNumber(state, event.market);
  applyPositionChange(state, market, event.liquidated);
  for (const { change } of event.counterparties) applyPositionChange(state, market, change);
}

export function badDebtSettled(state: PoolState, event: EventOf<'BadDebtSettled'>): void {
  const liquidation = running(state, event.liquidation);
  liquidation.steps += 1;
  credit(state, accountNumber(state, event.account), event.badDebt);
  payFromFund(state, liquidation, event.insurancePaid);
  for (const { account, amount } of event.socialized) {
    credit(state, accountNumber(state, account), neg(amount));
  }
  state.unallocatedLoss = add(state.unallocatedLoss, event.unallocated);
}

export function liquidationEnded(state: PoolState, event: EventOf<'LiquidationEnded'>): void {
  touch(state, accountNumber(state, event.account)).liquidation = null;
  state.liquidations.delete(event.liquidation);
  state.changes.liquidations.push(event.liquidation);
}

export function routeChosen(state: PoolState, event: EventOf<'RouteChosen'>): void {
  const liquidation = running(state, event.liquidation);
  const { method, venue } = event.routes[event.route]!;
  liquidation.steps += 1;
  liquidation.route = { place: event.route, method, venue };
  liquidation.routeUntilMs = event.untilMs;
  // Whoever was turned away elsewhere starts anew here.
  liquidation.attempts = 0;
}

/**
 * What came to nothing is not tried again; what was not needed any more, or stood in a ladder
 * that was replaced meanwhile, may be.
 */
const FORGIVEN: ReadonlySet<EventOf<'RouteLeft'>['reason']> = new Set([
  'restored',
  'bankrupt',
  'unavailable',
]);

export function routeLeft(state: PoolState, event: EventOf<'RouteLeft'>): void {
  const liquidation = running(state, event.liquidation);
  liquidation.route = null;
  // Bids are paid when the right is awarded, not before: nothing has to be given back.
  liquidation.priority = null;
  if (FORGIVEN.has(event.reason)) return;
  liquidation.tried.push(event.route);
  liquidation.tried.sort((a, b) => a - b);
}

export function orderRouted(state: PoolState, event: EventOf<'OrderRouted'>): void {
  running(state, event.liquidation).order!.venue = event.venue;
}
