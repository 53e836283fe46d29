/** Effects of events about gates and breakers. @module */
import type { EventOf } from '../schema/index.ts';
import { type MarketState, marketNumber, marketToChange, type PoolState } from '../state.ts';

export function gateSet(state: PoolState, event: EventOf<'GateSet'>): void {
  const { market, gate, closed, untilMs } = event;
  const number = market === null ? null : marketNumber(state, market);
  const place = number === null ? state : marketToChange(state, number);
  const others = place.gates.filter((entry) => entry.gate !== gate);
  place.gates = closed ? [...others, { gate, untilMs }] : others;
  if (number === null) state.changes.time = true;
  else state.changes.marks.push(number);
}

export function breakerTripped(state: PoolState, event: EventOf<'BreakerTripped'>): void {
  const market = alarmed(state, event);
  market.alarms.push({ reason: event.reason, trippedAtMs: state.timeMs, released: false });
}

/** After a time limit the alarm stays, so that the breaker does not trip before it was calm. */
export function breakerReleased(state: PoolState, event: EventOf<'BreakerReleased'>): void {
  const market = alarmed(state, event);
  if (event.cause === 'calm') forget(market, event.reason);
  else market.alarms.find(({ reason }) => reason === event.reason)!.released = true;
}

export function breakerRearmed(state: PoolState, event: EventOf<'BreakerRearmed'>): void {
  forget(alarmed(state, event), event.reason);
}

/** The market of a breaker; liquidations that its gates stop or let go on are looked at again. */
function alarmed(state: PoolState, event: Pick<EventOf<'BreakerTripped'>, 'market'>): MarketState {
  const number = marketNumber(state, event.market);
  state.changes.marks.push(number);
  return marketToChange(state, number);
}

function forget(market: MarketState, reason: EventOf<'BreakerTripped'>['reason']): void {
  market.alarms = market.alarms.filter((alarm) => alarm.reason !== reason);
}
