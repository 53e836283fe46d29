/**
 * Goal: whatever happens to a pool, every liquidation in it has a receipt that is verified. Method:
 * the random histories of the reference engine's comparison, written into a journal.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  applyRecord,
  CommandEnvelope,
  createEngine,
  encode,
  type JournalRecord,
} from '../../src/engine/index.ts';
import { receiptsOf, verifyReceipt } from '../../src/receipts/index.ts';
import { engineTimeMs } from '../../src/units/index.ts';
import { engineSubject, runCase } from '../model/lockstep.ts';
import { type Author, createAuthor, type Entry } from '../model/script.ts';
import { journalOf } from '../pools/recorded-journal.ts';

const CASES = 12;
const COMMANDS = 150;

/** A command that no record can hold never comes to the pool: a host refuses it. */
function writable(author: Author): Author {
  return (ledger): Entry => {
    const entry = author(ledger);
    try {
      encode(CommandEnvelope, entry.envelope as CommandEnvelope);
      return entry;
    } catch {
      return { ...entry, envelope: { ...entry.envelope, command: { type: 'Tick' } } };
    }
  };
}

function recordsOf(seed: number): JournalRecord[] {
  const records: JournalRecord[] = [];
  const engine = engineSubject();
  const subject: typeof engine = {
    ...engine,
    take: (envelope, at) => {
      const outcome = engine.take(envelope, at);
      const time = engineTimeMs(at);
      records.push({ version: 1, seq: records.length + 1, time, envelope, outcome });
      return outcome;
    },
  };
  const author = writable(createAuthor(seed));
  runCase(author, { commands: COMMANDS, subject, coverage: new Map() });
  return records;
}

test(`every liquidation of ${CASES} random histories has a receipt that is verified`, async () => {
  const events = new Set<string>();
  for (let seed = 1; seed <= CASES; seed += 1) {
    const records = recordsOf(seed);
    const engine = createEngine();
    for (const record of records) applyRecord(engine, record);
    const { journal } = await journalOf(records, engine.state);
    for await (const { facts, text } of receiptsOf(journal)) {
      const { problem } = verifyReceipt(Buffer.from(text));
      assert.equal(problem, null, `seed ${seed}, liquidation ${facts.liquidation}`);
      for (const step of facts.steps) for (const { type } of step.events) events.add(type);
    }
  }
  for (const type of ['FillRecorded', 'PositionsDeleveraged', 'DeficitCovered', 'CoverRepaid']) {
    assert.ok(events.has(type), `no receipt told of ${type}`);
  }
});
