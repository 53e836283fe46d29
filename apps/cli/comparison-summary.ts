/** The mechanisms of one day side by side: what each cost whom. @module */
import type { ComparedRun, Comparison, ComparisonRow } from 'plimsoll/lab';
import { comparedVerdicts, dayHeading } from './compared-runs.ts';
import { count, money } from './figures.ts';
import type { Paint } from './terminal.ts';
import { textTable } from './text-table.ts';
import { refusals } from './ways-out.ts';

export function comparisonSummary(
  comparison: Comparison,
  runs: readonly ComparedRun[],
  paint: Paint,
): string {
  const { mechanisms } = comparison;
  const named = runs.map(({ row, result }) => ({ name: row.mechanism, result }));
  const sections = [
    dayHeading(comparison, paint),
    `${paint.bold('The same day, by mechanism')}\n${table(mechanisms)}`,
    `${paint.bold('What was closed by which way')}\n${waysTable(mechanisms)}`,
    ...refusedSection(mechanisms, paint),
    `${paint.bold('What was checked')}\n${comparedVerdicts(named, paint)}`,
  ];
  return `\n${sections.join('\n\n')}\n`;
}

type Measure = readonly [name: string, of: (row: ComparisonRow) => string];

const optional = (value: string | null): string => (value === null ? '–' : money(value));
const seconds = (ms: number | undefined): string =>
  ms === undefined ? '–' : `${count(Math.round(ms / 1000))} s`;

const MEASURES: readonly Measure[] = [
  ['accounts liquidated', (row) => count(row.accountsLiquidated)],
  ['liquidations', (row) => count(row.liquidations)],
  ['  still running', (row) => count(row.stillRunning)],
  ['  mean time to the end', ({ durationMs }) => seconds(durationMs?.mean)],
  ['  95 of 100 within', ({ durationMs }) => seconds(durationMs?.p95)],
  ['notional closed', (row) => money(row.notionalClosed)],
  ['cost to the liquidated', (row) => money(row.costToLiquidated)],
  ['  against the mark', (row) => money(row.priceCost)],
  ['  penalties', (row) => money(row.penalties)],
  ['profit of keepers', (row) => money(row.keepersProfit)],
  ['profit of the vault', (row) => optional(row.vaultProfit)],
  ['profit of the AMM', (row) => optional(row.ammProfit)],
  ['bad debt', (row) => money(row.badDebt)],
  ['deleveraged notional', (row) => money(row.deleveragedNotional)],
  ['accounts that kept positions', (row) => count(row.accountsKept)],
  ['equity left to the liquidated', (row) => money(row.equityOfLiquidated)],
  ['equity of all traders', (row) => money(row.equityOfTraders)],
  ['bids of keepers', (row) => count(row.bids)],
  ['  refused', (row) => count(refusedIn(row))],
  ['out of balance', (row) => row.conservationImbalance],
  ['state hash', (row) => row.stateHash.slice(0, 8)],
];

const refusedIn = ({ refusedBids }: ComparisonRow): number =>
  Object.values(refusedBids).reduce((sum, times) => sum + times, 0);

function table(rows: readonly ComparisonRow[]): string {
  const head = ['', ...rows.map(({ mechanism }) => mechanism)];
  return textTable(
    head,
    MEASURES.map(([name, of]) => [name, ...rows.map(of)]),
  );
}

function waysTable(rows: readonly ComparisonRow[]): string {
  const ways = [...new Set(rows.flatMap(({ closedBy }) => Object.keys(closedBy)))];
  if (ways.length === 0) return '  nothing was closed';
  const head = ['', ...rows.map(({ mechanism }) => mechanism)];
  return textTable(
    head,
    ways.map((way) => [way, ...rows.map(({ closedBy }) => optional(closedBy[way] ?? null))]),
  );
}

function refusedSection(rows: readonly ComparisonRow[], paint: Paint): string[] {
  const refused = rows.filter((row) => refusedIn(row) > 0);
  if (refused.length === 0) return [];
  const lines = refused.map(
    ({ mechanism, refusedBids }) => `  ${mechanism.padEnd(9)} ${refusals(refusedBids)}`,
  );
  return [`${paint.bold('Why bids were refused, most often')}\n${lines.join('\n')}`];
}
