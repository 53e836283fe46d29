/** Effects of events about prices, fills and funding. @module */
import { add, engineTimeMs, isNegative, isZero, sub } from '../../units/index.ts';
import type { EventOf } from '../schema/index.ts';
import { marketNumber, type PoolState } from '../state.ts';
import { addToInsuranceFund, applyPositionChange, collectResidue } from './ledger.ts';

export function pricesUpdated(state: PoolState, event: EventOf<'PricesUpdated'>): void {
  for (const { index: id, source, price, timeMs, confidence } of event.indexReports) {
    const index = state.indexes[state.numbers.indexes.get(id)!]!;
    const at = index.parameters.sources.findIndex((entry) => entry.source === source);
    index.reports[at] = { price, timeMs, confidence };
  }
  for (const { market: id, bid, ask, last, timeMs } of event.bookReports) {
    state.markets[marketNumber(state, id)]!.book = { bid, ask, last, timeMs };
  }
  for (const { market: id, source, price, timeMs } of event.outsideReports) {
    const market = state.markets[marketNumber(state, id)]!;
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
    const market = state.markets[number]!;
    market.mark = update.markPrice;
    market.mode = update.mode;
    market.basisAverage = update.basisAverage;
    market.bookAverage = update.bookAverage;
    state.changes.marks.push(number);
  }
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
  state.changes.liquidations.push(event.liquidation);
}

export function orderFinished(state: PoolState, event: EventOf<'OrderFinished'>): void {
  const liquidation = state.liquidations.get(event.liquidation)!;
  const filled = liquidation.order !== null && !isZero(liquidation.order.filled);
  liquidation.attempts = filled ? 0 : liquidation.attempts + 1;
  liquidation.order = null;
  // What the book could not take now is offered again when time has passed.
  if (!isZero(event.unfilled)) liquidation.notBeforeMs = engineTimeMs(state.timeMs + 1);
  state.orders.delete(event.order);
  state.changes.liquidations.push(event.liquidation);
}

export function fundingAccrued(state: PoolState, event: EventOf<'FundingAccrued'>): void {
  const number = marketNumber(state, event.market);
  state.markets[number]!.fundingIndex = event.fundingIndexAfter;
  state.changes.markets.push(number);
}

export function fundingResidueCollected(
  state: PoolState,
  event: EventOf<'FundingResidueCollected'>,
): void {
  collectResidue(state, state.markets[marketNumber(state, event.market)]!, event.amount);
}

export function settlementPriceFixed(
  state: PoolState,
  event: EventOf<'SettlementPriceFixed'>,
): void {
  const number = marketNumber(state, event.market);
  const market = state.markets[number]!;
  market.settlementPrice = event.settlementPrice;
  market.mark = event.settlementPrice;
  market.mode = 'live';
  state.changes.marks.push(number);
}

export function positionsSettled(state: PoolState, event: EventOf<'PositionsSettled'>): void {
  const number = marketNumber(state, event.market);
  const market = state.markets[number]!;
  for (const { change, value } of event.positions) {
    applyPositionChange(state, number, change);
    // `value` is what leaving the position pays out; the clearing carries it until all are out.
    market.settlementClearing = sub(market.settlementClearing, value);
  }
  market.settlementCursor = event.nextAccount;
}

export function marketSettled(state: PoolState, event: EventOf<'MarketSettled'>): void {
  const market = state.markets[marketNumber(state, event.market)]!;
  market.settled = true;
  market.settlementClearing = sub(market.settlementClearing, event.residue);
  addToInsuranceFund(state, event.residue);
}
