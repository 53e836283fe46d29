// npm test [-- PATTERN...]: runs every test file, or those whose path contains one of the patterns.
// The tests run from source; the build comes first because some of them start the built command.
import { ensureReady, filesUnder, runNode } from './ensure-ready.mjs';

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
runNode(['--conditions=source', '--import', 'tsx', '--test', '--test-reporter=spec', ...files]);
