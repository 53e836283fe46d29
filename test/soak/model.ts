/**
 * npm run soak -- model [--cases N] [--seed S]: the engine against the naive model for as long as
 * you like. Prints what the commands led to; a difference ends the run with its shortened script.
 * @module
 */
import { parseArgs } from 'node:util';
import { runCases } from '../model/cases.ts';
import { type Coverage, Divergence, engineSubject } from '../model/lockstep.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
  },
});
const cases = Number(values.cases);
const seed = Number(values.seed);
if (!Number.isSafeInteger(cases) || cases < 1 || !Number.isSafeInteger(seed) || seed < 0) {
  process.stderr.write('--cases and --seed are whole numbers, cases at least 1\n');
  process.exit(2);
}

const coverage: Coverage = new Map();
const start = performance.now();
const elapsed = (): string => `${((performance.now() - start) / 1000).toFixed(0)} s`;
try {
  const { records } = runCases({
    seed,
    cases,
    subject: engineSubject,
    coverage,
    onCase: (done) => {
      if (done.cases % 500 !== 0) return;
      process.stdout.write(`${done.cases} cases, ${done.records} records, ${elapsed()}\n`);
    },
  });
  for (const [name, count] of [...coverage].sort()) process.stdout.write(`${count}\t${name}\n`);
  process.stdout.write(
    `seed ${seed}: ${cases} cases, ${records} records, no difference, ${elapsed()}\n`,
  );
} catch (error) {
  if (!(error instanceof Divergence)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
