/** Records whose events lie, given to the engine as if they had been decided. @module */
import assert from 'node:assert/strict';
import {
  applyRecord,
  type Command,
  decide,
  type Event,
  type JournalRecord,
} from '../../src/engine/index.ts';
import { type Amount, add, amount, InvariantViolation, sub } from '../../src/units/index.ts';
import type { Driver } from '../pools/pool-driver.ts';

/** What of an event is told otherwise. */
export type Lie = (event: Event) => object;

export const truly: Lie = () => ({});

const UNIT = amount('0.000000000000000001');
const withAmount =
  (change: (value: Amount) => Amount): Lie =>
  (event) =>
    'amount' in event ? { amount: change(event.amount as Amount) } : {};

/** A unit too much, a unit too little. */
export const more: Lie = withAmount((value) => add(value, UNIT));
export const less: Lie = withAmount((value) => sub(value, UNIT));

/** Code of the assertion that stops the record; null where it passes. */
export function toldOtherwise(
  pool: Pick<Driver, 'engine' | 'now' | 'records'>,
  command: Command,
  lie: Lie,
): string | null {
  const time = pool.now();
  // A number of its own for every lie: a record that was stopped half-way may be remembered.
  const envelope = { source: 'liar', sourceSeq: pool.records.length + 1, command };
  const outcome = decide(pool.engine.state, envelope, time);
  assert.ok(outcome.type === 'Accepted', `${command.type} was refused`);
  const events = outcome.events.map((event) => ({ ...event, ...lie(event) }) as Event);
  const seq = (pool.records.length + 1) as JournalRecord['seq'];
  const record: JournalRecord = {
    version: 1,
    seq,
    time,
    envelope,
    outcome: { type: 'Accepted', events },
  };
  try {
    applyRecord(pool.engine, record);
    return null;
  } catch (error) {
    assert.ok(error instanceof InvariantViolation, String(error));
    return error.code;
  }
}
