/** Settlement of a dated future at its expiry, in bounded records. @module */
import { contractValueDown } from '../../risk/index.ts';
import { type EngineTimeMs, type Money, neg, type Price, ZERO_MONEY } from '../../units/index.ts';
import { isReckonable } from '../limits.ts';
import { positionChange } from '../position-change.ts';
import type { CommandOf, EventOf, Outcome } from '../schema/index.ts';
import { type MarketView, type PoolView, poolParameters, positionIn } from '../state.ts';
import { accepted, rejected } from './outcome.ts';

/** Accounts looked at per record, per position that may be settled in it. */
const SCAN_FACTOR = 16;

/** An expired market has work left: fix the price (a live index is needed), pay, close. */
export function settlementDue(state: PoolView, market: MarketView, time: EngineTimeMs): boolean {
  const { expiryMs } = market.parameters;
  if (expiryMs === null || market.settled || time < expiryMs) return false;
  if (market.settlementPrice !== null) return true;
  const { live, price } = state.indexes[market.index]!;
  // Too absurd to value the positions is as good as no price: settlement waits for another.
  return live && price !== null && isReckonable(market.parameters.kind, market.longSize, price);
}

export function settleMarket(
  state: PoolView,
  command: CommandOf<'SettleMarket'>,
  time: EngineTimeMs,
): Outcome {
  const number = state.numbers.markets.get(command.market);
  if (number === undefined) return rejected('MARKET_UNKNOWN', { market: command.market });
  const market = state.markets[number]!;
  if (!settlementDue(state, market, time)) {
    return rejected('SETTLEMENT_NOT_DUE', { market: command.market });
  }
  if (market.settlementPrice === null) {
    const settlementPrice = state.indexes[market.index]!.price!;
    return accepted({ type: 'SettlementPriceFixed', market: command.market, settlementPrice });
  }
  if (market.settlementCursor < state.accounts.length) {
    return accepted(nextSettlements(state, number, market.settlementPrice));
  }
  const residue = market.settlementClearing;
  return accepted({ type: 'MarketSettled', market: command.market, residue });
}

/**
 * Each position leaves at its value at the settlement price, rounded down: longs and shorts
 * together receive at most what they pay, and the few units between go to the fund at the end.
 */
function nextSettlements(
  state: PoolView,
  market: number,
  settlementPrice: Price,
): EventOf<'PositionsSettled'> {
  const { parameters, settlementCursor } = state.markets[market]!;
  const limit = poolParameters(state).settlementsPerRecordMax;
  const end = Math.min(state.accounts.length, settlementCursor + limit * SCAN_FACTOR);
  const positions: EventOf<'PositionsSettled'>['positions'][number][] = [];
  let at = settlementCursor;
  for (; at < end && positions.length < limit; at += 1) {
    const account = state.accounts[at]!;
    const position = positionIn(account, market);
    if (position === undefined) continue;
    const { size } = position;
    const value: Money = contractValueDown({ kind: parameters.kind, size, price: settlementPrice });
    const change = positionChange(state, {
      account,
      market,
      sizeDelta: neg(size),
      value: neg(value),
      fee: ZERO_MONEY,
    });
    positions.push({ change, value });
  }
  return {
    type: 'PositionsSettled',
    market: parameters.market,
    settlementPrice,
    positions,
    nextAccount: at,
  };
}
