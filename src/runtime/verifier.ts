/** Verifies one record after the other; holds the state that the next one is decided on. @module */
import {
  applyRecord,
  type ByteWriter,
  byteWriter,
  type Command,
  CommandEnvelope,
  createEngine,
  decide,
  decodeRecord,
  dueWork,
  ENGINE_SOURCE,
  type Engine,
  encode,
  JournalRecord,
  RECORD_VERSION,
} from '../engine/index.ts';
import type { Seal } from '../ports/index.ts';
import { type EngineTimeMs, engineTimeMs } from '../units/index.ts';
import { type Chain, createChain, endsRun } from './chain-hash.ts';
import { firstDifference } from './first-difference.ts';
import type { Frame } from './record-frames.ts';
import { createStateHasher, type StateHasher } from './state-hash.ts';

export type Violation = {
  /** Record at which it was found. */
  readonly seq: number;
  readonly what: string;
  readonly expected: string;
  readonly found: string;
};

export type Verifier = {
  readonly engine: Engine;
  readonly chain: Chain;
  readonly hasher: StateHasher;
  readonly writer: ByteWriter;
  readonly violations: Violation[];
  readonly counts: {
    commands: number;
    internalCommands: number;
    events: number;
    rejections: number;
    seals: number;
    stateHashes: number;
  };
  seq: number;
  time: EngineTimeMs;
  /** What the engine owes before anything from outside. */
  due: Command | null;
  /** Set when there is no state left to verify the next record on. */
  lost: boolean;
};

export function createVerifier(): Verifier {
  const counts = {
    commands: 0,
    internalCommands: 0,
    events: 0,
    rejections: 0,
    seals: 0,
    stateHashes: 0,
  };
  return {
    engine: createEngine(),
    chain: createChain(),
    hasher: createStateHasher(),
    writer: byteWriter(),
    violations: [],
    counts,
    seq: 0,
    time: engineTimeMs(0),
    due: null,
    lost: false,
  };
}

export function expectEqual(
  verifier: Verifier,
  what: string,
  pair: { readonly expected: string; readonly found: string },
): void {
  if (pair.expected !== pair.found) verifier.violations.push({ seq: verifier.seq, what, ...pair });
}

export function verifyRecord(verifier: Verifier, frame: Frame): void {
  const next = verifier.seq + 1;
  const decoded = decodeRecord(frame.body);
  verifier.seq = next;
  expectEqual(verifier, 'seq of the commit', { expected: `${next}`, found: `${frame.seq}` });
  if (!decoded.ok) {
    const pair = { expected: 'a record', found: decoded.problem };
    lose(verifier, 'record cannot be read', pair);
    return;
  }
  const { value: record } = decoded;
  if (record.time < verifier.time) {
    const pair = { expected: `${verifier.time} or later`, found: `${record.time}` };
    expectEqual(verifier, 'time (INV-11)', pair);
  } else {
    verifier.time = record.time;
  }
  verifySender(verifier, record.envelope);
  try {
    decideAgain(verifier, frame, record);
    verifier.due = dueWork(verifier.engine);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    lose(verifier, 'deciding again failed', { expected: 'a decision', found });
  }
}

function lose(
  verifier: Verifier,
  what: string,
  pair: { readonly expected: string; readonly found: string },
): void {
  expectEqual(verifier, what, pair);
  verifier.lost = true;
}

/** Due work comes first, and the engine takes nothing of its own that is not due. */
function verifySender(verifier: Verifier, envelope: CommandEnvelope): void {
  const { due } = verifier;
  const internal = envelope.source === ENGINE_SOURCE;
  if (internal) verifier.counts.internalCommands += 1;
  else verifier.counts.commands += 1;
  if (due === null && !internal) return;
  const found = CommandEnvelope.json(envelope);
  if (due === null) {
    const pair = { expected: 'a command from outside: nothing was due', found: text(found) };
    expectEqual(verifier, 'due work', pair);
    return;
  }
  const owed: CommandEnvelope = { source: ENGINE_SOURCE, sourceSeq: 0, command: due };
  if (sameBytes(encode(CommandEnvelope, owed), encode(CommandEnvelope, envelope))) return;
  const pair = { expected: text(CommandEnvelope.json(owed)), found: text(found) };
  expectEqual(verifier, 'due work', pair);
}

const text = (value: unknown): string => JSON.stringify(value);

/** Goes on from its own decision, so that one edit shows as one violation where it can. */
function decideAgain(verifier: Verifier, frame: Frame, found: JournalRecord): void {
  const { counts, engine, seq, time, writer } = verifier;
  const { envelope } = found;
  // Every price is judged anew: what the engine knew to stay as it was is verified too.
  engine.state.pricesJudgedMs = null;
  const outcome = decide(engine.state, envelope, time);
  const expected = { version: RECORD_VERSION, seq, time, envelope, outcome };
  writer.length = 0;
  JournalRecord.write(writer, expected);
  if (!sameBytes(writer.bytes.subarray(0, writer.length), frame.body)) {
    const difference = firstDifference(JournalRecord.json(expected), JournalRecord.json(found));
    const { path, ...pair } = difference ?? {
      path: 'encoding',
      expected: `${writer.length} canonical bytes`,
      found: `${frame.body.length} others`,
    };
    expectEqual(verifier, `record, at ${path}`, pair);
  }
  if (outcome.type === 'Rejected') counts.rejections += 1;
  else counts.events += outcome.events.length;
  applyRecord(engine, expected);
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

export function verifyHashes(verifier: Verifier, frame: Frame, seal: Seal | null): void {
  const { chain, counts, engine, hasher } = verifier;
  chain.take(frame.framed);
  if (!endsRun(frame.seq)) {
    const found = seal === null ? 'none' : text(seal);
    expectEqual(verifier, 'seal within a run', { expected: 'none', found });
    return;
  }
  const expected = chain.endRun();
  expectEqual(verifier, 'chain hash', { expected, found: seal?.chainHash ?? 'no seal' });
  if (seal === null) return;
  counts.seals += 1;
  if (seal.stateHash === null || verifier.lost) return;
  counts.stateHashes += 1;
  const pair = { expected: hasher(engine.state), found: seal.stateHash };
  expectEqual(verifier, 'state hash', pair);
}
