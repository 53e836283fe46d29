/** Aligned columns without lines: the first to the left, the others to the right. @module */
import Table from 'cli-table3';

export type Rows = readonly (readonly string[])[];

/** Without colours of its own: colour is decided in one place. */
export function textTable(
  head: readonly string[],
  rows: Rows,
  align?: readonly ('left' | 'right')[],
): string {
  const columns = head.length > 0 ? head : (rows[0] ?? []);
  const aligned = new Table({
    head: [...head],
    colAligns: columns.map((_, column) => align?.[column] ?? (column === 0 ? 'left' : 'right')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: NO_LINES,
  });
  aligned.push(...rows.map((row) => [...row]));
  return aligned
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '  ',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
