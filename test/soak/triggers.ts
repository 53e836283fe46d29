/**
 * npm run soak -- triggers [--steps N] [--seed S] [--accounts A]: the trigger index against an
 * exact scan after each of N random steps. A difference ends the run with the step it came at.
 * @module
 */
import { parseArgs } from 'node:util';
import { bothAnswers, takeStep, triggerBook } from '../pools/trigger-book.ts';

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    accounts: { type: 'string', default: '14' },
  },
});
const [steps, seed, accounts] = [values.steps, values.seed, values.accounts].map(Number) as [
  number,
  number,
  number,
];
if (![steps, seed, accounts].every((value) => Number.isSafeInteger(value) && value > 0)) {
  process.stderr.write('--steps, --seed and --accounts are whole numbers above 0\n');
  process.exit(2);
}

const book = triggerBook(accounts, seed);
const start = performance.now();
let found = 0;
for (let step = 1; step <= steps; step += 1) {
  takeStep(book);
  const { index, scan } = bothAnswers(book);
  if (String(index) !== String(scan)) {
    process.stderr.write(`seed ${seed}, step ${step}: found [${index}], a scan [${scan}]\n`);
    process.exit(1);
  }
  found += index.length;
  if (step % 50_000 === 0 || step === steps) {
    const elapsed = ((performance.now() - start) / 1000).toFixed(0);
    process.stdout.write(`${step} steps, ${found} found, ${elapsed} s\n`);
  }
}
process.stdout.write(`seed ${seed}: ${steps} steps over ${accounts} accounts, no difference\n`);
