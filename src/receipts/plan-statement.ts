/**
 * Why one close-out was for these legs and that much: what each leg could give, what the policy
 * asked of it, and what every other policy would have done at the same moment.
 * @module
 */
import {
  accountMargin,
  type CloseOutPlan,
  closeOutPlan,
  closeOutSettings,
  gateClosedForMarket,
  type Json,
  type LiquidationView,
  legPenalty,
  type PlannedLeg,
  type PoolView,
  plannedNotionals,
  planUnder,
  poolParameters,
} from '../engine/index.ts';
import type { CloseOutPolicy, MarginSummary } from '../risk/index.ts';
import {
  abs,
  assert,
  eq,
  formatDecimal,
  isNegative,
  mulUp,
  sub,
  sum,
  ZERO_SIZE,
} from '../units/index.ts';
import { decimal } from './health-statement.ts';
import { OWN_ACCOUNT } from './pool-of-moment.ts';

const POLICIES: readonly CloseOutPolicy[] = [
  'least-impact',
  'proportional',
  'largest-first',
  'fixed-share',
  'everything',
];

export function planStatement(state: PoolView, liquidation: LiquidationView): Json {
  const margin = accountMargin(state, state.accounts[OWN_ACCOUNT]!);
  const plan = closeOutPlan(state, liquidation, margin);
  const { next } = plan;
  return {
    policy: plan.policy,
    releaseRatio: formatDecimal(poolParameters(state).releaseRatio),
    restores: plan.closes.restores,
    toxic: plan.toxic,
    ordered: next && {
      market: next.planned.leg.market.parameters.market,
      size: formatDecimal(next.sizeDelta),
    },
    legs: plan.legs.map((leg, at) => legStatement(state, margin, { plan, leg, at })),
    alternatives: POLICIES.map((policy) => {
      // Legs that wait in the plan that was followed wait in every other: the same question.
      const { waiting } = plan;
      const other = planUnder(state, { liquidation, margin, policy, waiting });
      return { policy, inForce: policy === plan.policy, ...outlook(other) };
    }),
  };
}

function legStatement(
  state: PoolView,
  margin: MarginSummary,
  input: { readonly plan: CloseOutPlan; readonly leg: PlannedLeg; readonly at: number },
): Json {
  const { plan, leg: planned, at } = input;
  const { leg, closable } = planned;
  const size = plan.closes.sizes[at]!;
  const penalty = legPenalty(state, leg.market, margin);
  const waits = plan.waiting.includes(leg.position.market);
  return {
    market: leg.market.parameters.market,
    held: formatDecimal(leg.position.size),
    notional: formatDecimal(leg.notional),
    maintenanceMargin: formatDecimal(leg.maintenanceMargin),
    markPrice: formatDecimal(leg.markPrice),
    closable: formatDecimal(waits ? ZERO_SIZE : closable),
    closableBecause: waits ? 'ordered-just-now' : closableBecause(state, planned),
    size: formatDecimal(size),
    closedNotional: formatDecimal(plannedNotionals(plan)[at]!),
    expectedCost: formatDecimal(plan.closes.expectedCosts[at]!),
    penaltyFraction: formatDecimal(planned.penaltyFraction),
    penaltyParts: {
      flat: formatDecimal(poolParameters(state).penaltyFraction),
      byHealth: formatDecimal(penalty.byHealth),
      byVolatility: formatDecimal(penalty.byVolatility),
      byThinness: formatDecimal(penalty.byThinness),
      most: formatDecimal(closeOutSettings(state).penaltyFractionMax),
    },
    fillablePrice: formatDecimal(planned.fillablePrice),
    bankruptcyPrice: decimal(planned.bankruptcyPrice),
    limitPrice: formatDecimal(planned.limitPrice),
    limitBoundBy: limitBoundBy(planned),
    slippage: formatDecimal(planned.slippage),
  };
}

/** What the limit price is: the mark, the fillable price, or what keeps the account solvent. */
function limitBoundBy({ limitPrice, fillablePrice, leg }: PlannedLeg): string {
  if (eq(limitPrice, leg.markPrice)) return 'mark-price';
  return eq(limitPrice, fillablePrice) ? 'fillable-price' : 'bankruptcy-price';
}

/** Why no more of a leg could be ordered. */
function closableBecause(state: PoolView, { leg, closable }: PlannedLeg): string {
  if (eq(closable, abs(leg.position.size))) return 'all-of-it';
  const { expiryMs } = leg.market.parameters;
  if (expiryMs !== null && state.timeMs >= expiryMs) return 'expired';
  const gated = (['close-outs', 'takes'] as const).some((gate) =>
    gateClosedForMarket(state, gate, leg.position.market),
  );
  return gated ? 'gate-closed' : 'room-in-the-market';
}

/** A policy's plan in sums: the penalty and the impact together are the expected cost. */
function outlook(plan: CloseOutPlan): { readonly [key: string]: Json } {
  const { closes, legs } = plan;
  const notionals = plannedNotionals(plan);
  const penalty = sum(legs.map((leg, at) => mulUp(notionals[at]!, leg.penaltyFraction)));
  const cost = sum(closes.expectedCosts);
  const impact = sub(cost, penalty);
  assert(!isNegative(impact), 'RECEIPT', 'an expected cost below its penalty');
  return {
    notional: formatDecimal(sum(notionals)),
    expectedCost: formatDecimal(cost),
    expectedPenalty: formatDecimal(penalty),
    expectedImpact: formatDecimal(impact),
    restores: closes.restores,
    legs: legs.map(({ leg }, at) => ({
      market: leg.market.parameters.market,
      size: formatDecimal(closes.sizes[at]!),
      notional: formatDecimal(notionals[at]!),
      expectedCost: formatDecimal(closes.expectedCosts[at]!),
    })),
  };
}
