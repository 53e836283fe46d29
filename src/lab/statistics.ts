/**
 * Folds published records into the numbers of a run. Exact: money is added as money.
 * @module
 */
import type { Event, EventOf, JournalRecord } from '../engine/index.ts';
import { type ContractKind, contractNotional, contractValueDown } from '../risk/index.ts';
import {
  type AccountId,
  abs,
  add,
  isNegative,
  isPositive,
  type MarketId,
  type Money,
  min,
  neg,
  type Price,
  type Ratio,
  sub,
  ZERO_MONEY,
} from '../units/index.ts';
import { createHeldMarks, foldHeldMarks, foldMarks, type HeldMarks } from './held-marks.ts';
import { insuranceDelta } from './insurance-delta.ts';
import { createLayerTallies, foldLayer, type LayerTallies } from './layer-tallies.ts';
import { emptyLossLedger, foldLoss, type LossLedger } from './loss-ledger.ts';
import { type Closed, closedBy, foldRoute, type WayTallies, wayTally } from './way-tallies.ts';

export type Statistics = {
  records: number;
  rejections: number;
  started: number;
  ended: number;
  /** Ended with positions left, and ended with none. */
  partial: number;
  full: number;
  /** Records, or orders on the book, that closed something. */
  closeOuts: number;
  adlCloseOuts: number;
  hedgesOverridden: number;
  notionalClosed: Money;
  penalties: { total: Money; keeper: Money; insurance: Money; burned: Money };
  /** The fund as the events tell it. */
  insuranceFund: Money;
  insuranceLow: Money;
  readonly losses: LossLedger;
  adlNotional: Money;
  readonly adlAccounts: Set<AccountId>;
  readonly liquidatedAccounts: Set<AccountId>;
  readonly prices: Map<string, PriceRange>;
  /** By minute since the epoch. */
  readonly moments: Map<number, Moment>;
  /** What close-outs on the book fetched less than the mark they were ordered at. */
  impactCost: Money;
  /** How each account's latest liquidation ended. */
  readonly outcomes: Map<AccountId, EventOf<'LiquidationEnded'>['outcome']>;
  /** Steps that found no room in their markets, and orders that were taken back. */
  deferrals: number;
  cancels: number;
  /** In the order in which they tripped. */
  readonly breakers: BreakerStory[];
  /** Marks that a guard kept from what was reported. */
  readonly heldMarks: HeldMarks;
  /** Open close-out orders: the mark each was placed at, and whether it has filled. */
  readonly openOrders: Map<number, OpenOrder>;
  readonly kinds: Map<MarketId, ContractKind>;
  readonly ways: WayTallies;
  readonly layers: LayerTallies;
  /** When the running liquidations started, and how long the others lasted. */
  readonly startedMs: Map<number, number>;
  readonly lastedMs: number[];
};

/** A close-out order while it is open. */
type OpenOrder = { readonly markPrice: Price; readonly sells: boolean; filled: boolean };

/** One breaker from tripping to release. */
export type BreakerStory = {
  readonly market: MarketId;
  readonly reason: EventOf<'BreakerTripped'>['reason'];
  readonly measured: Ratio;
  readonly threshold: Ratio;
  readonly trippedMs: number;
  releasedMs: number | null;
  cause: EventOf<'BreakerReleased'>['cause'] | null;
};

export type PriceRange = {
  start: Price;
  low: Price;
  lowMs: number;
  high: Price;
  end: Price;
};

/** What happened in one minute. */
export type Moment = {
  readonly timeMs: number;
  started: number;
  closeOuts: number;
  notionalClosed: Money;
  /** Loss beyond accounts' own equity. */
  badDebt: Money;
};

const MINUTE_MS = 60_000;

export const createStatistics = (): Statistics => ({
  records: 0,
  rejections: 0,
  started: 0,
  ended: 0,
  partial: 0,
  full: 0,
  closeOuts: 0,
  adlCloseOuts: 0,
  hedgesOverridden: 0,
  notionalClosed: ZERO_MONEY,
  penalties: { total: ZERO_MONEY, keeper: ZERO_MONEY, insurance: ZERO_MONEY, burned: ZERO_MONEY },
  insuranceFund: ZERO_MONEY,
  insuranceLow: ZERO_MONEY,
  losses: emptyLossLedger(),
  adlNotional: ZERO_MONEY,
  adlAccounts: new Set(),
  liquidatedAccounts: new Set(),
  prices: new Map(),
  moments: new Map(),
  impactCost: ZERO_MONEY,
  outcomes: new Map(),
  deferrals: 0,
  cancels: 0,
  breakers: [],
  heldMarks: createHeldMarks(),
  openOrders: new Map(),
  kinds: new Map(),
  ways: new Map(),
  layers: createLayerTallies(),
  startedMs: new Map(),
  lastedMs: [],
});

export function foldRecords(statistics: Statistics, records: readonly JournalRecord[]): void {
  for (const { outcome, time } of records) {
    statistics.records += 1;
    if (outcome.type === 'Rejected') {
      statistics.rejections += 1;
      continue;
    }
    for (const event of outcome.events) fold(statistics, event, time);
    statistics.insuranceLow = min(statistics.insuranceLow, statistics.insuranceFund);
  }
}

function fold(statistics: Statistics, event: Event, timeMs: number): void {
  const lossBefore = statistics.losses.bankruptAccounts;
  foldLoss(statistics.losses, event);
  foldLayer(statistics.layers, event);
  foldInsurance(statistics, event);
  foldRoute(statistics.ways, event);
  const closed = closedBy(event, statistics.kinds);
  if (closed !== null) foldClosed(statistics, { ...closed, whole: true }, timeMs);
  switch (event.type) {
    case 'MarketConfigured':
      statistics.kinds.set(event.parameters.market, event.parameters.kind);
      return;
    case 'PricesUpdated':
      foldPrices(statistics, event, timeMs);
      foldMarks(statistics.heldMarks, event);
      return;
    case 'MarksGuarded':
      foldHeldMarks(statistics.heldMarks, event, timeMs);
      return;
    case 'LiquidationStarted':
      statistics.started += 1;
      statistics.liquidatedAccounts.add(event.account);
      statistics.startedMs.set(event.liquidation, timeMs);
      momentOf(statistics, timeMs).started += 1;
      return;
    case 'LiquidationEnded':
      statistics.ended += 1;
      statistics.outcomes.set(event.account, event.outcome);
      statistics.lastedMs.push(timeMs - statistics.startedMs.get(event.liquidation)!);
      statistics.startedMs.delete(event.liquidation);
      if (isPositive(event.maintenanceMargin)) statistics.partial += 1;
      else statistics.full += 1;
      return;
    case 'FillRecorded':
      if (event.order !== null) foldBookCloseOut(statistics, event, event.order, timeMs);
      return;
    case 'CloseOutOrderPlaced':
      statistics.openOrders.set(event.order, {
        markPrice: event.markPrice,
        sells: isNegative(event.size),
        filled: false,
      });
      return;
    case 'OrderFinished':
      statistics.openOrders.delete(event.order);
      return;
    case 'CloseOutDeferred':
      statistics.deferrals += 1;
      return;
    case 'OrderCancelRequested':
      statistics.cancels += 1;
      return;
    case 'BreakerTripped':
    case 'BreakerReleased':
      foldBreaker(statistics, event, timeMs);
      return;
    case 'PenaltyCharged':
      foldPenalty(statistics, event);
      return;
    case 'HedgesOverridden':
    case 'PositionsDeleveraged':
      foldDeleveraging(statistics, event);
      break;
    default:
  }
  const loss = sub(lossBefore, statistics.losses.bankruptAccounts);
  if (!isPositive(loss)) return;
  const moment = momentOf(statistics, timeMs);
  moment.badDebt = add(moment.badDebt, loss);
}

function momentOf(statistics: Statistics, timeMs: number): Moment {
  const minute = Math.floor(timeMs / MINUTE_MS);
  const known = statistics.moments.get(minute);
  if (known !== undefined) return known;
  const fresh = {
    timeMs: minute * MINUTE_MS,
    started: 0,
    closeOuts: 0,
    notionalClosed: ZERO_MONEY,
    badDebt: ZERO_MONEY,
  };
  statistics.moments.set(minute, fresh);
  return fresh;
}

function foldPrices(
  statistics: Statistics,
  { indexes }: EventOf<'PricesUpdated'>,
  timeMs: number,
): void {
  for (const { index, indexPrice: price } of indexes) {
    if (price === null) continue;
    const range = statistics.prices.get(index);
    if (range === undefined) {
      const fresh = { start: price, low: price, lowMs: timeMs, high: price, end: price };
      statistics.prices.set(index, fresh);
      continue;
    }
    range.end = price;
    if (isPositive(sub(price, range.high))) range.high = price;
    if (isPositive(sub(range.low, price))) {
      range.low = price;
      range.lowMs = timeMs;
    }
  }
}

function foldBookCloseOut(
  statistics: Statistics,
  event: EventOf<'FillRecorded'>,
  order: number,
  timeMs: number,
): void {
  const open = statistics.openOrders.get(order)!;
  const cost = costAgainstMark(statistics, event, open);
  statistics.impactCost = add(statistics.impactCost, cost);
  // An order that several makers filled is one close-out.
  const whole = !open.filled;
  open.filled = true;
  foldClosed(statistics, { way: 'book', notional: abs(event.value), cost, whole }, timeMs);
}

/** Something was closed; `whole`: it is a close-out of its own, not a part of one. */
function foldClosed(
  statistics: Statistics,
  { way, notional, cost, whole }: Closed & { readonly whole: boolean },
  timeMs: number,
): void {
  const moment = momentOf(statistics, timeMs);
  const tally = wayTally(statistics.ways, way);
  tally.notional = add(tally.notional, notional);
  tally.cost = add(tally.cost, cost);
  statistics.notionalClosed = add(statistics.notionalClosed, notional);
  moment.notionalClosed = add(moment.notionalClosed, notional);
  if (!whole) return;
  tally.closeOuts += 1;
  statistics.closeOuts += 1;
  moment.closeOuts += 1;
}

/** What a close-out fill fetched less than the mark; negative where it did better. */
function costAgainstMark(
  { kinds }: Statistics,
  { market, buyer, price }: EventOf<'FillRecorded'>,
  { markPrice, sells }: OpenOrder,
): Money {
  const kind = kinds.get(market)!;
  // What sells closes a long of that size, what buys a short.
  const size = sells ? buyer.sizeDelta : neg(buyer.sizeDelta);
  const worth = (at: Price): Money => contractValueDown({ kind, size, price: at });
  return sub(worth(markPrice), worth(price));
}

function foldBreaker(
  { breakers }: Statistics,
  event: EventOf<'BreakerTripped'> | EventOf<'BreakerReleased'>,
  timeMs: number,
): void {
  const { market, reason } = event;
  if (event.type === 'BreakerTripped') {
    const { measured, threshold } = event;
    const open = { trippedMs: timeMs, releasedMs: null, cause: null };
    breakers.push({ market, reason, measured, threshold, ...open });
    return;
  }
  const story = breakers.findLast((entry) => entry.market === market && entry.reason === reason)!;
  story.releasedMs = timeMs;
  story.cause = event.cause;
}

function foldDeleveraging(
  statistics: Statistics,
  event: EventOf<'PositionsDeleveraged' | 'HedgesOverridden'>,
): void {
  if (event.type === 'HedgesOverridden') {
    statistics.hedgesOverridden += 1;
    return;
  }
  const kind = statistics.kinds.get(event.market)!;
  const { sizeDelta } = event.liquidated;
  const notional = contractNotional({ kind, size: sizeDelta, price: event.markPrice });
  statistics.adlCloseOuts += 1;
  statistics.adlNotional = add(statistics.adlNotional, notional);
  for (const { change } of event.counterparties) statistics.adlAccounts.add(change.account);
}

function foldPenalty(statistics: Statistics, event: EventOf<'PenaltyCharged'>): void {
  const { penalties } = statistics;
  penalties.total = add(penalties.total, event.penalty);
  penalties.keeper = add(penalties.keeper, event.keeperReward);
  penalties.insurance = add(penalties.insurance, event.insuranceContribution);
  penalties.burned = add(penalties.burned, event.burned);
}

/** The fund's level from what each event says went in and out. */
function foldInsurance(statistics: Statistics, event: Event): void {
  const delta = insuranceDelta(event);
  if (delta !== null) statistics.insuranceFund = add(statistics.insuranceFund, delta);
}
