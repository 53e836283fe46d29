/**
 * Goal: the numbers of docs/adl.md cannot go stale. Method: its tables are read, the example's book
 * is run through every policy, and every cell is compared.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ADL_POLICY_NAMES } from 'plimsoll/risk';
import { runCalc } from './calc/index.ts';

const page = readFileSync(new URL('../../docs/adl.md', import.meta.url), 'utf8');

/** The cells of the first table after a heading, without its head. */
function tableAfter(heading: string): string[][] {
  const at = page.indexOf(`${heading}\n`);
  assert.ok(at >= 0, `${heading} is not in the page`);
  const lines = page.slice(at).split('\n');
  const first = lines.findIndex((line) => line.startsWith('|'));
  const length = lines.slice(first).findIndex((line) => !line.startsWith('|'));
  const rows = lines.slice(first + 2, first + length);
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const candidates = tableAfter('## The example').map(([account, size, equity, unrealizedPnl]) => ({
  account,
  size,
  equity,
  unrealizedPnl,
}));

function answered(policy: string, quantity: string, closePrice: string) {
  const input = { policy, quantity, markPrice: '100', closePrice, lot: '1', candidates };
  const outcome = runCalc('adl-allocation', JSON.stringify(input));
  assert.ok(outcome.ok, outcome.ok ? '' : outcome.problem);
  return JSON.parse(JSON.stringify(outcome.output));
}

const fillsOf = (output: { fills: Record<string, string>[] }): string[][] =>
  output.fills.map(({ account, size, price, taken }) => [account!, size!, price!, taken!]);

for (const policy of ADL_POLICY_NAMES) {
  test(`docs/adl.md: the example of ${policy}`, () => {
    assert.deepEqual(tableAfter(`### \`${policy}\``), fillsOf(answered(policy, '13', '104')));
  });
}

test('docs/adl.md: the policies side by side', () => {
  const measured = ADL_POLICY_NAMES.map((policy) => answered(policy, '13', '104').metrics);
  const shown = tableAfter('## Side by side').map(([, ...cells]) => cells);
  const keys = ['profitHaircutMax', 'profitHaircutGini', 'orderInversions', 'leverageMaxAfter'];
  assert.deepEqual(
    shown,
    keys.map((key) => measured.map((metrics) => String(metrics[key]))),
  );
});

test('docs/adl.md: profits that are not enough', () => {
  const output = answered('minimax-leverage', '30', '106');
  assert.deepEqual(tableAfter('## When profits are not enough'), fillsOf(output));
  assert.ok(page.includes(`residual loss of\n${output.residualLoss} goes down`));
});

test('docs/adl.md names every column that a book may have', () => {
  const columns = tableAfter("## For another venue's book").map(([name]) => name);
  assert.deepEqual(columns, [
    '`account`',
    '`size`',
    '`equity`',
    '`unrealizedPnl`',
    '`marginEquity`',
    '`maintenanceMargin`',
    '`legMaintenanceMargin`',
    '`entryValue`',
    '`score`',
  ]);
});
