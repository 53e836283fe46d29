/** The layers beside the insurance fund, each with what it received and paid. @module */
import type { LayerResult, WaterfallResult } from 'plimsoll/lab';
import { money } from './figures.ts';
import { textTable } from './text-table.ts';

export function layersTable({ buffer, tranches }: WaterfallResult): string {
  const rows = [
    rowOf('liquidity buffer', buffer),
    ...tranches.map(({ tranche, ...layer }) => rowOf(`tranche ${tranche}`, layer)),
  ];
  return textTable(['layer', 'received', 'premiums', 'paid', 'repaid', 'at the end'], rows);
}

const rowOf = (name: string, { received, premiums, paid, repaid, end }: LayerResult): string[] => [
  name,
  ...[received, premiums, paid, repaid, end].map(money),
];
