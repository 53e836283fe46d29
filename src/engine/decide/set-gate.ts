/** Decision on a gate that an operator closes or opens. @module */
import type { EngineTimeMs } from '../../units/index.ts';
import type { CommandOf, Outcome } from '../schema/index.ts';
import type { PoolView } from '../state.ts';
import { accepted, rejected } from './outcome.ts';

export function setGate(
  state: PoolView,
  command: CommandOf<'SetGate'>,
  time: EngineTimeMs,
): Outcome {
  const { market, gate, closed, untilMs, reason } = command;
  if (market !== null && !state.numbers.markets.has(market)) {
    return rejected('MARKET_UNKNOWN', { market });
  }
  if (market !== null && gate === 'withdrawals') {
    const expected = 'a gate of a market: withdrawals are those of the whole pool';
    return rejected('INVALID_PARAMETER', { parameter: 'gate', expected });
  }
  if (untilMs !== null && !(closed && untilMs > time)) {
    const expected = 'null, or when closing a time above that of the record';
    return rejected('INVALID_PARAMETER', { parameter: 'untilMs', expected });
  }
  return accepted({ type: 'GateSet', market, gate, closed, untilMs, reason });
}
