/**
 * Positions of an outside book as candidates of a deleveraging: a CSV file with one position a
 * line. Columns are named in the first line and carry the names and units of
 * `plimsoll calc adl-allocation`.
 * @module
 */
import type { AdlCandidate } from 'plimsoll/risk';
import { abs, gt, isId, isPositive, isZero, rawOf, type Size } from 'plimsoll/units';
import { money, score, size } from './calc/quantity.ts';
import type { Shape } from './calc/shape.ts';
import { InputFault } from './exit-codes.ts';
import { textLines } from './text-lines.ts';

export type CandidateSide = 'long' | 'short';

export type CandidatesFile = {
  readonly candidates: readonly AdlCandidate[];
  /** As stated, else the sign that all sizes have; long where there are none. */
  readonly side: CandidateSide;
  /** Columns that are not read. */
  readonly ignored: readonly string[];
};

const optionalMargin = money('', { atLeast: '0' });

/** Every column but the account; a required one may not be empty. */
const COLUMNS = {
  size: { shape: size(''), required: true },
  equity: { shape: money(''), required: true },
  unrealizedPnl: { shape: money(''), required: true },
  maintenanceMargin: { shape: optionalMargin, required: false },
  legMaintenanceMargin: { shape: optionalMargin, required: false },
  entryValue: { shape: money(''), required: false },
  score: { shape: score(''), required: false },
} as const;
type Column = keyof typeof COLUMNS;

const ACCOUNT = 'account';
const REQUIRED = [ACCOUNT, 'size', 'equity', 'unrealizedPnl'];
const KNOWN = [ACCOUNT, ...Object.keys(COLUMNS)];

/** Σ of the sizes stays in the range of a size, however many there are. */
const SIZE_TOTAL_MAX = 10n ** 18n * 10n ** 18n;

/** @throws InputFault that names the file, the line and the column. */
export function readCandidates(file: string, side: CandidateSide | null): CandidatesFile {
  const lines = textLines(file);
  const head = lines.next();
  if (head.done === true) throw new InputFault(`${file}: is empty, expected a line of columns`);
  const layout = layoutOf(file, fieldsOf(head.value));
  const candidates: AdlCandidate[] = [];
  const lineOf = new Map<string, number>();
  let sign: CandidateSide | null = null;
  let total = 0n;
  let number = 1;
  for (const line of lines) {
    number += 1;
    if (line === '') continue;
    const row: Row = { file, number, layout, fields: fieldsOf(line) };
    const { held, candidate } = readRow(row);
    const earlier = lineOf.get(candidate.account);
    if (earlier !== undefined) {
      throw fault(row, ACCOUNT, `"${candidate.account}" is already that of line ${earlier}`);
    }
    lineOf.set(candidate.account, number);
    sign = agreedSide({ row, held, stated: side, sign });
    total += rawOf(candidate.size);
    if (total > SIZE_TOTAL_MAX) throw fault(row, 'size', 'the sizes sum to more than 10^18');
    candidates.push(candidate);
  }
  return { candidates, side: side ?? sign ?? 'long', ignored: layout.ignored };
}

type Layout = {
  readonly columns: readonly string[];
  readonly at: Readonly<Record<string, number>>;
  readonly ignored: readonly string[];
};

type Row = {
  readonly file: string;
  readonly number: number;
  readonly layout: Layout;
  readonly fields: readonly string[];
};

function layoutOf(file: string, columns: readonly string[]): Layout {
  const at: Record<string, number> = {};
  for (const [index, name] of columns.entries()) {
    if (!KNOWN.includes(name)) continue;
    if (Object.hasOwn(at, name))
      throw new InputFault(`${file}:1: the column ${name} is there twice`);
    at[name] = index;
  }
  const missing = REQUIRED.filter((name) => !Object.hasOwn(at, name));
  if (missing.length > 0) {
    const found = columns.map((name) => `"${name}"`).join(', ');
    throw new InputFault(
      `${file}:1: missing ${missing.length === 1 ? 'column' : 'columns'} ${missing.join(', ')}; ` +
        `found ${found}. Columns are ${KNOWN.join(', ')}; the last four may be absent`,
    );
  }
  return { columns, at, ignored: columns.filter((name) => !KNOWN.includes(name)) };
}

function readRow(row: Row): { readonly held: Size; readonly candidate: AdlCandidate } {
  const { layout, fields } = row;
  if (fields.length !== layout.columns.length) {
    const { file, number } = row;
    throw new InputFault(
      `${file}:${number}: expected ${layout.columns.length} fields, was ${fields.length}`,
    );
  }
  const account = fields[layout.at[ACCOUNT]!]!;
  if (!isId(account)) {
    throw fault(row, ACCOUNT, `expected an id of A-Z a-z 0-9 . _ : / -, was "${account}"`);
  }
  const held = required(row, 'size');
  if (isZero(held)) throw fault(row, 'size', 'expected a size other than 0');
  const maintenanceMargin = given(row, 'maintenanceMargin');
  const legMaintenanceMargin = given(row, 'legMaintenanceMargin');
  if (maintenanceMargin !== null && legMaintenanceMargin !== null) {
    if (gt(legMaintenanceMargin, maintenanceMargin)) {
      throw fault(row, 'legMaintenanceMargin', 'expected at most the maintenanceMargin');
    }
  }
  const candidate: AdlCandidate = {
    account,
    size: abs(held),
    equity: required(row, 'equity'),
    unrealizedPnl: required(row, 'unrealizedPnl'),
    maintenanceMargin,
    legMaintenanceMargin,
    entryValue: given(row, 'entryValue'),
    score: given(row, 'score'),
  };
  return { held, candidate };
}

type ColumnValue<C extends Column> =
  (typeof COLUMNS)[C]['shape'] extends Shape<infer T> ? T : never;

/** Null where the column is absent or the field is empty. */
function given<C extends Column>(row: Row, column: C): ColumnValue<C> | null {
  const index = row.layout.at[column];
  const text = index === undefined ? '' : row.fields[index]!;
  return text === '' ? null : required(row, column);
}

function required<C extends Column>(row: Row, column: C): ColumnValue<C> {
  const reading = COLUMNS[column].shape.read(row.fields[row.layout.at[column]!]!, '');
  if (!reading.ok) throw fault(row, column, reading.problem);
  return reading.value as ColumnValue<C>;
}

/** One side: with a side stated, sizes may be magnitudes, but none may have the other sign. */
function agreedSide({
  row,
  held,
  stated,
  sign,
}: {
  readonly row: Row;
  readonly held: Size;
  readonly stated: CandidateSide | null;
  readonly sign: CandidateSide | null;
}): CandidateSide {
  const own = isPositive(held) ? 'long' : 'short';
  if (sign !== null && sign !== own) {
    throw fault(
      row,
      'size',
      'expected the sign of the lines before it: candidates are on one side',
    );
  }
  if (stated === 'long' && own === 'short') {
    throw fault(row, 'size', 'expected a size above 0, as the side is long');
  }
  return own;
}

const fault = ({ file, number }: Row, column: string, problem: string): InputFault =>
  new InputFault(`${file}:${number}: ${column}: ${problem}`);

/** Fields of one line; a field in double quotes may hold commas, and "" for a quote. */
function fieldsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',').map(trimmed);
  const fields: string[] = [];
  const pattern = /\s*(?:"((?:[^"]|"")*)"|([^,"]*))\s*(?:,|$)/y;
  while (pattern.lastIndex < line.length) {
    const match = pattern.exec(line);
    if (match === null) return [...fields, line];
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2]!.trim());
    if (pattern.lastIndex === line.length && line.endsWith(',')) fields.push('');
  }
  return fields;
}

const trimmed = (text: string): string => text.trim();
