/** One record's part in a liquidation: which rung, what was decided, what it cost. @module */
import {
  type Json,
  liquidationStep,
  type PoolState,
  type PoolView,
  type PositionChange,
} from '../engine/index.ts';
import { contractNotional, fillValue } from '../risk/index.ts';
import {
  abs,
  formatDecimal,
  isNegative,
  type MarketId,
  type Money,
  neg,
  type Price,
  type Size,
  sub,
  sum,
} from '../units/index.ts';
import { decimal, healthStatement } from './health-statement.ts';
import { isoTime } from './iso-time.ts';
import { type OwnEvent, ofType } from './own-event.ts';
import { planStatement } from './plan-statement.ts';
import { OWN_ACCOUNT, type Whose } from './pool-of-moment.ts';
import { heldBackStatement } from './price-statement.ts';
import { StepFacts } from './receipt-facts.ts';
import { takeStatement, takesOf } from './take-statement.ts';
import { takenAsTold } from './taken-as-told.ts';

/** The facts of a step and what follows from them; `state` is the pool that its record found. */
export function stepStatement(state: PoolState, step: StepFacts, whose: Whose): Json {
  const { liquidation } = whose;
  const told = takenAsTold(state, step, whose);
  const running = state.liquidations.get(liquidation);
  const facts = StepFacts.json(step) as { readonly [key: string]: Json };
  const steps = step.command === 'StepLiquidation' && running !== undefined;
  return {
    ...facts,
    time: isoTime(step.timeMs),
    health: healthStatement(state),
    heldBack: heldBackStatement(state),
    takenAsTold: told,
    // Which rung it is rests on the same facts as the decision.
    rung: steps && !told.includes('decision') ? liquidationStep(state, running).rung : null,
    plan:
      steps && positioned(state) && step.events.some(showsPlan)
        ? planStatement(state, running)
        : null,
    fills: fillsOf(step, state).map(fillStatement),
    takes: takesOf(step, state).map(takeStatement),
    penalty: penaltyStatement(step.events),
    deleveraging: deleveragingStatement(state, step.events),
  };
}

const positioned = (state: PoolView): boolean => state.accounts[OWN_ACCOUNT]!.positions.length > 0;

/** Decided by a plan: an order, a pause for want of room, or that closing would only hurt. */
const showsPlan = (event: OwnEvent): boolean =>
  event.type === 'CloseOutPlanned' ||
  event.type === 'CloseOutDeferred' ||
  ((event.type === 'TakeoverDecided' || event.type === 'RouteLeft') && event.reason === 'toxic');

/** A fill of a close-out order, from the side of the account. */
export type OwnFill = {
  readonly order: number | null;
  readonly market: MarketId;
  /** Signed: + bought, − sold. */
  readonly size: Size;
  readonly price: Price;
  readonly markPrice: Price;
  readonly notional: Money;
  readonly counterparty: string;
  /** Against closing at the mark; negative where the fill was better. */
  readonly costAgainstMark: Money;
  readonly change: PositionChange;
};

export function fillsOf({ events }: StepFacts, state: PoolView): OwnFill[] {
  return ofType(events, 'FillRecorded').map((event) => {
    const { change, counterparty, market, order, price, value } = event;
    const { parameters, mark } = state.markets[state.numbers.markets.get(market)!]!;
    const { sizeDelta } = change;
    const valued = { kind: parameters.kind, size: sizeDelta };
    const paid = isNegative(sizeDelta) ? neg(value) : value;
    return {
      order,
      market,
      size: sizeDelta,
      price,
      markPrice: mark!,
      notional: contractNotional({ ...valued, price }),
      counterparty,
      costAgainstMark: sub(paid, fillValue({ ...valued, price: mark! })),
      change,
    };
  });
}

function fillStatement(fill: OwnFill): Json {
  return {
    order: fill.order,
    market: fill.market,
    size: formatDecimal(fill.size),
    price: formatDecimal(fill.price),
    markPrice: formatDecimal(fill.markPrice),
    notional: formatDecimal(fill.notional),
    counterparty: fill.counterparty,
    costAgainstMark: formatDecimal(fill.costAgainstMark),
    realizedPnl: formatDecimal(fill.change.realizedPnl),
    fundingPayment: formatDecimal(fill.change.fundingPayment),
    fee: formatDecimal(fill.change.fee),
  };
}

/** Who received a penalty; the four parts sum to it. */
export type PenaltyReceived = {
  readonly charged: Money;
  readonly keeper: Money;
  readonly provider: Money;
  readonly insuranceFund: Money;
  readonly burned: Money;
};

/** Of one record's events about the liquidation. */
export function penaltyReceived(events: readonly OwnEvent[], liquidation: number): PenaltyReceived {
  const charges = ofType(events, 'PenaltyCharged');
  const provided = ofType(events, 'ProviderPaid').filter((e) => e.liquidation === liquidation);
  const provider = sum(provided.map(({ amount }) => amount));
  const fund = sum(charges.map(({ insuranceContribution }) => insuranceContribution));
  return {
    charged: sum(charges.map(({ penalty }) => penalty)),
    keeper: sum(charges.map(({ keeperReward }) => keeperReward)),
    provider,
    insuranceFund: sub(fund, provider),
    burned: sum(charges.map(({ burned }) => burned)),
  };
}

function penaltyStatement(events: readonly OwnEvent[]): Json {
  const charge = ofType(events, 'PenaltyCharged')[0];
  if (charge === undefined) return null;
  const { charged, keeper, provider, insuranceFund, burned } = penaltyReceived(
    events,
    charge.liquidation,
  );
  return {
    notional: formatDecimal(charge.notional),
    charged: formatDecimal(charged),
    keeper: formatDecimal(keeper),
    provider: formatDecimal(provider),
    insuranceFund: formatDecimal(insuranceFund),
    burned: formatDecimal(burned),
  };
}

/** What was closed off the book, and what that took from the counterparties' profits. */
export function deleveraged(state: PoolView, events: readonly OwnEvent[]) {
  return ofType(events, 'PositionsDeleveraged').map((event) => {
    const { kind } = state.markets[state.numbers.markets.get(event.market)!]!.parameters;
    const size = event.liquidated.sizeDelta;
    return {
      event,
      notional: contractNotional({ kind, size, price: event.markPrice }),
      taken: sum(event.counterparties.map(({ taken }) => taken)),
    };
  });
}

function deleveragingStatement(state: PoolView, events: readonly OwnEvent[]): Json {
  const found = deleveraged(state, events)[0];
  if (found === undefined) return null;
  const { event, notional, taken } = found;
  return {
    market: event.market,
    size: formatDecimal(event.liquidated.sizeDelta),
    notional: formatDecimal(notional),
    markPrice: formatDecimal(event.markPrice),
    taken: formatDecimal(taken),
    residualLoss: formatDecimal(event.residualLoss),
    counterparties: event.counterparties.map(({ account, sizeDelta, price, taken: gave }) => ({
      account,
      size: formatDecimal(abs(sizeDelta)),
      price: decimal(price),
      taken: formatDecimal(gave),
    })),
  };
}
