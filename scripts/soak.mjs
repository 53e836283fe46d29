// npm run soak -- NAME [ARGS...]: runs the long test test/soak/NAME.ts; without NAME, lists them.
import { ensureReady, filesUnder, runNode } from './ensure-ready.mjs';

const [name, ...rest] = process.argv.slice(2);
const files = filesUnder(['test/soak'], '.ts');
const nameOf = (file) => file.slice('test/soak/'.length, -'.ts'.length);

if (name === undefined) {
  const lines = files.map((file) => `  ${nameOf(file)}\n`).join('');
  process.stdout.write(`usage: npm run soak -- NAME\n${lines || '  there are no soaks yet\n'}`);
  process.exit(0);
}
const file = files.find((soak) => nameOf(soak) === name);
if (file === undefined) {
  process.stderr.write(`There is no soak named ${name}; \`npm run soak\` lists them.\n`);
  process.exit(1);
}
ensureReady();
runNode(['--conditions=source', '--import', 'tsx', file, ...rest]);
