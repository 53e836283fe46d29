/** The journaled triple: command, outcome, position. The only truth about what happened. @module */
import { type Decoded, decode, encode, type Infer, list, record, union, variant } from './codec.ts';
import { CommandEnvelope } from './commands.ts';
import { Event } from './events.ts';
import { count, time } from './fields.ts';
import { Rejection } from './rejections.ts';

/** Version of the record layout; a reader refuses what it does not know. */
export const RECORD_VERSION = 1;

export const Outcome = union({
  Accepted: variant(1, { events: list(Event) }),
  Rejected: variant(2, { rejection: Rejection }),
});
export type Outcome = Infer<typeof Outcome>;

export const JournalRecord = record({
  version: count,
  seq: count,
  time,
  envelope: CommandEnvelope,
  outcome: Outcome,
});
export type JournalRecord = Infer<typeof JournalRecord>;

export const encodeRecord = (value: JournalRecord): Uint8Array => encode(JournalRecord, value);

/** Reads one record; an unknown version is a problem, never skipped. */
export function decodeRecord(bytes: Uint8Array, offset = 0): Decoded<JournalRecord> {
  const decoded = decode(JournalRecord, bytes, offset);
  if (decoded.ok && decoded.value.version !== RECORD_VERSION) {
    const found = decoded.value.version;
    return { ok: false, problem: `expected record version ${RECORD_VERSION}, found ${found}` };
  }
  return decoded;
}
