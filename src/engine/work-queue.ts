/**
 * What the engine owes: internal commands that must be taken before anything from outside. A
 * pure function of the state; the queue only remembers which liquidations to ask.
 * @module
 */
import { settlementDue } from './decide/settle-market.ts';
import { heapPop, heapPush } from './heap.ts';
import { liquidationStep } from './liquidation-step.ts';
import type { Command } from './schema/index.ts';
import { type ChangeLog, noChanges, type PoolState, poolParameters } from './state.ts';
import { candidates, catchUp, type TriggerIndex } from './trigger-index.ts';

export type WorkQueue = {
  /** Heap of liquidations that may have a step due. */
  readonly ready: number[];
  /** Members of the heap. */
  readonly queued: Set<number>;
  /** Running liquidations that wait for a price, a fill, a buyer or time. */
  readonly waiting: Set<number>;
};

const ascending = (a: number, b: number): number => a - b;

/** The engine as its host holds it: the state and what is derived from it. */
export type Engine = {
  readonly state: PoolState;
  /** Derived: rebuilt on recovery, never encoded or hashed. */
  readonly triggers: TriggerIndex;
  readonly work: WorkQueue;
};

export function createWorkQueue(state: PoolState): WorkQueue {
  const ready = [...state.liquidations.keys()].sort(ascending);
  return { ready, queued: new Set(ready), waiting: new Set() };
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
  if (found.length > 0) {
    const { startsPerRecordMax } = poolParameters(state);
    const accounts = found.slice(0, startsPerRecordMax).map((at) => state.accounts[at]!.id);
    return { type: 'StartLiquidations', accounts };
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
  const enqueue = (number: number): void => {
    work.waiting.delete(number);
    if (work.queued.has(number) || !state.liquidations.has(number)) return;
    work.queued.add(number);
    heapPush(work.ready, number, ascending);
  };
  // An asset's weight or index may restore an account, or let it sell what it could not.
  const { marks, indexes, assets } = changes;
  const all = changes.time || marks.length + indexes.length + assets.length > 0;
  if (all) {
    for (const number of [...work.waiting]) enqueue(number);
  }
  for (const number of changes.liquidations) enqueue(number);
  const buyer = state.parameters?.collateralBuyer ?? null;
  const buyerNumber = buyer === null ? undefined : state.numbers.accounts.get(buyer);
  for (const number of changes.accounts) {
    const { liquidation } = state.accounts[number]!;
    if (liquidation !== null) enqueue(liquidation);
    // Whoever waits for a buyer of collateral has no positions left.
    if (number !== buyerNumber) continue;
    for (const waiting of [...work.waiting]) {
      const { account } = state.liquidations.get(waiting)!;
      if (state.accounts[account]!.positions.length === 0) enqueue(waiting);
    }
  }
}

function nextStep({ state, work }: Engine): Command | null {
  for (let number = work.ready[0]; number !== undefined; number = work.ready[0]) {
    const liquidation = state.liquidations.get(number);
    const due = liquidation !== undefined && liquidationStep(state, liquidation).rung !== 'wait';
    if (due) return { type: 'StepLiquidation', liquidation: number };
    heapPop(work.ready, ascending);
    work.queued.delete(number);
    if (liquidation !== undefined) work.waiting.add(number);
  }
  return null;
}
