/** `plimsoll losses`. @module */

import { openSqliteStore } from '@plimsoll/adapter-sqlite';
import {
  addLoss,
  giniMean,
  type LossEntry,
  type LossRow,
  type LossTotals,
  lossesOf,
  noLosses,
} from 'plimsoll/receipts';
import { add, cmp, formatDecimal, type Money, sum } from 'plimsoll/units';
import { OK, VIOLATION } from './exit-codes.ts';
import { count, counted, money } from './figures.ts';
import { largestDeleveragings } from './largest-deleveragings.ts';
import { type Paint, paintFor, progressOn } from './terminal.ts';
import { textTable } from './text-table.ts';
import { lineWriter, streamForPeople } from './written.ts';

export type LossesOptions = { readonly journal: string; readonly json?: string };

/** One line of JSON per event that moved a loss; the table sums them up. */
export async function lossesCommand({ journal: file, json }: LossesOptions): Promise<number> {
  const { journal } = openSqliteStore({ file, access: 'read' });
  const lines = lineWriter(json);
  const progress = progressOn(process.stderr);
  const totals = noLosses();
  const byAccount = new Map<string, Money>();
  const byTranche = new Map<string, Money>();
  const largest = largestDeleveragings();
  try {
    const onProgress = ({ seq }: { readonly seq: number }) =>
      progress.show(`reading · record ${count(seq)}`);
    for await (const entry of lossesOf(journal, { onProgress })) {
      addLoss(totals, entry);
      largest.note(entry);
      for (const row of entry.rows) note({ byAccount, byTranche }, row);
      lines.write(() => JSON.stringify(viewOf(entry)));
    }
    progress.clear();
    const stream = streamForPeople(json);
    stream.write(
      lossSummary(totals, { byAccount, byTranche, largest: largest.table() }, paintFor(stream)),
    );
    return formatDecimal(balance(totals)) === '0' ? OK : VIOLATION;
  } finally {
    progress.clear();
    lines.close();
    await journal.close();
  }
}

/** What single accounts and tranches bore. */
type Bearers = {
  readonly byAccount: Map<string, Money>;
  readonly byTranche: Map<string, Money>;
};

function note({ byAccount, byTranche }: Bearers, row: LossRow): void {
  if (row.layer === 'tranche') addTo(byTranche, row.tranche, row.amount);
  if (!('account' in row) || row.account === null || row.layer === 'bankrupt') return;
  addTo(byAccount, row.account, row.amount);
}

function addTo(sums: Map<string, Money>, who: string, amount: Money): void {
  const before = sums.get(who);
  sums.set(who, before === undefined ? amount : add(before, amount));
}

const balance = ({ layers }: LossTotals): Money => sum(Object.values(layers));

const orNull = (value: Parameters<typeof formatDecimal>[0] | null): string | null =>
  value === null ? null : formatDecimal(value);

function viewOf({ rows, deleveraging, ...entry }: LossEntry): object {
  return {
    ...entry,
    rows: rows.map((row) => ({ ...row, amount: formatDecimal(row.amount) })),
    deleveraging: deleveraging && deleveragingView(deleveraging),
  };
}

function deleveragingView(deleveraging: NonNullable<LossEntry['deleveraging']>): object {
  const { markPrice, closed, taken, residualLoss, metrics, ...facts } = deleveraging;
  return {
    ...facts,
    markPrice: formatDecimal(markPrice),
    closed: formatDecimal(closed),
    taken: formatDecimal(taken),
    residualLoss: formatDecimal(residualLoss),
    metrics: {
      budget: formatDecimal(metrics.budget),
      overshoot: formatDecimal(metrics.overshoot),
      profitHaircutMax: formatDecimal(metrics.profitHaircutMax),
      profitHaircutGini: formatDecimal(metrics.profitHaircutGini),
      orderInversions: metrics.orderInversions,
      leverageMaxBefore: orNull(metrics.leverageMaxBefore),
      leverageMaxAfter: orNull(metrics.leverageMaxAfter),
    },
  };
}

const LAYERS: readonly (readonly [layer: keyof LossTotals['layers'], name: string])[] = [
  ['bankrupt', 'bankrupt accounts, relieved of'],
  ['buffer', 'liquidity buffer'],
  ['insurance-fund', 'insurance fund'],
  ['tranche', 'insurance tranches'],
  ['deleveraged', 'profits of deleveraged counterparties'],
  ['open-interest', 'open interest of a market'],
  ['socialized', 'profits of everybody'],
  ['unallocated', 'nobody yet'],
];

function lossSummary(
  totals: LossTotals,
  { byAccount, byTranche, largest }: Bearers & { readonly largest: string | null },
  { bold, good, bad }: Paint,
): string {
  const shown = (value: Money): string => money(formatDecimal(value));
  const rows = LAYERS.flatMap(([layer, name]) => {
    const row = [`  ${name}`, shown(totals.layers[layer])];
    if (layer !== 'tranche') return [row];
    return [row, ...[...byTranche].map(([tranche, paid]) => [`    ${tranche}`, shown(paid)])];
  });
  const left = balance(totals);
  const exact = formatDecimal(left) === '0';
  const verdict = exact ? good('✓ they sum to zero') : bad(`✗ ${formatDecimal(left)} is missing`);
  const sections = [
    `${bold('Who bore what bankrupt accounts could not')}\n${textTable([], rows)}\n  ${verdict}`,
    `${bold('Auto-deleveraging')}\n${deleveragings(totals, shown)}`,
  ];
  if (largest !== null) sections.push(`${bold('The largest of them')}\n${largest}`);
  const most = [...byAccount].sort(([, a], [, b]) => cmp(b, a)).slice(0, 10);
  if (most.length > 0) {
    const gave = most.map(([account, amount]) => [`  ${account}`, shown(amount)]);
    sections.push(`${bold('Who gave up most')}\n${textTable([], gave)}`);
  }
  return `\n${sections.join('\n\n')}\n`;
}

function deleveragings({ deleveragings: all }: LossTotals, shown: (value: Money) => string) {
  if (all.count === 0) return '  none';
  const decimals = (value: Parameters<typeof orNull>[0]): string => {
    const text = orNull(value);
    return text === null ? 'beyond all bounds' : Number(text).toFixed(3);
  };
  const times = `${counted(all.count, 'record')}, ${counted(all.asked, 'counterparty close')}`;
  return textTable(
    [],
    [
      ['  how often', times],
      ['  what had to be borne', shown(all.budget)],
      ['  taken beyond it', shown(all.overshoot)],
      ['  moved on down the waterfall', shown(all.residualLoss)],
      ['  largest share of a profit', decimals(all.profitHaircutMax)],
      ['  mean Gini of those shares', decimals(giniMean(all))],
      ['  pairs whose leverage changed order', count(all.orderInversions)],
      ['  largest leverage before', decimals(all.leverageMaxBefore)],
      ['  largest leverage after', decimals(all.leverageMaxAfter)],
    ],
  );
}
