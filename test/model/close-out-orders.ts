/**
 * Orders of close-outs: placed, taken back, put off. See docs/spec/close-outs.md, sections
 * "The plan" and "Orders".
 * @module
 */
import type { Leg, Prices } from './close-out.ts';
import { costOf } from './draft.ts';
import type { Account, Ledger, Liquidation, ModelEvent, ModelEventOf } from './ledger.ts';
import type { Margin } from './margin.ts';
import { planOf } from './plan.ts';
import { takeTurn } from './queue.ts';

export function takeOver(
  liquidation: Liquidation,
  input: { reason: ModelEventOf<'TakeoverDecided'>['reason']; margin: Margin },
): ModelEvent {
  const { reason, margin } = input;
  liquidation.takeover = true;
  return {
    type: 'TakeoverDecided',
    liquidation: liquidation.liquidation,
    account: liquidation.account,
    reason,
    equity: margin.equity,
  };
}

/** Asks the venue for an order; what comes of it is reported. */
export function takeBack(
  liquidation: Liquidation,
  reason: ModelEventOf<'OrderCancelRequested'>['reason'],
): ModelEvent {
  const order = liquidation.order!;
  order.canceling = true;
  const { liquidation: number } = liquidation;
  return { type: 'OrderCancelRequested', liquidation: number, order: order.order, reason };
}

export function closeOnBook(
  ledger: Ledger,
  liquidation: Liquidation,
  { account, margin, time }: { account: Account; margin: Margin; time: number },
): ModelEvent[] {
  const plan = planOf(ledger, account, { margin, liquidation });
  if (plan === null) return [defer(ledger, liquidation, { margin, time })];
  if (plan.ordered === null) {
    if (!plan.toxic) return [defer(ledger, liquidation, { margin, time })];
    return [takeOver(liquidation, { reason: 'toxic', margin })];
  }
  const { leg, penalty } = plan.drafts[plan.ordered]!;
  liquidation.penaltyFraction = penalty;
  liquidation.orderStyle = ledger.closeOuts?.orderStyle ?? 'immediate-or-cancel';
  const planned: ModelEvent = {
    type: 'CloseOutPlanned',
    liquidation: liquidation.liquidation,
    account: account.id,
    policy: plan.policy,
    orderStyle: ledger.closeOuts?.orderStyle ?? 'immediate-or-cancel',
    penaltyFraction: penalty,
    restores: plan.restores,
    legs: plan.drafts.map((draft, at) => {
      const lots = plan.closes[at]!;
      const { market, lot } = draft.leg.market;
      const closable = draft.closable * lot;
      return { market, closable, size: lots * lot, expectedCost: costOf(draft, lots) };
    }),
  };
  const size = plan.closes[plan.ordered]! * leg.market.lot;
  const sizeDelta = leg.size > 0n ? -size : size;
  const { prices } = plan.drafts[plan.ordered]!;
  return [planned, place(ledger, liquidation, { leg, sizeDelta, prices, margin, time })];
}

function place(
  ledger: Ledger,
  liquidation: Liquidation,
  input: { leg: Leg; sizeDelta: bigint; prices: Prices; margin: Margin; time: number },
): ModelEvent {
  const { leg, sizeDelta: size, prices, margin, time } = input;
  const { equity, marginEquity, maintenanceMargin } = margin;
  const { market } = leg.market;
  const { limit: limitPrice } = prices;
  const order = ledger.nextOrder;
  const expiresAtMs = time + ledger.pool!.orderTimeoutMs;
  ledger.nextOrder += 1;
  liquidation.order = {
    order,
    market,
    size,
    filled: 0n,
    limitPrice,
    expiresAtMs,
    canceling: false,
  };
  if (liquidation.orderedMs !== time) liquidation.ordered = [];
  liquidation.orderedMs = time;
  liquidation.ordered.push(market);
  takeTurn(ledger, liquidation, margin);
  return {
    type: 'CloseOutOrderPlaced',
    liquidation: liquidation.liquidation,
    order,
    account: liquidation.account,
    market,
    size,
    limitPrice,
    expiresAtMs,
    markPrice: leg.mark,
    fillablePrice: prices.fillable,
    bankruptcyPrice: prices.bankruptcy,
    equity,
    marginEquity,
    maintenanceMargin,
  };
}

const DEFAULT_DEFERRAL_MS = 1_000;

/** Nothing may be closed now: the account is tried again later. */
function defer(
  ledger: Ledger,
  liquidation: Liquidation,
  { margin, time }: { margin: Margin; time: number },
): ModelEvent {
  const { marginEquity, maintenanceMargin } = margin;
  const notBeforeMs = time + (ledger.closeOuts?.deferralMs ?? DEFAULT_DEFERRAL_MS);
  liquidation.notBeforeMs = notBeforeMs;
  // Waiting for room is not trying.
  liquidation.steps -= 1;
  takeTurn(ledger, liquidation, margin);
  return {
    type: 'CloseOutDeferred',
    liquidation: liquidation.liquidation,
    account: liquidation.account,
    notBeforeMs,
    marginEquity,
    maintenanceMargin,
  };
}
