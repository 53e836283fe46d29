/** Decisions on what the venue did: fills and the end of close-out orders. @module */
import { contractNotional, fillValue } from '../../risk/index.ts';
import {
  type AccountId,
  abs,
  add,
  cmpScaled,
  type EngineTimeMs,
  floorTo,
  formatDecimal,
  gt,
  gte,
  isNegative,
  isPositive,
  isZero,
  type Money,
  min,
  neg,
  type Price,
  type Size,
  sign,
  sub,
  ZERO_SIZE,
} from '../../units/index.ts';
import { accountAfter } from '../account-after.ts';
import { closeOutSettings } from '../close-out-settings.ts';
import { gateClosedForMarket } from '../gates.ts';
import { isModerate, isModerateSum, isReckonable, MONEY_MAX_TEXT } from '../limits.ts';
import { accountMargin, pricesValid } from '../margin.ts';
import { positionChange } from '../position-change.ts';
import { holdsDoubtfulPrice, priceDoubtful, worstPrice } from '../price-validity.ts';
import { riskMargin } from '../risk-margin.ts';
import type { CommandOf, Event, Outcome, PositionChange } from '../schema/index.ts';
import {
  type AccountView,
  type LiquidationView,
  type MarketView,
  type PoolView,
  poolParameters,
  positionIn,
} from '../state.ts';
import { keepsInitialMargin } from '../taking-side.ts';
import { openInterestCapProblem } from './open-interest-cap.ts';
import { accepted, rejected } from './outcome.ts';
import { penaltyEvents } from './penalty.ts';

type RecordFill = CommandOf<'RecordFill'>;

export function recordFill(state: PoolView, command: RecordFill, time: EngineTimeMs): Outcome {
  const problem = tradeProblem(state, command, time);
  if (problem !== null) return problem;
  const market = state.numbers.markets.get(command.market)!;
  const closeOut = command.order === null ? null : closeOutOf(state, command.order);
  const blocked =
    (command.order === null ? null : orderProblem(state, { closeOut, command, market, time })) ??
    partyProblem(state, command, closeOut);
  if (blocked !== null) return blocked;

  const { kind } = state.markets[market]!.parameters;
  const value = fillValue({ kind, size: command.size, price: command.price });
  const change = (id: AccountId, sizeDelta: Size, delta: Money, fee: Money): PositionChange => {
    const account = state.accounts[state.numbers.accounts.get(id)!]!;
    return positionChange(state, { account, market, sizeDelta, value: delta, fee });
  };
  const buyer = change(command.buyer, command.size, value, command.buyerFee);
  const seller = change(command.seller, neg(command.size), neg(value), command.sellerFee);
  const unmet =
    marginProblem(state, { change: buyer, market, closeOut }) ??
    marginProblem(state, { change: seller, market, closeOut });
  if (unmet !== null) return unmet;

  const filled: Event = {
    type: 'FillRecorded',
    market: command.market,
    price: command.price,
    value,
    buyer,
    seller,
    order: command.order,
    liquidation: closeOut?.liquidation ?? null,
  };
  if (closeOut === null) return accepted(filled);
  const own = isNegative(closeOut.order!.size) ? seller : buyer;
  return accepted(
    filled,
    ...closeOutEvents(state, { closeOut, own, market, price: command.price }),
  );
}

/** Why there can be no such trade, whoever the two are and whatever they hold. */
export const tradeProblem = (
  state: PoolView,
  command: RecordFill,
  time: EngineTimeMs,
): Outcome | null => shapeProblem(command) ?? marketProblem(state, command, time);

function shapeProblem({ size, price, buyer, seller, buyerFee, sellerFee }: RecordFill) {
  if (!isPositive(size)) return rejected('NOT_POSITIVE', { size: formatDecimal(size) });
  if (!isPositive(price)) return rejected('NOT_POSITIVE', { price: formatDecimal(price) });
  for (const fee of [buyerFee, sellerFee]) {
    if (!isNegative(fee) && isModerate(fee)) continue;
    const expected = `from 0 to ${MONEY_MAX_TEXT}`;
    return rejected('INVALID_PARAMETER', { parameter: 'fee', expected });
  }
  return buyer === seller ? rejected('SELF_TRADE', { account: buyer }) : null;
}

function marketProblem(state: PoolView, command: RecordFill, time: EngineTimeMs) {
  for (const account of [command.buyer, command.seller]) {
    if (!state.numbers.accounts.has(account)) return rejected('ACCOUNT_UNKNOWN', { account });
  }
  const number = state.numbers.markets.get(command.market);
  if (number === undefined) return rejected('MARKET_UNKNOWN', { market: command.market });
  const market = state.markets[number]!;
  const { expiryMs, lot } = market.parameters;
  if (market.settlementPrice !== null || (expiryMs !== null && time >= expiryMs)) {
    return rejected('MARKET_EXPIRED', { market: command.market });
  }
  const { mark } = market;
  if (mark === null) return rejected('PRICE_UNAVAILABLE', { market: command.market });
  const away = abs(sub(command.price, mark));
  if (cmpScaled(away, mark, poolParameters(state).fillBand) > 0) {
    const facts = { price: formatDecimal(command.price), mark: formatDecimal(mark) };
    return rejected('PRICE_OUTSIDE_BAND', facts);
  }
  const tooLarge = openInterestProblem(market, command);
  if (tooLarge !== null) return tooLarge;
  if (isZero(sub(command.size, floorTo(command.size, lot)))) {
    return openInterestCapProblem(state, number, command);
  }
  return rejected('SIZE_NOT_IN_LOTS', {
    size: formatDecimal(command.size),
    lot: formatDecimal(lot),
  });
}

/** Open interest may become no larger than the pool reckons with, at the mark and at the fill. */
function openInterestProblem({ parameters, longSize, mark }: MarketView, command: RecordFill) {
  const { kind } = parameters;
  const reckonable =
    isModerateSum(longSize, command.size) &&
    [mark!, command.price].every((price) => isReckonable(kind, add(longSize, command.size), price));
  if (reckonable) return null;
  const expected = `open interest of at most ${MONEY_MAX_TEXT}, in contracts and in money`;
  return rejected('INVALID_PARAMETER', { parameter: 'size', expected });
}

function closeOutOf(state: PoolView, order: number): LiquidationView | null {
  const number = state.orders.get(order);
  return number === undefined ? null : state.liquidations.get(number)!;
}

/** Why a fill does not belong to the close-out order it names. */
function orderProblem(
  state: PoolView,
  input: {
    readonly closeOut: LiquidationView | null;
    readonly command: RecordFill;
    readonly market: number;
    readonly time: EngineTimeMs;
  },
): Outcome | null {
  const { closeOut, command, market, time } = input;
  const open = closeOut?.order ?? null;
  if (
    closeOut === null ||
    open === null ||
    time >= open.expiresAtMs + closeOutSettings(state).reportGraceMs
  ) {
    return rejected('ORDER_NOT_OPEN', { order: command.order! });
  }
  const sells = isNegative(open.size);
  const account = state.accounts[closeOut.account]!.id;
  const party = sells ? command.seller : command.buyer;
  const fee = sells ? command.sellerFee : command.buyerFee;
  // A close-out pays its penalty, never a trading fee: its limit price allows for no more.
  if (party !== account || open.market !== market || !isZero(fee)) {
    return rejected('ORDER_MISMATCH', { order: open.order, account, side: sells ? 'sell' : 'buy' });
  }
  // Auto-deleveraging may have closed the position meanwhile: an order only ever closes.
  const held = positionIn(state.accounts[closeOut.account]!, market)?.size ?? ZERO_SIZE;
  const closable = sign(held) === -sign(open.size) ? abs(held) : ZERO_SIZE;
  const remaining = min(abs(sub(open.size, open.filled)), closable);
  if (gt(command.size, remaining)) {
    return rejected('ORDER_OVERFILLED', { order: open.order, remaining: formatDecimal(remaining) });
  }
  const { price } = command;
  const within = sells ? gte(price, open.limitPrice) : gte(open.limitPrice, price);
  if (within) return null;
  return rejected('PRICE_BEYOND_LIMIT', {
    order: open.order,
    price: formatDecimal(price),
    limitPrice: formatDecimal(open.limitPrice),
  });
}

export function partyProblem(
  state: PoolView,
  command: RecordFill,
  closeOut: LiquidationView | null,
): Outcome | null {
  for (const id of [command.buyer, command.seller]) {
    const account = state.accounts[state.numbers.accounts.get(id)!]!;
    const closing = closeOut !== null && state.accounts[closeOut.account] === account;
    if (account.liquidation !== null && !closing) {
      return rejected('ACCOUNT_IN_LIQUIDATION', { account: id });
    }
    if (
      account.market !== null &&
      state.markets[account.market]!.parameters.market !== command.market
    ) {
      return rejected('MARKET_NOT_TRADABLE_BY_ACCOUNT', { account: id, market: command.market });
    }
  }
  return null;
}

/**
 * Whoever increases risk needs initial margin afterwards and valid prices. Whoever only reduces
 * may do so below it, as long as free margin does not get worse, whatever the guards say.
 */
export function marginProblem(
  state: PoolView,
  input: {
    readonly change: PositionChange;
    readonly market: number;
    readonly closeOut: LiquidationView | null;
  },
): Outcome | null {
  const { change, market, closeOut } = input;
  const number = state.numbers.accounts.get(change.account)!;
  if (closeOut?.account === number) return null;
  const account = state.accounts[number]!;
  const size = positionIn(account, market)?.size ?? ZERO_SIZE;
  const reduces = sign(size) === -sign(change.sizeDelta) && gte(abs(size), abs(change.sizeDelta));
  const live = pricesValid(state, account) && state.markets[market]!.mode === 'live';
  // Whoever takes over a close-out may do so at a price good enough to liquidate by.
  const priced = live && (closeOut !== null || !isDoubtful(state, account, market));
  if (!reduces && !priced) {
    const markets = [...account.positions.map((position) => position.market), market];
    return rejected('PRICE_UNAVAILABLE', { account: account.id, ...worstPrice(state, markets) });
  }
  // Where nobody may be liquidated nobody takes on risk: it would shield the rest of the account.
  if (!reduces && closeOut === null && gateClosedForMarket(state, 'liquidations', market)) {
    return rejected('GATE_CLOSED', { gate: 'liquidations', account: account.id });
  }
  if (keepsInitialMargin(state, account, { market, change })) return null;
  const after = riskMargin(state, accountAfter(account, market, change, state));
  return rejected('INITIAL_MARGIN_NOT_MET', {
    account: account.id,
    initialEquity: formatDecimal(after.initialEquity),
    initialMargin: formatDecimal(after.initialMargin),
  });
}

const isDoubtful = (state: PoolView, account: AccountView, market: number): boolean =>
  priceDoubtful(state, market) || holdsDoubtfulPrice(state, account);

/** The penalty on what was closed, and the end of the order once it is filled. */
function closeOutEvents(
  state: PoolView,
  input: {
    readonly closeOut: LiquidationView;
    readonly own: PositionChange;
    readonly market: number;
    readonly price: Price;
  },
): Event[] {
  const { closeOut, own, market, price } = input;
  const account = state.accounts[closeOut.account]!;
  const after = accountMargin(state, accountAfter(account, market, own, state));
  const { kind } = state.markets[market]!.parameters;
  const notional = contractNotional({ kind, size: own.sizeDelta, price });
  const { equity } = after;
  const { penaltyFraction } = closeOut;
  const events = penaltyEvents(state, { closeOut, notional, penaltyFraction, equity });
  const open = closeOut.order!;
  if (!isZero(sub(open.size, add(open.filled, own.sizeDelta)))) return events;
  const finished: Event = {
    type: 'OrderFinished',
    order: open.order,
    liquidation: closeOut.liquidation,
    reason: 'filled',
    unfilled: ZERO_SIZE,
  };
  return [...events, finished];
}

export function finishOrder(state: PoolView, command: CommandOf<'FinishOrder'>): Outcome {
  const closeOut = closeOutOf(state, command.order);
  const open = closeOut?.order ?? null;
  if (closeOut === null || open === null) {
    return rejected('ORDER_NOT_OPEN', { order: command.order });
  }
  const unfilled = abs(sub(open.size, open.filled));
  if (command.reason === 'filled' && !isZero(unfilled)) {
    return rejected('ORDER_MISMATCH', { order: open.order, unfilled: formatDecimal(unfilled) });
  }
  return accepted({
    type: 'OrderFinished',
    order: open.order,
    liquidation: closeOut.liquidation,
    reason: command.reason,
    unfilled,
  });
}
