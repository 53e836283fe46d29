/**
 * How to plant a bug in an engine: one of its parts is replaced, or its events are altered.
 * @module
 */
import {
  applyRecord,
  audit,
  type Command,
  type CommandEnvelope,
  createEngine,
  decide,
  dueWork,
  type Engine,
  type Event,
  type JournalRecord,
  type Outcome,
} from '../../src/engine/index.ts';
import { engineTimeMs } from '../../src/units/index.ts';
import type { Plain } from './ledger.ts';
import type { Subject } from './lockstep.ts';
import { enginePicture } from './picture.ts';
import type { Always } from './script.ts';

export type Canary = {
  readonly name: string;
  /** Cases within which it must be caught. */
  readonly budget: number;
  /** Where its cases begin, for one that few cases tell; without it, where the others do. */
  readonly seed?: number;
  /** Only cases that have these. */
  readonly always?: Always;
  readonly subject: () => Subject;
};

type Decide = (engine: Engine, envelope: CommandEnvelope, time: number) => Outcome;
type DueWork = (engine: Engine) => Command | null;
/** Spoils the state after an outcome was applied. */
type Spoil = (engine: Engine, outcome: Outcome) => void;

export const decideRight: Decide = ({ state }, envelope, time) =>
  decide(state, envelope, engineTimeMs(time));

/** An engine of which one part was replaced. */
export function subjectWith(parts: {
  decides?: Decide;
  dueWorks?: DueWork;
  spoils?: Spoil;
}): () => Subject {
  const { decides = decideRight, dueWorks = dueWork, spoils = () => {} } = parts;
  return () => {
    const engine = createEngine();
    let seq = 0;
    return {
      take: (envelope, time) => {
        seq += 1;
        const outcome = decides(engine, envelope, time);
        const at = engineTimeMs(time);
        const record: JournalRecord = { version: 1, seq, time: at, envelope, outcome };
        applyRecord(engine, record);
        spoils(engine, outcome);
        return outcome;
      },
      dueWork: () => dueWorks(engine),
      picture: () => enginePicture(engine.state),
      problems: () => audit(engine.state).problems,
    };
  };
}

/** An engine whose accepted events are altered one by one. */
export function altered(
  alter: (event: Plain<Event>, engine: Engine) => Plain<Event>,
): () => Subject {
  return subjectWith({
    decides: (engine, envelope, time) => {
      const outcome = decideRight(engine, envelope, time);
      if (outcome.type === 'Rejected') return outcome;
      const events = outcome.events.map(
        (event) => alter(event as unknown as Plain<Event>, engine) as unknown as Event,
      );
      return { type: 'Accepted', events };
    },
  });
}
