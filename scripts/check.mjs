// npm run check: reads everything, writes no source. One line for each part; the output of what
// failed follows at the end.
import { spawn } from 'node:child_process';
import { ensureInstalled, filesUnder, root, toolPath } from './ensure-ready.mjs';

ensureInstalled();

const tsc = toolPath('typescript/bin/tsc');
const biome = toolPath('@biomejs/biome/bin/biome');
// What `npm test` leaves out: it tests behavior.
const tidyTests = filesUnder(['test/tidy'], '.test.ts');

/** Each part: what it is, and the arguments of the node process that decides it. */
const parts = [
  { name: 'types', args: [tsc, '-b', '--pretty'] },
  { name: 'types of the core', args: [tsc, '-p', 'src/tsconfig.core.json', '--pretty'] },
  { name: 'types of the tests', args: [tsc, '-p', 'tsconfig.test.json', '--pretty'] },
  { name: 'lint and format', args: [biome, 'check', '--error-on-warnings', '.'] },
  { name: 'arrows', args: ['scripts/arrows.mjs'] },
  { name: 'unused', args: [toolPath('knip/bin/knip.js'), '--no-progress', '--no-config-hints'] },
  {
    name: 'tidy',
    args: [
      '--conditions=source',
      '--import',
      'tsx',
      '--test',
      '--test-reporter=spec',
      ...tidyTests,
    ],
  },
];

function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk) => {
      output += chunk;
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => resolve({ passed: false, output: `${output}${error.message}\n` }));
    child.on('close', (code) => resolve({ passed: code === 0, output }));
  });
}

async function check({ name, args }) {
  const start = performance.now();
  const { passed, output } = await run(args);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stdout.write(`${passed ? '✓' : '✗'} ${name} (${seconds} s)\n`);
  return { name, passed, output };
}

const results = await Promise.all(parts.map(check));
const failed = results.filter(({ passed }) => !passed);
for (const { name, output } of failed) {
  const summary = output.indexOf('✖ failing tests:');
  process.stdout.write(`\n— ${name}\n${output.slice(Math.max(0, summary))}`);
}
if (failed.length > 0) process.exitCode = 1;
