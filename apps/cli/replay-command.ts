/** `plimsoll replay`. @module */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { openSqliteStore } from '@plimsoll/adapter-sqlite';
import { type ReplayOptions, type ReplayProgress, type ReplayResult, replay } from 'plimsoll/lab';
import { inMemoryJournal } from 'plimsoll/ports';
import type { CloseOutPolicy } from 'plimsoll/risk';
import { InputFault, OK, VIOLATION } from './exit-codes.ts';
import { replaySummary, replayVerdicts } from './replay-summary.ts';
import { readScenario } from './scenario-file.ts';
import { bar, paintFor, progressOn } from './terminal.ts';
import { streamForPeople, writeJson } from './written.ts';

type Options = {
  readonly prices?: string;
  readonly accounts?: number;
  readonly seed?: number;
  readonly policy?: CloseOutPolicy;
  readonly from?: string;
  readonly to?: string;
  readonly journal?: string;
  readonly json?: string;
};

export async function replayCommand(file: string, options: Options): Promise<number> {
  const { prices, journal: journalFile, json, ...overrides } = options;
  const scenario = readScenario(file);
  const journal = journalOf(journalFile);
  const progress = progressOn(process.stderr);
  try {
    const input: ReplayOptions = {
      scenario,
      ...overrides,
      ...(prices === undefined ? {} : { prices: { directory: prices } }),
      journal,
      onProgress: (state) => progress.show(progressLine(state)),
      now: () => performance.now(),
    };
    const result = await replay(input);
    progress.clear();
    report(result, { json, journalFile });
    return replayVerdicts(result).every(({ holds }) => holds) ? OK : VIOLATION;
  } finally {
    progress.clear();
    await journal.close();
  }
}

function journalOf(file: string | undefined) {
  if (file === undefined) return inMemoryJournal();
  if (existsSync(file)) {
    throw new InputFault(`${file}: expected a new file for the journal, found one that exists`);
  }
  mkdirSync(dirname(file), { recursive: true });
  return openSqliteStore({ file, access: 'create' }).journal;
}

const PHASES = {
  opening: 'opening accounts',
  prices: 'replaying prices',
  settling: 'closing the rest',
} as const;

function progressLine({ phase, done, timeMs, liquidations }: ReplayProgress): string {
  const percent = `${Math.floor(done * 100)}%`.padStart(4);
  const clock = new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ');
  const running = liquidations.started - liquidations.ended;
  const counts = `${liquidations.started.toLocaleString('en-US')} liquidations, ${running} running`;
  return `${PHASES[phase]} ${bar(done)} ${percent}  ${clock}  ${counts}`;
}

function report(
  result: ReplayResult,
  options: { readonly json: string | undefined; readonly journalFile: string | undefined },
): void {
  const { json, journalFile } = options;
  const stream = streamForPeople(json);
  writeJson(json, result);
  stream.write(replaySummary(result, paintFor(stream)));
  if (journalFile !== undefined) {
    stream.write(`journal     ${journalFile}: check it with plimsoll verify ${journalFile}\n`);
  }
}
