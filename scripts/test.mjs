// npm test [-- PATTERN...]: runs the tests of behavior, or all whose path contains one of the
// patterns. They run from source; the build comes first because some start the built command.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureReady, filesUnder, root, runNode } from './ensure-ready.mjs';

/** Waits for processes of its own more than it computes. */
const WAITING = 'test/e2e/';
/** Tests of the text of the sources: part of `npm run check`. */
const TIDY = 'test/tidy/';

ensureReady();
const patterns = process.argv.slice(2);
const all = filesUnder(['src', 'adapters', 'apps', 'test'], '.test.ts');
const files = all.filter((file) =>
  patterns.length === 0 ? !file.startsWith(TIDY) : patterns.some((p) => file.includes(p)),
);

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
 * Test files by the process that runs them: a group for each processor, dealt out like cards, so
 * that neighbors, which tend to be alike in length, are spread. Few groups, because each loads the
 * engine and compiles what grows hot: six took a quarter more processor time than two.
 */
function grouped() {
  const waiting = files.filter((file) => file.startsWith(WAITING));
  const computing = files.filter((file) => !file.startsWith(WAITING));
  const count = Math.min(computing.length, availableParallelism());
  const groups = Array.from({ length: count }, (_, place) =>
    computing.filter((_file, index) => index % count === place),
  );
  return [...waiting.map((file) => [file]), ...groups];
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

const groups = grouped();
runNode([
  ...['--conditions=source', '--import', 'tsx', '--test', '--test-reporter=spec'],
  `--test-concurrency=${groups.length}`,
  ...written(groups),
]);
