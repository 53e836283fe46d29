/** `plimsoll compare --adl-policies`: the same day under each deleveraging policy. @module */
import {
  compareDeleveraging,
  type DeleveragingComparison,
  type DeleveragingRow,
  type ReplayResult,
} from 'plimsoll/lab';
import type { AdlPolicyName } from 'plimsoll/risk';
import { comparedVerdicts, dayHeading, everyClaimHolds } from './compared-runs.ts';
import { OK, VIOLATION } from './exit-codes.ts';
import { count, money } from './figures.ts';
import { readScenario } from './scenario-file.ts';
import { bar, type Paint, paintFor, progressOn } from './terminal.ts';
import { textTable } from './text-table.ts';
import { streamForPeople, writeJson } from './written.ts';

export type CompareAdlOptions = {
  readonly policies: readonly AdlPolicyName[];
  readonly accounts: number;
  readonly prices?: string;
  readonly seed?: number;
  readonly from?: string;
  readonly to?: string;
  readonly json?: string;
};

export async function compareAdl(file: string, options: CompareAdlOptions): Promise<number> {
  const { prices, json, ...asked } = options;
  const scenario = readScenario(file);
  const progress = progressOn(process.stderr);
  try {
    const { comparison, results } = await compareDeleveraging({
      scenario,
      ...asked,
      ...(prices === undefined ? {} : { prices: { directory: prices } }),
      onProgress: ({ policy, done }) => {
        const percent = `${Math.floor(done * 100)}%`.padStart(4);
        progress.show(`${policy.padEnd(19)} ${bar(done)} ${percent}`);
      },
      now: () => performance.now(),
    });
    progress.clear();
    const stream = streamForPeople(json);
    writeJson(json, comparison);
    stream.write(summary(comparison, results, paintFor(stream)));
    return everyClaimHolds(results) ? OK : VIOLATION;
  } finally {
    progress.clear();
  }
}

type Measure = readonly [name: string, of: (row: DeleveragingRow) => string];

const decimals = (value: string | null): string =>
  value === null ? '–' : Number(value).toFixed(3);

const MEASURES: readonly Measure[] = [
  ['liquidations', (row) => count(row.liquidations)],
  ['bad debt', (row) => money(row.badDebt)],
  ['  of the insurance fund', (row) => money(row.insuranceFund)],
  ['  of the deleveraged', (row) => money(row.deleveraged)],
  ['  of open interest', (row) => money(row.openInterestLoss)],
  ['  of everybody’s profits', (row) => money(row.socialized)],
  ['  of nobody yet', (row) => money(row.unallocated)],
  ['deleveraging records', (row) => count(row.records)],
  ['  that gave up hedges', (row) => count(row.hedgesOverridden)],
  ['accounts deleveraged', (row) => count(row.accounts)],
  ['  closes of theirs', (row) => count(row.closes)],
  ['  notional closed', (row) => money(row.notional)],
  ['taken beyond the loss', (row) => money(row.overshoot)],
  ['largest share of a profit', (row) => decimals(row.profitHaircutMax)],
  ['Gini of those shares', (row) => decimals(row.profitHaircutGini)],
  ['changes of order', (row) => count(row.orderInversions)],
  ['largest leverage before', (row) => decimals(row.leverageMaxBefore)],
  ['largest leverage after', (row) => decimals(row.leverageMaxAfter)],
  ['equity of all traders', (row) => money(row.equityOfTraders)],
  ['losses out of balance', (row) => row.lossLedgerSum],
  ['out of balance', (row) => row.conservationImbalance],
  ['state hash', (row) => row.stateHash.slice(0, 8)],
];

function summary(
  comparison: DeleveragingComparison,
  results: readonly ReplayResult[],
  paint: Paint,
): string {
  const { policies } = comparison;
  const head = ['', ...policies.map(({ policy }) => policy)];
  const table = textTable(
    head,
    MEASURES.map(([name, of]) => [name, ...policies.map(of)]),
  );
  const named = policies.map(({ policy }, at) => ({ name: policy, result: results[at]! }));
  const sections = [
    dayHeading(comparison, paint),
    `${paint.bold('The same day, by deleveraging policy')}\n${table}`,
    `${paint.bold('What was checked')}\n${comparedVerdicts(named, paint)}`,
  ];
  return `\n${sections.join('\n\n')}\n`;
}
