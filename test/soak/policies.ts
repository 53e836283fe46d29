/**
 * npm run soak -- policies --prices DIR [--scenario FILE] [--accounts N] [--seed S]: the same day,
 * the same accounts and the same seed under each close-out policy, side by side. Prints a table in
 * Markdown; each policy runs in a process of its own, two at a time.
 * @module
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { openSqliteStore } from '../../adapters/sqlite/index.ts';
import { planComparison, type ReplayResult } from '../../src/lab/index.ts';
import { formatDecimal } from '../../src/units/index.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'scenarios/2021-05-19.yaml' },
    prices: { type: 'string' },
    accounts: { type: 'string', default: '10000' },
    seed: { type: 'string' },
  },
});

const POLICIES = [
  'least-impact',
  'proportional',
  'largest-first',
  'fixed-share',
  'everything',
] as const;

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-policies-'));
const JOURNAL = join(folder, 'least-impact.journal');

async function resultOf(policy: string): Promise<ReplayResult> {
  const file = join(folder, `${policy}.json`);
  const { scenario, prices, accounts, seed } = values;
  const options = ['--accounts', accounts, '--policy', policy, '--json', file];
  if (prices !== undefined) options.push('--prices', prices);
  if (seed !== undefined) options.push('--seed', seed);
  if (policy === 'least-impact') options.push('--journal', JOURNAL);
  const args = [join(root, 'apps/cli/bin/plimsoll.js'), 'replay', scenario, ...options];
  await run(process.execPath, args, { cwd: root, maxBuffer: 1e8 });
  process.stderr.write(`${policy} done\n`);
  return JSON.parse(readFileSync(file, 'utf8')) as ReplayResult;
}

async function resultsOf(): Promise<ReplayResult[]> {
  const results: ReplayResult[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next; at < POLICIES.length; at = next) {
      next += 1;
      results[at] = await resultOf(POLICIES[at]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
  return results;
}

const count = (value: number): string => value.toLocaleString('en-US');
const money = (text: string): string => count(Math.round(Number(text)));

const nameOf = (policy: string): string => (policy === 'fixed-share' ? 'fixed-20%' : policy);

function row(result: ReplayResult): string {
  const { policy, liquidations, notionalClosed, impactCost, penalties, badDebt, adl } = result;
  const cells = [
    nameOf(policy),
    count(liquidations.accounts),
    count(liquidations.started),
    count(liquidations.closeOuts),
    money(notionalClosed),
    money(impactCost),
    money(penalties.total),
    money(result.equityOfLiquidated),
    count(liquidations.survivors),
    count(liquidations.bankruptcies),
    money(badDebt),
    money(adl.notional),
    result.stateHash.slice(0, 8),
  ];
  return `| ${cells.join(' | ')} |`;
}

const HEAD = [
  'policy',
  'accounts liquidated',
  'liquidations',
  'close-outs',
  'notional closed',
  'impact cost',
  'penalties',
  'equity left to them',
  'kept positions',
  'bankrupt',
  'bad debt',
  'deleveraged',
  'state hash',
];

/** The first plan of every liquidation, made under each policy at the same moment. */
async function sameMoments(): Promise<string> {
  const { journal } = openSqliteStore({ file: JOURNAL, access: 'read' });
  const totals = await planComparison(journal);
  await journal.close();
  const rows = totals.map((total) => {
    const cells = [
      nameOf(total.policy),
      count(total.plans),
      count(total.restoring),
      money(formatDecimal(total.notional)),
      money(formatDecimal(total.expectedCost)),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return (
    '| policy | first plans | that restore | notional to close | expected cost with penalty |\n' +
    `|---|---:|---:|---:|---:|\n${rows.join('\n')}\n`
  );
}

try {
  const results = await resultsOf();
  const [{ title, accounts, seed, markets, openInterest, window }] = results as [ReplayResult];
  process.stdout.write(
    `${title}, ${window.from} to ${window.to}: ${count(accounts)} accounts, ${markets} markets, ` +
      `open interest ${money(openInterest)}, seed ${seed}\n\n` +
      `| ${HEAD.join(' | ')} |\n|---|${'---:|'.repeat(HEAD.length - 2)}---|\n` +
      `${results.map(row).join('\n')}\n\n`,
  );
  process.stdout.write(await sameMoments());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
