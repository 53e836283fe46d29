/**
 * What operators and breakers have closed, and what a market may bear. See docs/spec/breakers.md,
 * sections "Gates" and "Open interest cap".
 * @module
 */
import { larger } from './integers.ts';
import {
  type Account,
  type Answer,
  type ClosedGate,
  findAccount,
  findMarket,
  type Gate,
  type Ledger,
  longSize,
  type MarketLedger,
  type ModelCommandOf,
  positionOf,
} from './ledger.ts';
import { notionalUp } from './margin.ts';
import { isStaleForTrading, isTooFar } from './price-guards.ts';

export function setGate(ledger: Ledger, command: ModelCommandOf<'SetGate'>, time: number): Answer {
  const { gate, closed, untilMs } = command;
  const place = command.market === null ? ledger : findMarket(ledger, command.market);
  if (place === undefined) return 'MARKET_UNKNOWN';
  if (gate === 'withdrawals' && command.market !== null) return 'INVALID_PARAMETER';
  if (untilMs !== null && (!closed || untilMs <= time)) return 'INVALID_PARAMETER';
  place.gates = place.gates.filter((entry) => entry.gate !== gate);
  if (closed) place.gates.push({ gate, untilMs });
  return [{ ...command, type: 'GateSet' }];
}

const closedByHand = (gates: readonly ClosedGate[], gate: Gate, time: number): boolean =>
  gates.some((entry) => entry.gate === gate && (entry.untilMs === null || entry.untilMs > time));

export const isPoolClosed = ({ gates, time }: Ledger, gate: Gate): boolean =>
  closedByHand(gates, gate, time);

export function isMarketClosed(ledger: Ledger, gate: Gate, id: string): boolean {
  const { gates, alarms, breakers } = findMarket(ledger, id)!;
  const tripped = alarms.some(({ released }) => !released);
  const byBreaker = tripped && breakers?.gates.includes(gate) === true;
  return byBreaker || isPoolClosed(ledger, gate) || closedByHand(gates, gate, ledger.time);
}

/** For the pool, or for any market. */
export const isAnyGateClosed = (ledger: Ledger, gate: Gate): boolean =>
  isPoolClosed(ledger, gate) ||
  ledger.markets.some(({ parameters }) => isMarketClosed(ledger, gate, parameters.market));

export const isAccountClosed = (ledger: Ledger, gate: Gate, { positions }: Account): boolean =>
  isPoolClosed(ledger, gate) ||
  positions.some(({ market }) => isMarketClosed(ledger, gate, market));

/** The price is good enough to liquidate by, but not to take risk on. */
export function isDoubtful(ledger: Ledger, id: string): boolean {
  const market = findMarket(ledger, id)!;
  const alarmed = market.alarms.some(
    ({ reason }) => reason === 'price-jump' || reason === 'sources-disagree',
  );
  return alarmed || isTooFar(market) || isStaleForTrading(ledger, market);
}

export const dependsOnDoubt = (ledger: Ledger, { positions }: Account): boolean =>
  positions.some(({ market }) => isDoubtful(ledger, market));

/** More would be open than the market is thought to bear. */
export function exceedsCap(
  ledger: Ledger,
  market: MarketLedger,
  fill: { buyer: string; seller: string; size: bigint },
): boolean {
  const cap = market.liquidity?.openInterestMax ?? null;
  if (cap === null) return false;
  const { market: id, kind } = market.parameters;
  const held = (account: string): bigint =>
    positionOf(findAccount(ledger, account)!, id)?.size ?? 0n;
  const [bought, sold] = [held(fill.buyer), held(fill.seller)];
  const opened = larger(bought + fill.size, 0n) - larger(bought, 0n);
  const closed = larger(sold, 0n) - larger(sold - fill.size, 0n);
  const before = longSize(ledger, id);
  const after = before + opened - closed;
  return after > before && notionalUp(kind, after, market.mark!) > cap;
}
