/** Effects of events about the buffer and the tranches of the waterfall. @module */
import {
  add,
  assert,
  type EngineTimeMs,
  isZero,
  type Money,
  neg,
  sub,
  ZERO_MONEY,
  ZERO_SHARES,
} from '../../units/index.ts';
import { windowUsed, windowWith } from '../rolling-window.ts';
import type { EventOf } from '../schema/index.ts';
import {
  accountNumber,
  type LiquidationState,
  type PoolState,
  type TrancheState,
  type WaterfallState,
} from '../state.ts';
import { addToInsuranceFund, credit, raiseRisk } from './ledger.ts';
import { running, wakeAll } from './liquidation.ts';
import { addShares, noteExit, removeExited } from './provider-shares.ts';

/** What the buffer and the tranches hold stays; a tranche that is new begins with nothing. */
export function waterfallConfigured(
  state: PoolState,
  { parameters }: EventOf<'WaterfallConfigured'>,
): void {
  const { waterfall, timeMs } = state;
  const kept = new Map(waterfall?.tranches.map((own) => [own.tranche, own]));
  const tranches = parameters.tranches.map(
    ({ tranche }): TrancheState =>
      kept.get(tranche) ?? {
        tranche,
        capital: ZERO_MONEY,
        sharesTotal: ZERO_SHARES,
        providers: [],
        premiumMs: timeMs,
      },
  );
  const before = waterfall ?? { buffer: ZERO_MONEY, window: [], marketWindows: [] };
  state.waterfall = { ...before, parameters, tranches };
  if (waterfall !== null && waterfall.parameters.windowMs !== parameters.windowMs) {
    renewWindows(state.waterfall, { oldMs: waterfall.parameters.windowMs, timeMs });
  }
  wakeAll(state);
}

/** A window of another length begins now, with all that the old one still counted. */
function renewWindows(
  waterfall: WaterfallState,
  { oldMs, timeMs }: { readonly oldMs: number; readonly timeMs: EngineTimeMs },
): void {
  const { windowMs } = waterfall.parameters;
  const renewed = (old: Pick<WaterfallState, 'window'>): WaterfallState['window'] => {
    const notional = windowUsed(old, oldMs, timeMs);
    return windowWith([], { windowMs, timeMs, notional });
  };
  waterfall.window = renewed(waterfall);
  for (const own of waterfall.marketWindows) own.window = renewed(own);
}

function waterfallOf({ waterfall }: PoolState): WaterfallState {
  assert(waterfall !== null, 'WATERFALL', 'there is no waterfall');
  return waterfall;
}

function trancheOf(state: PoolState, id: string): TrancheState {
  const tranche = waterfallOf(state).tranches.find((own) => own.tranche === id);
  assert(tranche !== undefined, 'TRANCHE', `there is no tranche ${id}`);
  return tranche;
}

export function trancheDeposited(state: PoolState, event: EventOf<'TrancheDeposited'>): void {
  const tranche = trancheOf(state, event.tranche);
  const provider = accountNumber(state, event.provider);
  raiseRisk(state, provider);
  credit(state, provider, neg(event.amount));
  tranche.capital = add(tranche.capital, event.amount);
  // Capital that was not there has earned nothing.
  tranche.premiumMs = state.timeMs > tranche.premiumMs ? state.timeMs : tranche.premiumMs;
  addShares(tranche, provider, event.shares);
  wakeAll(state);
}

export function trancheExitRequested(
  state: PoolState,
  event: EventOf<'TrancheExitRequested'>,
): void {
  noteExit(trancheOf(state, event.tranche), accountNumber(state, event.provider), event);
}

export function trancheRedeemed(state: PoolState, event: EventOf<'TrancheRedeemed'>): void {
  const tranche = trancheOf(state, event.tranche);
  const provider = accountNumber(state, event.provider);
  tranche.capital = sub(tranche.capital, event.amount);
  credit(state, provider, event.amount);
  removeExited(tranche, provider, event.shares);
}

export function premiumPaid(state: PoolState, event: EventOf<'PremiumPaid'>): void {
  const tranche = trancheOf(state, event.tranche);
  addToInsuranceFund(state, neg(event.amount));
  tranche.capital = add(tranche.capital, event.amount);
  tranche.premiumMs = event.untilMs;
}

export function bufferFilled(state: PoolState, event: EventOf<'BufferFilled'>): void {
  const waterfall = waterfallOf(state);
  addToInsuranceFund(state, neg(event.amount));
  waterfall.buffer = add(waterfall.buffer, event.amount);
}

type Payment = { readonly liquidation: number; readonly account: string; readonly amount: Money };

/** Money that comes into an account in liquidation, or goes back where it came from. */
function moveCover(state: PoolState, { liquidation, amount }: Payment): LiquidationState {
  const covered = running(state, liquidation);
  covered.coverPaid = add(covered.coverPaid, amount);
  credit(state, covered.account, amount);
  return covered;
}

function moveBuffer(state: PoolState, payment: Payment): void {
  const waterfall = waterfallOf(state);
  const { cover } = moveCover(state, payment);
  cover.buffer = add(cover.buffer, payment.amount);
  waterfall.buffer = sub(waterfall.buffer, payment.amount);
}

function moveTranche(state: PoolState, payment: Payment & { readonly tranche: string }): void {
  const tranche = trancheOf(state, payment.tranche);
  // Capital that was not there has earned nothing.
  if (isZero(tranche.capital)) tranche.premiumMs = state.timeMs;
  const { cover } = moveCover(state, payment);
  tranche.capital = sub(tranche.capital, payment.amount);
  const entry = cover.tranches.find((own) => own.tranche === payment.tranche);
  if (entry === undefined) {
    cover.tranches.push({ tranche: payment.tranche, paid: payment.amount });
  } else {
    entry.paid = add(entry.paid, payment.amount);
  }
}

/** No step: many layers must not lead an account past its way out that one would not. */
export function bufferPaid(state: PoolState, event: EventOf<'BufferPaid'>): void {
  moveBuffer(state, event);
}

export function tranchePaid(state: PoolState, event: EventOf<'TranchePaid'>): void {
  moveTranche(state, event);
}

export function bufferRepaid(state: PoolState, event: EventOf<'BufferRepaid'>): void {
  moveBuffer(state, { ...event, amount: neg(event.amount) });
  // Others in takeover may be covered with it.
  state.changes.fund = true;
}

export function trancheRepaid(state: PoolState, event: EventOf<'TrancheRepaid'>): void {
  moveTranche(state, { ...event, amount: neg(event.amount) });
  state.changes.fund = true;
}
