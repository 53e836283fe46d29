/**
 * What `plimsoll adl` takes from its start to its end: the file read, who closes how much worked
 * out, every fill written as JSON, the totals printed.
 *
 * Method: a seeded book of shorts between 0.5 and 30 times leveraged, in decimals of two and three
 * places, is written to a file; a tenth of what it holds is closed at 105 against a mark of 100.
 * For each policy the command runs in a process of its own, once to warm the disk and then several
 * times; the start of the command alone is measured beside it.
 *
 *     npm run bench -- adl [--candidates N] [--runs N] [--json]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ADL_POLICY_NAMES } from 'plimsoll/risk';
import {
  machineFacts,
  millisecondsSince,
  option,
  type Spread,
  spreadOf,
  spreadText,
  wantsJson,
} from './bench-figures.ts';
import { drawing } from './drawing.ts';

const COUNT = option('candidates', 100_000);
const RUNS = option('runs', 5);
const SEED = 20251010;
/** Compiled, this file is one folder deeper than the command's own `dist`. */
const COMMAND = fileURLToPath(new URL('../../bin/plimsoll.js', import.meta.url));

/** Sizes in thousandths, money in hundredths; what a tenth of them holds. */
function book(file: string): number {
  const draw = drawing(SEED);
  const lines = ['account,size,equity,unrealizedPnl,entryValue'];
  let total = 0;
  for (let at = 0; at < COUNT; at += 1) {
    const thousandths = 1 + draw(40_000);
    const notional = Math.round(thousandths / 10) * 100;
    const equity = Math.max(1, Math.round((notional * 10) / (5 + draw(295))));
    const pnl = Math.round((notional * (draw(700) - 200)) / 1000);
    const hundredths = [equity, pnl, -(notional + pnl)].map((value) => (value / 100).toFixed(2));
    lines.push([`acc-${at}`, (-thousandths / 1000).toFixed(3), ...hundredths].join(','));
    total += thousandths;
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
  return Math.ceil(total / 10_000);
}

function run(args: readonly string[]): number {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, [COMMAND, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`plimsoll ${args.join(' ')} failed: ${stderr}`);
  return millisecondsSince(start);
}

function measured(args: readonly string[]): Spread {
  run(args);
  return spreadOf(Array.from({ length: RUNS }, () => run(args)));
}

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-adl-'));
try {
  const file = join(folder, 'book.csv');
  const quantity = String(book(file));
  const asked = ['adl', '--candidates', file, '--mark', '100', '--close', '105'];
  const json = join(folder, 'adl.json');
  const start = measured(['--version']);
  const rows = [...ADL_POLICY_NAMES, 'all'].map((policy) => ({
    policy,
    milliseconds: measured([...asked, '--quantity', quantity, '--policy', policy, '--json', json]),
  }));
  const facts = { ...machineFacts(), candidates: COUNT, bytes: statSync(file).size, runs: RUNS };
  if (wantsJson()) {
    process.stdout.write(`${JSON.stringify({ bench: 'adl', ...facts, start, rows })}\n`);
  } else {
    process.stdout.write(
      `plimsoll adl on ${COUNT} candidates (${facts.bytes} bytes), ${facts.machine}, ` +
        `Node ${facts.node}, ${RUNS} runs\n` +
        `  ${'plimsoll --version'.padEnd(20)} ${spreadText(start, 'ms')}\n`,
    );
    for (const { policy, milliseconds } of rows) {
      process.stdout.write(`  ${policy.padEnd(20)} ${spreadText(milliseconds, 'ms')}\n`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
