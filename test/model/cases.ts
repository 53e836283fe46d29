/**
 * Many cases in a row: each case has a seed of its own, so that one number repeats it.
 * @module
 */
import { type Coverage, Divergence, runCase, type Subject } from './lockstep.ts';
import { shown } from './picture.ts';
import { type Always, createAuthor, type Entry } from './script.ts';
import { shrunk } from './shrink.ts';

/** Outside commands in one case. */
const COMMANDS = 150;

export type CasesResult = { readonly cases: number; readonly records: number };

export type CasesInput = {
  readonly seed: number;
  readonly cases: number;
  readonly subject: () => Subject;
  readonly coverage: Coverage;
  readonly onCase?: (done: CasesResult) => void;
};

/** Case number n of a seed. */
const seedOf = (seed: number, n: number): number => (seed * 1_000_003 + n) >>> 0;

/** @throws Divergence with a shortened script when engine and model disagree. */
export function runCases(input: CasesInput): CasesResult {
  const { seed, cases, subject, coverage, onCase } = input;
  let records = 0;
  for (let n = 0; n < cases; n += 1) {
    const entries: Entry[] = [];
    try {
      const author = createAuthor(seedOf(seed, n));
      const run = { commands: COMMANDS, subject: subject(), coverage, entries };
      records += runCase(author, run).records;
    } catch (error) {
      if (!(error instanceof Divergence)) throw error;
      const says = report({ seed, n, entries, subject, says: error.message });
      throw new Divergence(says, { cause: error });
    }
    onCase?.({ cases: n + 1, records });
  }
  return { cases, records };
}

function report(failure: {
  seed: number;
  n: number;
  entries: readonly Entry[];
  subject: () => Subject;
  says: string;
}): string {
  const { seed, n, entries, subject, says } = failure;
  const shorter = shrunk(entries, subject);
  const script = shorter?.entries ?? entries;
  const lines = script.map(
    ({ time, envelope: { source, sourceSeq, command } }) =>
      `  ${time} ${source} ${sourceSeq} ${shown(command)}`,
  );
  return [`seed ${seed}, case ${n}: ${shorter?.says ?? says}`, ...lines].join('\n');
}

/**
 * How many cases it takes to tell a subject from the model; null if none of them does it. A subject
 * that its own invariants stop was not caught by the comparison.
 */
export function casesUntilCaught(
  subject: () => Subject,
  { seed, budget, always = null }: { seed: number; budget: number; always?: Always | null },
): number | null {
  for (let n = 0; n < budget; n += 1) {
    try {
      const author = createAuthor(seedOf(seed, n), always);
      runCase(author, { commands: COMMANDS, subject: subject(), coverage: new Map() });
    } catch (error) {
      if (!(error instanceof Divergence)) throw error;
      if (error.cause === undefined) return n + 1;
    }
  }
  return null;
}
