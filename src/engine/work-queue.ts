/**
 * What the engine owes: internal commands that must be taken before anything from outside. A
 * pure function of the state; the queue only remembers which liquidations to ask.
 * @module
 */
import { cmp, type Ratio } from '../units/index.ts';
import { settlementDue } from './decide/settle-market.ts';
import { detectionWork } from './detection.ts';
import { heapPop, heapPush } from './heap.ts';
import { interestDue } from './interest.ts';
import type { LedgerWatch } from './ledger-watch.ts';
import { liquidationStep } from './liquidation-step.ts';
import type { Command } from './schema/index.ts';
import {
  type ChangeLog,
  type LiquidationView,
  noChanges,
  type PoolState,
  type PoolView,
} from './state.ts';
import { candidates, catchUp, type TriggerIndex } from './triggers/index.ts';
import { premiumDue } from './waterfall.ts';

/** A liquidation in the queue with the place it had when it was put there. */
type Waiting = {
  readonly number: number;
  readonly turn: number;
  readonly marginRatio: Ratio | null;
};

export type WorkQueue = {
  /** Heap of liquidations that may have a step due; entries whose place has changed are skipped. */
  readonly ready: Waiting[];
  /** The entry of each member of the heap that counts. */
  readonly queued: Map<number, Waiting>;
  /** Running liquidations that wait for a price, a fill, a buyer or time. */
  readonly waiting: Set<number>;
  /** Those of them that a gate keeps from deleveraging: the fund or a buyer may help meanwhile. */
  readonly takenOver: Set<number>;
  /** Those without positions: a buyer may take what is left, collateral, claims and debts. */
  readonly forBuyer: Set<number>;
  /** Those that have lent: a desk may have the cash to pay them out. */
  readonly forCash: Set<number>;
};

/**
 * Round by round, and within a round the worst first: nobody is tried twice before everybody who
 * was there has been tried once, whatever its size, and ties fall to who was there first.
 */
const worstFirst = (a: Waiting, b: Waiting): number =>
  a.turn - b.turn || cmpMarginRatios(a.marginRatio, b.marginRatio) || a.number - b.number;

/** Without a requirement there is only a debt left: nothing is worse. */
function cmpMarginRatios(a: Ratio | null, b: Ratio | null): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null);
  return cmp(a, b);
}

/** The engine as its host holds it: the state and what is derived from it. */
export type Engine = {
  readonly state: PoolState;
  /** Derived: rebuilt on recovery, never encoded or hashed. */
  readonly triggers: TriggerIndex;
  readonly work: WorkQueue;
  readonly ledger: LedgerWatch;
};

export function createWorkQueue(state: PoolState): WorkQueue {
  const work: WorkQueue = {
    ready: [],
    queued: new Map(),
    waiting: new Set(),
    takenOver: new Set(),
    forBuyer: new Set(),
    forCash: new Set(),
  };
  for (const number of state.liquidations.keys()) enqueue(state, work, number);
  return work;
}

/** Puts a liquidation at the place that it has now. */
function enqueue(state: PoolState, work: WorkQueue, number: number): void {
  if (work.waiting.delete(number)) {
    work.takenOver.delete(number);
    work.forBuyer.delete(number);
    work.forCash.delete(number);
  }
  const liquidation = state.liquidations.get(number);
  if (liquidation === undefined) {
    work.queued.delete(number);
    return;
  }
  const { turn, marginRatio } = liquidation;
  const before = work.queued.get(number);
  if (before !== undefined && before.turn === turn && before.marginRatio === marginRatio) return;
  const entry = { number, turn, marginRatio };
  work.queued.set(number, entry);
  heapPush(work.ready, entry, worstFirst);
}

/**
 * The next internal command, or null when nothing is due. New liquidations come before steps of
 * running ones, so that they start in the record right after the price that caused them.
 */
export function dueWork(engine: Engine): Command | null {
  const { state } = engine;
  if (state.parameters === null) return null;
  const { changes } = state;
  state.changes = noChanges();
  catchUp(state, engine.triggers, changes);
  wake(engine, changes);
  const found = candidates(state, engine.triggers);
  const detected = detectionWork(state, found);
  if (detected !== null) return detected;
  for (const desk of state.desks) {
    if (interestDue(state, desk)) return { type: 'AccrueInterest', asset: desk.parameters.asset };
  }
  for (const tranche of state.waterfall?.tranches ?? []) {
    if (premiumDue(state, tranche)) return { type: 'PayPremium', tranche: tranche.tranche };
  }
  for (const market of state.markets) {
    if (settlementDue(state, market, state.timeMs)) {
      return { type: 'SettleMarket', market: market.parameters.market };
    }
  }
  return nextStep(engine);
}

/** Moves the liquidations that a change may concern from waiting to ready. */
function wake({ state, work }: Engine, changes: ChangeLog): void {
  // An asset's weight or index may restore an account, or let it sell what it could not; so may
  // funding and the tiers of a market, and the interest of a desk.
  const { marks, indexes, assets, markets, losses, desks, interest } = changes;
  const moved = [marks, indexes, assets, markets, losses, desks, interest].some(
    ({ length }) => length > 0,
  );
  const all = changes.time || moved;
  if (all) {
    for (const number of [...work.waiting]) enqueue(state, work, number);
  }
  for (const number of changes.liquidations) enqueue(state, work, number);
  let wakeTakenOver = changes.fund;
  const buyer = state.parameters?.collateralBuyer ?? null;
  const buyerNumber = buyer === null ? undefined : state.numbers.accounts.get(buyer);
  for (const number of changes.accounts) {
    const { liquidation } = state.accounts[number]!;
    if (liquidation !== null) enqueue(state, work, liquidation);
    if (number !== buyerNumber) continue;
    wakeTakenOver = true;
    for (const waiting of [...work.forBuyer]) enqueue(state, work, waiting);
  }
  if (changes.deskCash) {
    for (const waiting of [...work.forCash]) enqueue(state, work, waiting);
  }
  if (!wakeTakenOver) return;
  for (const number of [...work.takenOver]) enqueue(state, work, number);
}

function nextStep({ state, work }: Engine): Command | null {
  for (let entry = work.ready[0]; entry !== undefined; entry = work.ready[0]) {
    const { number } = entry;
    const current = work.queued.get(number) === entry;
    const liquidation = current ? state.liquidations.get(number) : undefined;
    const due = liquidation !== undefined && liquidationStep(state, liquidation).rung !== 'wait';
    if (due) return { type: 'StepLiquidation', liquidation: number };
    heapPop(work.ready, worstFirst);
    if (!current) continue;
    work.queued.delete(number);
    if (liquidation !== undefined) wait(state, work, liquidation);
  }
  return null;
}

/** Until something changes that it may wait for; its account is one of those things. */
function wait(state: PoolView, work: WorkQueue, waiting: LiquidationView): void {
  const { liquidation: number, account, order, takeover } = waiting;
  const { positions, supplies } = state.accounts[account]!;
  work.waiting.add(number);
  // The fund may be filled, or a buyer of collateral appear, without the gate being opened.
  if (takeover && order === null) work.takenOver.add(number);
  if (positions.length === 0) work.forBuyer.add(number);
  if (supplies.length > 0) work.forCash.add(number);
}
