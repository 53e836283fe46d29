/**
 * Guards without a step only refuse. Goal: whatever a guarded pool accepts, a pool without guards
 * accepts too, with the same events, the same due work and the same state, but for what the guards
 * themselves keep. So nothing that liquidates depends on them. Method: random commands written for
 * the guarded pool; its twin gets those that were accepted, with every guard switched off.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  applyRecord,
  type CommandEnvelope,
  createEngine,
  decide,
  dueWork,
  ENGINE_SOURCE,
  type Engine,
  type Event,
  type JournalRecord,
  type Outcome,
} from '../../src/engine/index.ts';
import { engineTimeMs } from '../../src/units/index.ts';
import { startsDeskCustomer } from './lockstep.ts';
import { createModel, type ModelEnvelope } from './model.ts';
import { enginePicture, firstDifference } from './picture.ts';
import { createAuthor, type Entry } from './script.ts';

const CASES = 40;
const COMMANDS = 150;

/** What guards refuse, and nothing else. */
const REFUSALS = new Set(['PRICE_UNAVAILABLE', 'INITIAL_MARGIN_NOT_MET']);

/** The same command with a guard switched off, or all of them. */
function switched(envelope: ModelEnvelope, off: 'step' | 'all'): ModelEnvelope {
  const { command } = envelope;
  if (command.type !== 'ConfigurePriceGuards') return envelope;
  const { market } = command.parameters;
  const none = {
    market,
    stableTimeConstantMs: null,
    deviationMax: null,
    markStepPerSecond: null,
    confidenceFactor: null,
    tradingStalenessMsMax: null,
  };
  const parameters = off === 'all' ? none : { ...command.parameters, markStepPerSecond: null };
  return { ...envelope, command: { ...command, parameters } };
}

type Pool = { readonly engine: Engine; seq: number };

function taken(pool: Pool, envelope: ModelEnvelope, time: number): Outcome {
  pool.seq += 1;
  const at = engineTimeMs(time);
  const given = envelope as unknown as CommandEnvelope;
  const outcome = decide(pool.engine.state, given, at);
  const record: JournalRecord = { version: 1, seq: pool.seq, time: at, envelope: given, outcome };
  if (outcome.type === 'Accepted') applyRecord(pool.engine, record);
  return outcome;
}

const GUARDS: readonly Event['type'][] = ['MarksGuarded', 'PriceGuardsConfigured'];

const withoutGuards = (outcome: Outcome): unknown =>
  outcome.type === 'Rejected'
    ? outcome.rejection.code
    : outcome.events.filter(({ type }) => !GUARDS.includes(type));

/** The state without what the guards keep. */
function picture({ engine }: Pool): unknown {
  const shown = enginePicture(engine.state) as { readonly markets: readonly object[] };
  const markets = shown.markets.map((market) => {
    return { ...market, priceGuards: null, stablePrice: null, markDecidedMs: null };
  });
  return { ...shown, markets };
}

/** How often guards alone refused, in one case. */
function refusedAlone(seed: number): number {
  const author = createAuthor(seed);
  const model = createModel();
  const guarded: Pool = { engine: createEngine(), seq: 0 };
  const twin: Pool = { engine: createEngine(), seq: 0 };
  let refused = 0;
  const both = (envelope: ModelEnvelope, time: number): void => {
    const outcome = taken(guarded, switched(envelope, 'step'), time);
    model.apply(switched(envelope, 'step'), time);
    if (outcome.type === 'Rejected') {
      const given = switched(envelope, 'all') as unknown as CommandEnvelope;
      const free = decide(twin.engine.state, given, engineTimeMs(time));
      if (free.type === 'Rejected' || envelope.command.type === 'ConfigurePriceGuards') return;
      refused += 1;
      assert.ok(REFUSALS.has(outcome.rejection.code), outcome.rejection.code);
      return;
    }
    const answer = taken(twin, switched(envelope, 'all'), time);
    assert.equal(firstDifference(withoutGuards(outcome), withoutGuards(answer)), null);
  };
  let ended = false;
  for (let count = 0; count < COMMANDS && !ended; count += 1) {
    const { envelope, time, lagMs }: Entry = author(model.ledger());
    both(envelope, time);
    for (;;) {
      const due = dueWork(guarded.engine);
      assert.equal(firstDifference(due, dueWork(twin.engine)), null);
      if (due === null) break;
      const command = due as unknown as ModelEnvelope['command'];
      // The model, which the author looks at, liquidates no debts.
      ended = startsDeskCustomer(model.ledger(), command);
      if (ended) break;
      both({ source: ENGINE_SOURCE, sourceSeq: 0, command }, time + lagMs);
    }
  }
  assert.equal(firstDifference(picture(guarded), picture(twin)), null);
  return refused;
}

test('a pool without guards takes all that a guarded one takes, and stands alike', (t) => {
  let refused = 0;
  for (let seed = 1; seed <= CASES; seed += 1) refused += refusedAlone(seed * 7_901);
  t.diagnostic(`${refused} commands of ${CASES} cases were refused by guards alone`);
  assert.ok(refused > 50, `guards refused ${refused} times: the test is empty`);
});
