/**
 * Faults: the world failed. Unlike a rejection (the rules say no) a fault is thrown, and unlike a
 * defect (our own code is wrong) it may be met by waiting, by another file, or by starting again.
 * Codes are permanent: never renumbered, renamed or reused. `docs/faults.md` explains each.
 * @module
 */

export const FAULTS = {
  JOURNAL_UNAVAILABLE: 9001,
  JOURNAL_CONFLICT: 9002,
  JOURNAL_CORRUPT: 9003,
  JOURNAL_TRUNCATED: 9004,
  JOURNAL_MISSING: 9005,
  JOURNAL_LOCKED: 9006,
  JOURNAL_NOT_A_JOURNAL: 9007,
  JOURNAL_CLOSED: 9008,
  JOURNAL_READ_ONLY: 9009,
  SNAPSHOT_UNAVAILABLE: 9010,
  PUBLISHER_FAILED: 9011,
  COMMAND_MALFORMED: 9020,
  SOURCE_RESERVED: 9021,
  BATCH_FULL: 9022,
  POOL_SEALED: 9023,
  POOL_QUARANTINED: 9024,
} as const;
export type FaultCode = keyof typeof FAULTS;

/** True where the same call may succeed later without anything else being changed. */
const RETRYABLE: ReadonlySet<FaultCode> = new Set([
  'JOURNAL_UNAVAILABLE',
  'JOURNAL_LOCKED',
  'SNAPSHOT_UNAVAILABLE',
  'PUBLISHER_FAILED',
  'BATCH_FULL',
]);

export type FaultFacts = {
  /** What failed, with the name of the file or thing concerned. */
  readonly message: string;
  readonly expected: string;
  readonly found: string;
  readonly cause?: unknown;
};

export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  readonly shortMessage: string;
  readonly expected: string;
  readonly found: string;
  readonly retryable: boolean;

  constructor(code: FaultCode, facts: FaultFacts) {
    const { message, expected, found, cause } = facts;
    const text = `${code}: ${message}: expected ${expected}, found ${found}`;
    super(text, cause === undefined ? undefined : { cause });
    this.code = code;
    this.shortMessage = message;
    this.expected = expected;
    this.found = found;
    this.retryable = RETRYABLE.has(code);
  }
}

export const isFault = (error: unknown, code?: FaultCode): error is Fault =>
  error instanceof Fault && (code === undefined || error.code === code);
