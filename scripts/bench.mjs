// npm run bench -- NAME [ARGS...]: builds, then runs the compiled NAME.bench.ts of a room of the
// library, of an adapter or of an app.
import { ensureReady, filesUnder, runNode } from './ensure-ready.mjs';

const [name, ...rest] = process.argv.slice(2);
const benches = filesUnder(['src', 'adapters', 'apps'], '.bench.ts');
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
const compiled = file
  .replace(/^(src|(?:adapters|apps)\/[^/]+)\//, '$1/dist/')
  .replace(/\.ts$/, '.js');
runNode(['--expose-gc', compiled, ...rest]);
