/** The next order on a book, or why there is none. @module */
import { type EngineTimeMs, engineTimeMs } from '../../units/index.ts';
import { closeOutPlan } from '../close-out-plan.ts';
import { closeOutSettings } from '../close-out-settings.ts';
import type { RouteMoment } from '../routes/index.ts';
import type { Event, EventOf } from '../schema/index.ts';
import { type PoolView, poolParameters } from '../state.ts';

export function closeOnBook(state: PoolView, step: RouteMoment, time: EngineTimeMs): Event[] {
  const { account, margin, liquidation } = step;
  const plan = closeOutPlan(state, liquidation, margin);
  if (plan.toxic) return [takeover(step, 'toxic')];
  const { marginEquity, maintenanceMargin } = margin;
  const whose = { liquidation: liquidation.liquidation, account: account.id };
  if (plan.next === null) {
    const notBeforeMs = engineTimeMs(time + closeOutSettings(state).deferralMs);
    return [{ type: 'CloseOutDeferred', ...whose, notBeforeMs, marginEquity, maintenanceMargin }];
  }
  const { planned, sizeDelta } = plan.next;
  return [
    {
      type: 'CloseOutPlanned',
      ...whose,
      policy: plan.policy,
      orderStyle: closeOutSettings(state).orderStyle,
      penaltyFraction: planned.penaltyFraction,
      restores: plan.closes.restores,
      legs: plan.legs.map(({ leg, closable }, at) => ({
        market: leg.market.parameters.market,
        closable,
        size: plan.closes.sizes[at]!,
        expectedCost: plan.closes.expectedCosts[at]!,
      })),
    },
    {
      type: 'CloseOutOrderPlaced',
      ...whose,
      order: state.nextOrder,
      market: planned.leg.market.parameters.market,
      size: sizeDelta,
      limitPrice: planned.limitPrice,
      expiresAtMs: engineTimeMs(time + poolParameters(state).orderTimeoutMs),
      markPrice: planned.leg.markPrice,
      fillablePrice: planned.fillablePrice,
      bankruptcyPrice: planned.bankruptcyPrice,
      equity: margin.equity,
      marginEquity,
      maintenanceMargin,
    },
  ];
}

/** The account leaves the ladder: the rest closes against opposing positions. */
export function takeover(
  { account, margin, liquidation }: RouteMoment,
  reason: EventOf<'TakeoverDecided'>['reason'],
): EventOf<'TakeoverDecided'> {
  return {
    type: 'TakeoverDecided',
    liquidation: liquidation.liquidation,
    account: account.id,
    reason,
    equity: margin.equity,
  };
}
