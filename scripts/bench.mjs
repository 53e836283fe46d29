// npm run bench -- NAME [ARGS...]: builds, then runs the compiled src/<room>/NAME.bench.ts.
import { ensureReady, filesUnder, runNode } from './ensure-ready.mjs';

const [name, ...rest] = process.argv.slice(2);
const benches = filesUnder(['src'], '.bench.ts');
const nameOf = (file) => file.slice(file.lastIndexOf('/') + 1, -'.bench.ts'.length);

if (name === undefined) {
  const lines = benches.map((file) => `  ${nameOf(file)}  (${file})\n`).join('');
  process.stdout.write(`usage: npm run bench -- NAME\n${lines || '  there are no benches yet\n'}`);
  process.exit(0);
}
const [file, ...others] = benches.filter((bench) => nameOf(bench) === name);
if (file === undefined || others.length > 0) {
  const problem = file === undefined ? 'There is no bench named' : 'More than one bench is named';
  process.stderr.write(`${problem} ${name}; \`npm run bench\` lists them.\n`);
  process.exit(1);
}
ensureReady();
runNode(['--expose-gc', file.replace(/^src\//, 'src/dist/').replace(/\.ts$/, '.js'), ...rest]);
