/** Which ways out of their positions accounts took, and what became of who took over. @module */
import type { MechanismResult, ReplayResult } from 'plimsoll/lab';
import { count, money } from './figures.ts';
import { textTable } from './text-table.ts';

export function waysOut({ ways }: ReplayResult, mechanisms: MechanismResult): string {
  if (ways.length === 0) return '  nothing was closed';
  const rows = ways.map(({ way, chosen, left, closeOuts, notional, cost }) => [
    way,
    way === 'deleveraging' ? '–' : count(chosen),
    count(closeOuts),
    money(notional),
    money(cost),
    reasons(left),
  ]);
  const head = ['way', 'chosen', 'close-outs', 'closed', 'cost', 'left because'];
  const align = ['left', 'right', 'right', 'right', 'right', 'left'] as const;
  return [textTable(head, rows, align), ...takers(mechanisms)].join('\n');
}

const reasons = (left: ReplayResult['ways'][number]['left']): string =>
  Object.entries(left)
    .map(([reason, times]) => `${reason} ${count(times)}`)
    .join(', ');

/** What they bid, took and earned. */
function takers({ keepers, ammProfit, vaultProfit }: MechanismResult): string[] {
  const bidding = keepers.filter(({ bids }) => bids > 0);
  const rows = bidding.map(({ strategy, bids, accepted, notional, profit, refused }) => [
    strategy,
    count(bids),
    count(accepted),
    money(notional),
    money(profit),
    refusals(refused),
  ]);
  const head = ['keepers', 'bids', 'accepted', 'took over', 'profit', 'refused most'];
  const align = ['left', 'right', 'right', 'right', 'right', 'left'] as const;
  return [
    ...(rows.length > 0 ? [textTable(head, rows, align)] : []),
    ...(ammProfit === null ? [] : [`  profit of the market maker  ${money(ammProfit)}`]),
    ...(vaultProfit === null ? [] : [`  profit of the vault         ${money(vaultProfit)}`]),
  ];
}

/** The most frequent two. */
export const refusals = (refused: Readonly<Record<string, number>>): string =>
  Object.entries(refused)
    .slice(0, 2)
    .map(([code, times]) => `${code} ${count(times)}`)
    .join(', ');
