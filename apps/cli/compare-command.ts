/** `plimsoll compare`. @module */
import { type ComparisonProgress, compare, type Mechanism } from 'plimsoll/lab';
import type { AdlPolicyName } from 'plimsoll/risk';
import { type CompareAdlOptions, compareAdl } from './adl-comparison.ts';
import { everyClaimHolds } from './compared-runs.ts';
import { comparisonSummary } from './comparison-summary.ts';
import { OK, VIOLATION } from './exit-codes.ts';
import { readScenario } from './scenario-file.ts';
import { bar, paintFor, progressOn } from './terminal.ts';
import { streamForPeople, writeJson } from './written.ts';

export type CompareOptions = Omit<CompareAdlOptions, 'policies'> & {
  readonly mechanisms: readonly Mechanism[];
  /** Compares these instead, on the scenario's own ladder. */
  readonly adlPolicies?: readonly AdlPolicyName[];
};

export async function compareCommand(file: string, options: CompareOptions): Promise<number> {
  const { adlPolicies, ...rest } = options;
  if (adlPolicies !== undefined) {
    const { mechanisms: _, ...shared } = rest;
    return compareAdl(file, { ...shared, policies: adlPolicies });
  }
  const { prices, json, ...overrides } = rest;
  const scenario = readScenario(file);
  const progress = progressOn(process.stderr);
  try {
    const { comparison, runs } = await compare({
      scenario,
      ...overrides,
      ...(prices === undefined ? {} : { prices: { directory: prices } }),
      onProgress: (state) => progress.show(progressLine(state)),
      now: () => performance.now(),
    });
    progress.clear();
    const stream = streamForPeople(json);
    writeJson(json, comparison);
    stream.write(comparisonSummary(comparison, runs, paintFor(stream)));
    return everyClaimHolds(runs.map(({ result }) => result)) ? OK : VIOLATION;
  } finally {
    progress.clear();
  }
}

function progressLine({ mechanism, done, run }: ComparisonProgress): string {
  const percent = `${Math.floor(done * 100)}%`.padStart(4);
  const clock = new Date(run.timeMs).toISOString().slice(0, 16).replace('T', ' ');
  return `${mechanism.padEnd(8)} ${bar(done)} ${percent}  ${clock}`;
}
