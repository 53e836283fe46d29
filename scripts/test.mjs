// npm test [-- PATTERN...]: runs every test file, or those whose path contains one of the patterns.
// The tests run from source; the build comes first because some of them start the built command.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureReady, filesUnder, root, runNode } from './ensure-ready.mjs';

/** Runs beside the other groups from the start: it waits for processes more than it computes. */
const WAITING = 'test/e2e/';
const GROUPS_PER_PROCESSOR = 2;

ensureReady();
const patterns = process.argv.slice(2);
const all = filesUnder(['src', 'adapters', 'apps', 'test'], '.test.ts');
const files = all.filter((file) => patterns.length === 0 || patterns.some((p) => file.includes(p)));

if (files.length === 0) {
  process.stderr.write(`No test file matches ${patterns.join(' ') || '*.test.ts'}.\n`);
  process.exit(1);
}
if (!process.env.PLIMSOLL_MARKET_DATA) {
  process.stdout.write(
    'Tests that need real market data are skipped; set PLIMSOLL_MARKET_DATA to run them.\n',
  );
}

/**
 * Test files that share a process, because loading the engine costs each process a second: dealt
 * out like cards, so that neighbours, which tend to be alike in length, are spread.
 */
function grouped(processors) {
  const computing = files.filter((file) => !file.startsWith(WAITING));
  const count = Math.min(computing.length, processors * GROUPS_PER_PROCESSOR);
  const groups = Array.from({ length: count }, (_, place) =>
    computing.filter((_file, index) => index % count === place),
  );
  return [...files.filter((file) => file.startsWith(WAITING)).map((file) => [file]), ...groups];
}

/** Writes a module per group that loads its files, and gives their paths. */
function written(groups) {
  const folder = join(root, 'node_modules', '.cache', 'plimsoll-tests');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return groups.map((group, index) => {
    const path = join(folder, `group-${String(index + 1).padStart(2, '0')}.test.mjs`);
    const loads = group.map((file) => `import ${JSON.stringify(urlOf(file))};\n`);
    writeFileSync(path, loads.join(''));
    return path;
  });
}

const urlOf = (file) => pathToFileURL(join(root, file)).href;

const processors = availableParallelism();
runNode([
  ...['--conditions=source', '--import', 'tsx', '--test', '--test-reporter=spec'],
  `--test-concurrency=${processors + 1}`,
  ...written(grouped(processors)),
]);
