/** The crash test at length: npm run soak -- crash [--kills N] [--seed S]. @module */
import { crashRuns } from '../crash/crash-harness.ts';

const argument = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const kills = argument('kills', 100);
const seed = argument('seed', 20210519);
const report = await crashRuns({
  kills,
  seed,
  onKill: (done) => {
    if (done % 10 === 0) process.stderr.write(`${done} of ${kills} kills\n`);
  },
});
process.stdout.write(`crash: seed ${seed}\n${JSON.stringify(report, null, 2)}\n`);
process.exitCode = report.problems.length === 0 && report.midway > kills / 2 ? 0 : 1;
