/**
 * The engine as its host holds it: the pool's state and the structures derived from it. One
 * record is decided on the state that all earlier records left, then applied whole.
 * @module
 */
import type { EngineTimeMs } from '../units/index.ts';
import { assertEventInvariants } from './event-invariants.ts';
import { advance, evolve } from './evolve/index.ts';
import { assertInvariants } from './invariants.ts';
import { createLedgerWatch } from './ledger-watch.ts';
import type { JournalRecord } from './schema/index.ts';
import { emptyPool, type PoolState } from './state.ts';
import { createTriggerIndex } from './triggers/index.ts';
import { createWorkQueue, type Engine } from './work-queue.ts';

/** As much of an engine as records are applied to: what finds due work is not kept up. */
export type FoldedPool = Pick<Engine, 'state' | 'ledger'>;

export const foldedPool = (state: PoolState = emptyPool()): FoldedPool => ({
  state,
  ledger: createLedgerWatch(),
});

/** An engine over a state: empty, or restored from a snapshot. */
export function createEngine(state: PoolState = emptyPool()): Engine {
  const [triggers, work] = [createTriggerIndex(state), createWorkQueue(state)];
  return { ...foldedPool(state), triggers, work };
}

/**
 * Applies one record: its events if it was accepted, nothing at all if it was rejected (INV-13).
 * @throws InvariantViolation when the pool no longer balances: our own defect.
 */
export function applyRecord(
  pool: FoldedPool,
  record: Pick<JournalRecord, 'envelope' | 'outcome' | 'seq'> & { readonly time: EngineTimeMs },
): void {
  const { outcome } = record;
  if (outcome.type === 'Rejected') return;
  advance(pool.state, record);
  for (const event of outcome.events) {
    assertEventInvariants(pool.state, event);
    evolve(pool.state, event);
  }
  assertInvariants(pool.state, pool.ledger);
  pool.state.touchedMarkets = [];
}
