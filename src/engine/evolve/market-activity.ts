/** Effects of events about prices, fills and funding. @module */
import { contractNotional } from '../../risk/index.ts';
import {
  abs,
  add,
  engineTimeMs,
  isNegative,
  isZero,
  type Price,
  type Size,
  sub,
} from '../../units/index.ts';
import { windowWith } from '../rolling-window.ts';
import type { EventOf } from '../schema/index.ts';
import { type MarketState, marketNumber, marketToChange, type PoolState } from '../state.ts';
import { addToInsuranceFund, applyPositionChange, collectResidue } from './ledger.ts';

export function pricesUpdated(state: PoolState, event: EventOf<'PricesUpdated'>): void {
  for (const { index: id, source, price, timeMs, confidence } of event.indexReports) {
    const index = state.indexes[state.numbers.indexes.get(id)!]!;
    const at = index.parameters.sources.findIndex((entry) => entry.source === source);
    index.reports[at] = { price, timeMs, confidence };
  }
  for (const { market: id, bid, ask, last, timeMs } of event.bookReports) {
    marketToChange(state, marketNumber(state, id)).book = { bid, ask, last, timeMs };
  }
  for (const { market: id, source, price, timeMs } of event.outsideReports) {
    const market = marketToChange(state, marketNumber(state, id));
    const at = market.parameters.outsideSources.findIndex((entry) => entry.source === source);
    market.outside[at] = { price, timeMs };
  }
  for (const { index: id, indexPrice } of event.indexes) {
    const number = state.numbers.indexes.get(id)!;
    const index = state.indexes[number]!;
    index.price = indexPrice ?? index.price;
    index.live = indexPrice !== null;
    state.changes.indexes.push(number);
  }
  for (const update of event.marks) {
    const number = marketNumber(state, update.market);
    const market = marketToChange(state, number);
    market.mark = update.markPrice;
    market.mode = update.mode;
    market.basisAverage = update.basisAverage;
    market.bookAverage = update.bookAverage;
    state.changes.marks.push(number);
  }
  pricesJudged(state);
}

/** Everything that time or a report can change has been looked at, at this time. */
export function pricesJudged(state: PoolState): void {
  state.pricesJudgedMs = state.timeMs;
}

export function fillRecorded(state: PoolState, event: EventOf<'FillRecorded'>): void {
  const market = marketNumber(state, event.market);
  applyPositionChange(state, market, event.buyer);
  applyPositionChange(state, market, event.seller);
  if (event.liquidation === null) return;
  const liquidation = state.liquidations.get(event.liquidation)!;
  const open = liquidation.order!;
  // The order carries the sign of its side, as the changes of its two counterparties do.
  const { sizeDelta } = isNegative(open.size) ? event.seller : event.buyer;
  open.filled = add(open.filled, sizeDelta);
  closedOnBook(state, marketToChange(state, market), {
    closed: abs(sizeDelta),
    price: event.price,
  });
  state.changes.liquidations.push(event.liquidation);
}

/** A part of an order has filled: it counts in the market's rolling window. */
function closedOnBook(
  state: PoolState,
  market: MarketState,
  fill: { readonly closed: Size; readonly price: Price },
): void {
  market.openOrdersSize = sub(market.openOrdersSize, fill.closed);
  if (market.liquidity === null) return;
  const { windowMs } = market.liquidity;
  const { kind } = market.parameters;
  const notional = contractNotional({ kind, size: fill.closed, price: fill.price });
  market.window = windowWith(market.window, { windowMs, timeMs: state.timeMs, notional });
}

export function orderFinished(state: PoolState, event: EventOf<'OrderFinished'>): void {
  const liquidation = state.liquidations.get(event.liquidation)!;
  const open = liquidation.order!;
  const market = marketToChange(state, open.market);
  market.openOrdersSize = sub(market.openOrdersSize, abs(sub(open.size, open.filled)));
  // Only what the pool itself took back says nothing about the book.
  const canceled = event.reason === 'canceled' && open.canceling;
  if (!isZero(open.filled)) liquidation.attempts = 0;
  else if (canceled) liquidation.steps -= 1;
  else liquidation.attempts += 1;
  liquidation.order = null;
  // What the book could not take now is offered again when time has passed.
  if (!canceled && !isZero(event.unfilled)) {
    liquidation.notBeforeMs = engineTimeMs(state.timeMs + 1);
  }
  state.orders.delete(event.order);
  state.changes.liquidations.push(event.liquidation);
}

export function fundingAccrued(state: PoolState, event: EventOf<'FundingAccrued'>): void {
  const number = marketNumber(state, event.market);
  marketToChange(state, number).fundingIndex = event.fundingIndexAfter;
  state.changes.markets.push(number);
}

export function fundingResidueCollected(
  state: PoolState,
  event: EventOf<'FundingResidueCollected'>,
): void {
  collectResidue(state, marketToChange(state, marketNumber(state, event.market)), event.amount);
}

export function settlementPriceFixed(
  state: PoolState,
  event: EventOf<'SettlementPriceFixed'>,
): void {
  const number = marketNumber(state, event.market);
  const market = marketToChange(state, number);
  market.settlementPrice = event.settlementPrice;
  market.mark = event.settlementPrice;
  market.mode = 'live';
  state.changes.marks.push(number);
}

export function positionsSettled(state: PoolState, event: EventOf<'PositionsSettled'>): void {
  const number = marketNumber(state, event.market);
  const market = marketToChange(state, number);
  for (const { change, value } of event.positions) {
    applyPositionChange(state, number, change);
    // `value` is what leaving the position pays out; the clearing carries it until all are out.
    market.settlementClearing = sub(market.settlementClearing, value);
  }
  market.settlementCursor = event.nextAccount;
}

export function marketSettled(state: PoolState, event: EventOf<'MarketSettled'>): void {
  const market = marketToChange(state, marketNumber(state, event.market));
  market.settled = true;
  market.settlementClearing = sub(market.settlementClearing, event.residue);
  addToInsuranceFund(state, event.residue);
}

/** No liquidation waits for depth: it decides how much of a leg is closed, not whether. */
export function depthReported(state: PoolState, event: EventOf<'DepthReported'>): void {
  const market = marketToChange(state, marketNumber(state, event.market));
  const { bids, asks, timeMs } = event;
  market.depth = { bids: [...bids], asks: [...asks], timeMs };
  market.depthAverage = event.average;
}

export function volatilityMeasured(state: PoolState, event: EventOf<'VolatilityMeasured'>): void {
  for (const { market, variance } of event.markets) {
    marketToChange(state, marketNumber(state, market)).variance = variance;
  }
}

export function marksGuarded(state: PoolState, event: EventOf<'MarksGuarded'>): void {
  for (const { market: id, stablePrice } of event.markets) {
    const market = marketToChange(state, marketNumber(state, id));
    market.stablePrice = stablePrice;
    market.markDecidedMs = state.timeMs;
  }
}
