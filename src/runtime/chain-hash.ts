/**
 * The chain hash: over the framed records of fixed runs by sequence number, each run chained to
 * the one before, so that how records were grouped into commits cannot matter.
 *
 *     chain(0) = SHA-256(GENESIS)
 *     chain(n) = SHA-256(chain(r) ‖ records r + 1 … n), r the last multiple of RUN_RECORDS below n
 *
 * @module
 */
import { createHash, type Hash } from 'node:crypto';

/** Records per run. */
export const RUN_RECORDS = 256;
const GENESIS = 'plimsoll journal 1';

/** Number of the last record of the last complete run at or before `seq`. */
export const runEndBefore = (seq: number): number => seq - (seq % RUN_RECORDS);

export const endsRun = (seq: number): boolean => seq % RUN_RECORDS === 0;

export type Chain = {
  /** Takes the framed bytes of whole records of one run. */
  readonly take: (framed: Uint8Array) => void;
  /** Ends the run; answers the hash over everything so far. */
  readonly endRun: () => string;
  /** The hash over everything so far. */
  readonly current: () => string;
};

/** @param base The chain hash at the end of a run; without it, an empty journal. */
export function createChain(base: string = genesis()): Chain {
  let before = base;
  let run: Hash | null = null;
  return {
    take: (framed) => {
      run ??= createHash('sha256').update(before, 'hex');
      run.update(framed);
    },
    endRun: () => {
      if (run !== null) before = run.digest('hex');
      run = null;
      return before;
    },
    current: () => (run === null ? before : run.copy().digest('hex')),
  };
}

const genesis = (): string => createHash('sha256').update(GENESIS).digest('hex');
