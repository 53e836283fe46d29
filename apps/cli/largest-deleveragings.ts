/** The deleveragings of a journal that had most to raise, each with what it did. @module */
import type { Deleveraging, LossEntry } from 'plimsoll/receipts';
import { cmp, formatDecimal } from 'plimsoll/units';
import { count, money } from './figures.ts';
import { textTable } from './text-table.ts';

type Told = { readonly seq: number; readonly deleveraging: Deleveraging };

const SHOWN = 5;

/** Keeps the largest few while a journal is read. */
export function largestDeleveragings() {
  const kept: Told[] = [];
  return {
    note: ({ seq, deleveraging }: LossEntry): void => {
      if (deleveraging === null) return;
      kept.push({ seq, deleveraging });
      kept.sort((a, b) => cmp(b.deleveraging.metrics.budget, a.deleveraging.metrics.budget));
      kept.splice(SHOWN);
    },
    table: (): string | null => (kept.length === 0 ? null : textTable(HEAD, kept.map(rowOf))),
  };
}

const HEAD = [
  'record',
  'market',
  'needed',
  'taken',
  'beyond',
  'moved on',
  'asked',
  'haircut',
  'Gini',
  'turned',
  'leverage',
];

function rowOf({ seq, deleveraging }: Told): string[] {
  const { metrics, asked, candidates } = deleveraging;
  const shown = (value: Parameters<typeof formatDecimal>[0]): string => money(formatDecimal(value));
  const decimals = (value: Parameters<typeof formatDecimal>[0] | null): string =>
    value === null ? '–' : Number(formatDecimal(value)).toFixed(2);
  return [
    count(seq),
    deleveraging.market,
    shown(metrics.budget),
    shown(deleveraging.taken),
    shown(metrics.overshoot),
    shown(deleveraging.residualLoss),
    `${count(asked)} of ${count(candidates)}`,
    decimals(metrics.profitHaircutMax),
    decimals(metrics.profitHaircutGini),
    count(metrics.orderInversions),
    `${decimals(metrics.leverageMaxBefore)} → ${decimals(metrics.leverageMaxAfter)}`,
  ];
}
