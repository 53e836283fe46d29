// The victim of the crash test: replays a scenario into a SQLite journal and prints a sequence
// number only after the commit that made it durable has returned.
// usage: replay-child.mjs JOURNAL SCENARIO ACCOUNTS FROM TO [--lie]
import { readFileSync, writeSync } from 'node:fs';
import { openSqliteStore } from '@plimsoll/adapter-sqlite';
import { replay } from 'plimsoll/lab';
import { parse } from 'yaml';

const [file, scenarioFile, accounts, from, to, mode] = process.argv.slice(2);
const { journal } = openSqliteStore({ file, access: 'create' });
// The planted bug: acknowledges records that are not durable yet.
const ahead = mode === '--lie' ? 5_000 : 0;

await replay({
  scenario: parse(readFileSync(scenarioFile, 'utf8')),
  accounts: Number(accounts),
  from,
  to,
  journal,
  onPublished: (records) => {
    writeSync(1, `${records.at(-1).seq + ahead}\n`);
  },
});
await journal.close();
