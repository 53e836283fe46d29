/** The faults by which a pool refuses what it is asked. @module */
import { CommandEnvelope, encode } from '../engine/index.ts';
import { Fault, isFault } from '../ports/index.ts';
import type { Submission } from './submission.ts';

const malformed = (
  { source, sourceSeq }: Submission,
  facts: { readonly expected: string; readonly found: string; readonly cause?: unknown },
): Fault => {
  const message = `command of source ${source}, number ${sourceSeq}`;
  return new Fault('COMMAND_MALFORMED', { message, ...facts });
};

export const isTime = (time: number): boolean => Number.isSafeInteger(time) && time >= 0;

export const malformedTime = (submission: Submission): Fault =>
  malformed(submission, { expected: 'a time in whole ms', found: `${submission.time}` });

/** The fault of a command that has no encoding, or null when it has one. */
export function malformedCommand(submission: Submission, cause: unknown): Fault | null {
  const { source, sourceSeq, command } = submission;
  try {
    encode(CommandEnvelope, { source, sourceSeq, command });
    return null;
  } catch (problem) {
    const found = problem instanceof Error ? problem.message : 'else';
    return malformed(submission, { expected: 'what its shape demands', found, cause });
  }
}

export function reservedSource(source: string): Fault {
  const message = `the source "${source}" is not for commands from outside`;
  return new Fault('SOURCE_RESERVED', { message, expected: 'another name', found: source });
}

export function batchFull(limit: number, pending: number): Fault {
  const message = 'too many records wait for a commit';
  return new Fault('BATCH_FULL', { message, expected: `below ${limit}`, found: `${pending}` });
}

export function sealedAlready(): Fault {
  const message = 'the run has ended';
  return new Fault('POOL_SEALED', { message, expected: 'a running pool', found: 'a sealed one' });
}

export function quarantined(problem: string | null): Fault {
  const message = 'the pool stopped because it found a defect in itself';
  const found = problem ?? 'no reason given';
  return new Fault('POOL_QUARANTINED', { message, expected: 'a pool without defect', found });
}

const reasonOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause);

/** What a snapshot store threw, as a fault: the pool itself is none the worse for it. */
export function snapshotsUnavailable(cause: unknown): Fault {
  if (isFault(cause)) return cause;
  const message = 'the pool goes on without a new snapshot';
  const facts = { message, expected: 'the store to keep one', found: reasonOf(cause), cause };
  return new Fault('SNAPSHOT_UNAVAILABLE', facts);
}

/** What a journal threw that was given a manifest, as a fault. */
export function manifestUnavailable(cause: unknown): Fault {
  if (isFault(cause)) return cause;
  const message = 'the manifest was not saved';
  const facts = { message, expected: 'the journal to keep it', found: reasonOf(cause), cause };
  return new Fault('JOURNAL_UNAVAILABLE', facts);
}

export function noSnapshots(): Fault {
  const message = 'no snapshot was saved';
  const found = 'none';
  return new Fault('SNAPSHOT_UNAVAILABLE', { message, expected: 'a snapshot store', found });
}
