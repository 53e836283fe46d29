/**
 * What the venue reports: fills, the end of close-out orders, funding. See docs/spec/engine.md,
 * section "Trading".
 * @module
 */
import type { RejectionCode } from '../../src/engine/schema/index.ts';
import { dependsOnDoubt, exceedsCap, isDoubtful, isMarketClosed } from './gates.ts';
import { floorDiv, magnitude, ONE, signOf, smaller } from './integers.ts';
import {
  type Account,
  type Answer,
  findAccount,
  findMarket,
  fundingResidue,
  type Ledger,
  type Liquidation,
  longSize,
  type ModelCommandOf,
  type ModelEvent,
  type ModelEventOf,
  positionOf,
  wholeUnits,
} from './ledger.ts';
import { isModerate, isReckonable } from './limits.ts';
import { type Margin, marginOf, notionalUp, pricesValid } from './margin.ts';
import { chargePenalty } from './penalty.ts';
import { type Change, changePosition, fillValue } from './position.ts';
import { marginForRisk } from './price-guards.ts';
import { countInWindow } from './window.ts';

type RecordFill = ModelCommandOf<'RecordFill'>;

/** `before` is the same pool, which nothing changes. */
export function recordFill(
  ledger: Ledger,
  command: RecordFill,
  { time, before }: { time: number; before: Ledger },
): Answer {
  const { price, size } = command;
  if (size <= 0n || price <= 0n) return 'NOT_POSITIVE';
  for (const fee of [command.buyerFee, command.sellerFee]) {
    if (fee < 0n || !isModerate(fee)) return 'INVALID_PARAMETER';
  }
  if (command.buyer === command.seller) return 'SELF_TRADE';
  const buyer = findAccount(ledger, command.buyer);
  const seller = findAccount(ledger, command.seller);
  if (buyer === undefined || seller === undefined) return 'ACCOUNT_UNKNOWN';
  const problem = marketProblem(ledger, command, time);
  if (problem !== null) return problem;
  const { kind } = findMarket(ledger, command.market)!.parameters;

  const liquidation = command.order === null ? null : openOrderOf(ledger, command.order);
  if (command.order !== null) {
    const mismatch = orderProblem(ledger, liquidation, { command, time });
    if (mismatch !== null) return mismatch;
  }
  for (const party of [buyer, seller]) {
    const closing = liquidation !== null && liquidation.account === party.id;
    if (party.liquidation !== null && !closing) return 'ACCOUNT_IN_LIQUIDATION';
    const elsewhere = party.market !== null && party.market !== command.market;
    if (elsewhere) return 'MARKET_NOT_TRADABLE_BY_ACCOUNT';
  }

  const value = fillValue(kind, size, price);
  const trade = { market: command.market, sizeDelta: size, value, fee: command.buyerFee };
  const bought = changePosition(ledger, buyer, trade);
  const sold = changePosition(ledger, seller, {
    market: command.market,
    sizeDelta: -size,
    value: -value,
    fee: command.sellerFee,
  });
  for (const [party, change] of [
    [buyer, bought],
    [seller, sold],
  ] as const) {
    if (liquidation?.account === party.id) continue;
    const { market: id, order } = command;
    const closing = order !== null;
    const short = marginProblem({ ledger, before, party, change, market: id, closing });
    if (short !== null) return short;
  }
  const filled: ModelEvent = {
    type: 'FillRecorded',
    market: command.market,
    price,
    value,
    buyer: bought,
    seller: sold,
    order: command.order,
    liquidation: liquidation?.liquidation ?? null,
  };
  if (liquidation === null) return [filled];
  return [filled, ...closedOut(ledger, liquidation, { command, time })];
}

function marketProblem(ledger: Ledger, command: RecordFill, time: number): RejectionCode | null {
  const { price, size } = command;
  const market = findMarket(ledger, command.market);
  if (market === undefined) return 'MARKET_UNKNOWN';
  const { expiryMs, lot, kind } = market.parameters;
  if (market.settlementPrice !== null) return 'MARKET_EXPIRED';
  if (expiryMs !== null && time >= expiryMs) return 'MARKET_EXPIRED';
  if (market.mark === null) return 'PRICE_UNAVAILABLE';
  if (magnitude(price - market.mark) * ONE > market.mark * ledger.pool!.fillBand) {
    return 'PRICE_OUTSIDE_BAND';
  }
  const openAfter = longSize(ledger, command.market) + size;
  const reckonable = [market.mark, price].every((at) => isReckonable(kind, openAfter, at));
  if (!reckonable) return 'INVALID_PARAMETER';
  if (size % lot !== 0n) return 'SIZE_NOT_IN_LOTS';
  if (exceedsCap(ledger, market, command)) return 'OPEN_INTEREST_CAP_EXCEEDED';
  return null;
}

const openOrderOf = (ledger: Ledger, order: number): Liquidation | null =>
  ledger.liquidations.find((entry) => entry.order?.order === order) ?? null;

/** Until when an order that expires at a time is still taken for open. */
export const endOf = (ledger: Ledger, expiresAtMs: number): number =>
  expiresAtMs + (ledger.closeOuts?.reportGraceMs ?? 0);

function orderProblem(
  ledger: Ledger,
  liquidation: Liquidation | null,
  { command, time }: { command: RecordFill; time: number },
): 'ORDER_NOT_OPEN' | 'ORDER_MISMATCH' | 'ORDER_OVERFILLED' | 'PRICE_BEYOND_LIMIT' | null {
  const order = liquidation?.order ?? null;
  if (liquidation === null || order === null) return 'ORDER_NOT_OPEN';
  if (time >= endOf(ledger, order.expiresAtMs)) return 'ORDER_NOT_OPEN';
  const account = findAccount(ledger, liquidation.account)!;
  const held = positionOf(account, order.market)?.size ?? 0n;
  const sells = order.size < 0n;
  const party = sells ? command.seller : command.buyer;
  const fee = sells ? command.sellerFee : command.buyerFee;
  if (party !== liquidation.account || command.market !== order.market || fee !== 0n) {
    return 'ORDER_MISMATCH';
  }
  // Auto-deleveraging may have closed the position since: an order closes, it never opens.
  const closable = signOf(held) === -signOf(order.size) ? magnitude(held) : 0n;
  const remaining = magnitude(order.size) - magnitude(order.filled);
  if (command.size > smaller(remaining, closable)) return 'ORDER_OVERFILLED';
  const beyond = sells ? command.price < order.limitPrice : command.price > order.limitPrice;
  return beyond ? 'PRICE_BEYOND_LIMIT' : null;
}

/** Initial margin for whoever adds risk; whoever reduces may not end with less free margin. */
function marginProblem(input: {
  ledger: Ledger;
  before: Ledger;
  party: Account;
  change: Change;
  market: string;
  /** Fills of close-out orders may rest on a doubtful price. */
  closing: boolean;
}): 'PRICE_UNAVAILABLE' | 'GATE_CLOSED' | 'INITIAL_MARGIN_NOT_MET' | null {
  const { ledger, before, party, change, market, closing } = input;
  const earlier = findAccount(before, party.id)!;
  const held = positionOf(earlier, market)?.size ?? 0n;
  const opposite = signOf(held) === -signOf(change.sizeDelta);
  const reduces = opposite && magnitude(held) >= magnitude(change.sizeDelta);
  const live = findMarket(before, market)!.mode === 'live' && pricesValid(before, earlier);
  const doubtful = !closing && (isDoubtful(before, market) || dependsOnDoubt(before, earlier));
  if (!reduces && (!live || doubtful)) return 'PRICE_UNAVAILABLE';
  const gated = !closing && isMarketClosed(before, 'liquidations', market);
  if (!reduces && gated) return 'GATE_CLOSED';
  // Open interest counts as it stood before the fill.
  const after = marginForRisk(ledger, party, before);
  if (after.initialEquity >= after.initialMargin) return null;
  const free = (margin: Margin): bigint => margin.initialEquity - margin.initialMargin;
  const worse = free(marginOf(ledger, party, before)) < free(marginOf(before, earlier));
  return reduces && !worse ? null : 'INITIAL_MARGIN_NOT_MET';
}

/** The penalty on a close-out fill, and the end of its order once nothing is left of it. */
function closedOut(
  ledger: Ledger,
  liquidation: Liquidation,
  { command, time }: { command: RecordFill; time: number },
): ModelEvent[] {
  const account = findAccount(ledger, liquidation.account)!;
  const order = liquidation.order!;
  order.filled += signOf(order.size) * command.size;
  const market = findMarket(ledger, command.market)!;
  const notional = notionalUp(market.parameters.kind, command.size, command.price);
  countInWindow(market, { notional, time });
  const { equity } = marginOf(ledger, account);
  const fraction = liquidation.penaltyFraction;
  const events = chargePenalty(ledger, liquidation, { notional, equity, fraction });
  if (order.filled !== order.size) return events;
  return [...events, finish(liquidation, 'filled', time)];
}

/** Ends an order; unless it was taken back, the book gets its next chance when time has passed. */
export function finish(
  liquidation: Liquidation,
  reason: ModelEventOf<'OrderFinished'>['reason'],
  time: number,
): ModelEvent {
  const { order, size, filled, canceling } = liquidation.order!;
  const unfilled = magnitude(size) - magnitude(filled);
  const canceled = reason === 'canceled' && canceling;
  if (filled !== 0n) liquidation.attempts = 0;
  else if (canceled) liquidation.steps -= 1;
  else liquidation.attempts += 1;
  if (unfilled > 0n && !canceled) liquidation.notBeforeMs = time + 1;
  liquidation.order = null;
  return {
    type: 'OrderFinished',
    order,
    liquidation: liquidation.liquidation,
    reason,
    unfilled,
  };
}

export function finishOrder(
  ledger: Ledger,
  command: ModelCommandOf<'FinishOrder'>,
  time: number,
): Answer {
  const liquidation = openOrderOf(ledger, command.order);
  if (liquidation === null) return 'ORDER_NOT_OPEN';
  const { size, filled } = liquidation.order!;
  if (command.reason === 'filled' && filled !== size) return 'ORDER_MISMATCH';
  return [finish(liquidation, command.reason, time)];
}

export function accrueFunding(ledger: Ledger, command: ModelCommandOf<'AccrueFunding'>): Answer {
  const { market: id, fundingRate } = command;
  const market = findMarket(ledger, id);
  if (market === undefined) return 'MARKET_UNKNOWN';
  if (magnitude(fundingRate) > ONE) return 'INVALID_PARAMETER';
  if (market.settlementPrice !== null) return 'MARKET_EXPIRED';
  const { mark, parameters, fundingIndex } = market;
  if (mark === null || market.mode === 'frozen') return 'PRICE_UNAVAILABLE';
  const perSize =
    parameters.kind === 'linear'
      ? floorDiv(mark * fundingRate, ONE)
      : floorDiv(fundingRate * ONE, mark);
  const owed = magnitude(fundingIndex + perSize);
  if (!isReckonable('linear', longSize(ledger, id), owed)) return 'INVALID_PARAMETER';
  const events: ModelEvent[] = [];
  const residue = wholeUnits(fundingResidue(ledger, market));
  if (residue > 0n) {
    market.residueCollected += residue;
    ledger.insuranceFund += residue;
    events.push({ type: 'FundingResidueCollected', market: id, amount: residue });
  }
  market.fundingIndex = fundingIndex + perSize;
  events.push({
    type: 'FundingAccrued',
    market: id,
    fundingRate,
    markPrice: mark,
    fundingIndexBefore: fundingIndex,
    fundingIndexAfter: market.fundingIndex,
  });
  return events;
}
