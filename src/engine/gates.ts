/**
 * Gates: what may not happen now, in a market or in the whole pool. Closed by hand, or by a
 * breaker of the market. Judged at the pool's time, so that what is due is a function of the
 * state alone; a gate that an operator closed until a time opens when the pool reaches it.
 * @module
 */
import type { ClosedGate, Infer } from './schema/index.ts';
import type { AccountView, MarketView, PoolView } from './state.ts';

type ByHand = Infer<typeof ClosedGate>;

export type Gate = ByHand['gate'];

/** Asked for every market at every price: where there are no gates nothing is made to look at. */
const closedByHand = (gates: readonly ByHand[], gate: Gate, timeMs: number): boolean =>
  gates.length > 0 &&
  gates.some((entry) => entry.gate === gate && (entry.untilMs === null || entry.untilMs > timeMs));

/** An alarm that was not released closes the gates that the market's breakers close now. */
function closedByBreaker({ alarms, breakers }: MarketView, gate: Gate): boolean {
  if (breakers === null || !breakers.gates.includes(gate)) return false;
  return alarms.some(({ released }) => !released);
}

/** An operator has closed the gate for everybody. */
export const gateClosedForPool = (state: PoolView, gate: Gate): boolean =>
  closedByHand(state.gates, gate, state.timeMs);

/** The gate is closed for everybody, or for this market, by hand or by a breaker. */
export function gateClosedForMarket(state: PoolView, gate: Gate, market: number): boolean {
  const own = state.markets[market]!;
  return (
    closedByBreaker(own, gate) ||
    closedByHand(own.gates, gate, state.timeMs) ||
    gateClosedForPool(state, gate)
  );
}

/** The gate is closed for everybody, or for a market that the account has a position in. */
export const gateClosedForAccount = (state: PoolView, gate: Gate, account: AccountView): boolean =>
  gateClosedForPool(state, gate) ||
  account.positions.some(({ market }) => gateClosedForMarket(state, gate, market));
