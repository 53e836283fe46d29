/** What others took over from the account off the book, and what that cost it. @module */
import type { EventOf, Json } from '../engine/index.ts';
import {
  type AccountId,
  formatDecimal,
  type MarketId,
  type Money,
  type Price,
  type Size,
} from '../units/index.ts';
import { decimal } from './health-statement.ts';
import { type OwnEvent, ofType } from './own-event.ts';
import type { StepFacts } from './receipt-facts.ts';

/** One position, or a part of it, on one way. */
export type Take = {
  readonly method: EventOf<'RouteLeft'>['method'];
  readonly by: AccountId;
  readonly market: MarketId;
  /** Signed change of the account: + bought, − sold. */
  readonly size: Size;
  readonly markPrice: Price;
  /** What the contracts cost each; null where that is no price. */
  readonly price: Price | null;
  /** At the mark. */
  readonly notional: Money;
  /** What the account gave up against the mark. */
  readonly costAgainstMark: Money;
};

export const takesOf = ({ events }: Pick<StepFacts, 'events'>): Take[] => events.flatMap(takesIn);

function takesIn(event: OwnEvent): Take[] {
  if (event.type !== 'LiquidatedDirectly') return [];
  const { liquidator: by, market, markPrice, closeOutPrice: price, notional, bonus } = event;
  const { sizeDelta: size } = event.liquidated;
  return [
    { method: 'direct', by, market, size, markPrice, price, notional, costAgainstMark: bonus },
  ];
}

export const takeStatement = (take: Take): Json => ({
  method: take.method,
  by: take.by,
  market: take.market,
  size: formatDecimal(take.size),
  markPrice: formatDecimal(take.markPrice),
  price: decimal(take.price),
  notional: formatDecimal(take.notional),
  costAgainstMark: formatDecimal(take.costAgainstMark),
});

export type PriorityPaid = Pick<
  EventOf<'PriorityAwarded'>,
  'payment' | 'accountProceeds' | 'insuranceContribution'
>;

/** What was paid for the right to be first. */
export const priorityPaid = (events: readonly OwnEvent[]): PriorityPaid[] =>
  ofType(events, 'PriorityAwarded');
