/** `plimsoll compare`. @module */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ComparisonProgress, compare, type Mechanism } from 'plimsoll/lab';
import { comparisonSummary } from './comparison-summary.ts';
import { OK, VIOLATION } from './exit-codes.ts';
import { replayVerdicts } from './replay-summary.ts';
import { readScenario } from './scenario-file.ts';
import { bar, paintFor, progressOn } from './terminal.ts';

export type CompareOptions = {
  readonly mechanisms: readonly Mechanism[];
  readonly accounts: number;
  readonly prices?: string;
  readonly seed?: number;
  readonly from?: string;
  readonly to?: string;
  readonly json?: string;
};

export async function compareCommand(file: string, options: CompareOptions): Promise<number> {
  const { prices, json, ...overrides } = options;
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
    const text = `${JSON.stringify(comparison, null, 2)}\n`;
    // JSON on stdout stands alone; the table for people then goes beside it.
    const stream = json === '-' ? process.stderr : process.stdout;
    if (json === '-') process.stdout.write(text);
    else if (json !== undefined) {
      mkdirSync(dirname(json), { recursive: true });
      writeFileSync(json, text);
    }
    stream.write(comparisonSummary(comparison, runs, paintFor(stream)));
    const holds = runs.every(({ result }) => replayVerdicts(result).every((one) => one.holds));
    return holds ? OK : VIOLATION;
  } finally {
    progress.clear();
  }
}

function progressLine({ mechanism, done, run }: ComparisonProgress): string {
  const percent = `${Math.floor(done * 100)}%`.padStart(4);
  const clock = new Date(run.timeMs).toISOString().slice(0, 16).replace('T', ' ');
  return `${mechanism.padEnd(8)} ${bar(done)} ${percent}  ${clock}`;
}
