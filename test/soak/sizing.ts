/**
 * npm run soak -- sizing [--cases N] [--seed S] [--from I] [--pools P] [--plant NAME]: generated
 * close-outs against the properties that every one of them must have, then whole pools. Prints
 * what was checked how often; a case that breaks a property ends the run. `--plant list` names
 * the bugs that can be planted.
 * @module
 */
import { parseArgs } from 'node:util';
import { runPools } from '../sizing/pool-cases.ts';
import { runSizing, SizingFailure } from '../sizing/run-cases.ts';
import { PLANTS, riskSubject } from '../sizing/subject.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000000' },
    pools: { type: 'string' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    plant: { type: 'string' },
  },
});
const numbers = [values.cases, values.pools ?? '0', values.seed, values.from].map(Number);
const [cases = 0, , seed = 0, from = 0] = numbers;
if (numbers.some((each) => !Number.isSafeInteger(each) || each < 0) || cases < 1) {
  process.stderr.write('--cases, --pools, --seed and --from are whole numbers, cases at least 1\n');
  process.exit(2);
}
const subject = values.plant === undefined ? riskSubject : PLANTS[values.plant];
if (subject === undefined) {
  process.stderr.write(`--plant is one of\n${Object.keys(PLANTS).join('\n')}\n`);
  process.exit(2);
}
// One pool for every thousand cases, unless it is a single case that is run again.
const pools = values.pools === undefined ? Math.floor(cases / 1000) : Number(values.pools);

const start = performance.now();
const seconds = (): string => `${((performance.now() - start) / 1000).toFixed(0)} s`;
let shown = start;
const progress = (line: string): void => {
  if (performance.now() - shown < 2000) return;
  shown = performance.now();
  process.stdout.write(`${line}, ${seconds()}\n`);
};

try {
  const tally = runSizing({
    subject,
    seed,
    from,
    cases,
    onCase: (done) => progress(`${done} of ${cases} cases`),
  });
  const inPools = runPools({
    seed,
    from: values.pools === undefined ? 0 : from,
    pools,
    onPool: (done) => progress(`${done} of ${pools} pools`),
  });
  for (const [name, count] of [...tally, ...inPools].sort()) {
    process.stdout.write(`${`${count}`.padStart(10)}  ${name}\n`);
  }
  process.stdout.write(
    `seed ${seed}: ${cases} cases and ${pools} pools, nothing broken, ${seconds()}\n`,
  );
} catch (error) {
  if (!(error instanceof SizingFailure)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
