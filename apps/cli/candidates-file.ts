/**
 * Positions of an outside book as candidates of a deleveraging: a CSV file with one position a
 * line. Columns are named in the first line and carry the names and units of
 * `plimsoll calc adl-allocation`.
 * @module
 */
import type { AdlCandidate } from 'plimsoll/risk';
import type { AdlNumbers } from 'plimsoll/risk/adl';
import { gt, isId, rawOf, sum, type Wad } from 'plimsoll/units';
import { money, score, size } from './calc/quantity.ts';
import type { Shape } from './calc/shape.ts';
import { CandidateRow, type CandidateRows, type CandidateSlots } from './candidate-row.ts';
import { type CsvLine, csvLine, fieldAt, fieldsOf, moveTo, shortDecimalAt } from './csv-line.ts';
import { type EarlierIds, earlierIds } from './earlier-ids.ts';
import { InputFault } from './exit-codes.ts';
import { packedRows } from './packed-rows.ts';
import { textLines } from './text-lines.ts';

export type CandidateSide = 'long' | 'short';

export type CandidatesFile = {
  readonly candidates: readonly AdlCandidate[];
  readonly numbers: AdlNumbers;
  /** As stated, else the sign that all sizes have; long where there are none. */
  readonly side: CandidateSide;
  /** Columns that are not read. */
  readonly ignored: readonly string[];
};

type Name = Exclude<keyof CandidateSlots, 'size'>;

const optionalMargin = money('', { atLeast: '0' });

/** Every column of a quantity but the size, in the order in which a line is judged. */
const SHAPES: Readonly<Record<Name, Shape<Wad>>> = {
  maintenanceMargin: optionalMargin,
  legMaintenanceMargin: optionalMargin,
  equity: money(''),
  marginEquity: money(''),
  unrealizedPnl: money(''),
  entryValue: money(''),
  score: score(''),
};
const SIZE = size('');

const ACCOUNT = 'account';
const REQUIRED = [ACCOUNT, 'size', 'equity', 'unrealizedPnl'];
const OPTIONAL = [
  'marginEquity',
  'maintenanceMargin',
  'legMaintenanceMargin',
  'entryValue',
  'score',
];
const KNOWN = [...REQUIRED, ...OPTIONAL];

/** Σ of the sizes stays in the range of a size, however many there are. */
const SIZE_TOTAL_MAX = 10n ** 18n * 10n ** 18n;
/** Less than it by more than a sum of numbers is off. */
const SIZE_TOTAL_NEAR = 0.999e36;

/** @throws InputFault that names the file, the line and the column. */
export function readCandidates(file: string, side: CandidateSide | null): CandidatesFile {
  const lines = textLines(file);
  const head = lines.next();
  if (head.done === true) throw new InputFault(`${file}: is empty, expected a line of columns`);
  const { text, start, end } = head.value;
  const layout = layoutOf(file, fieldsOf(text.slice(start, end)));
  const row: Row = { file, number: 1, layout, line: csvLine() };
  const candidates: AdlCandidate[] = [];
  const earlier = earlierIds((index) => candidates[index]!.account);
  const rows = rowsFor(layout);
  const totals = { totalNear: 0, total: null };
  const book: Book = { stated: side, rows, candidates, earlier, blank: [], sign: null, ...totals };
  for (const line of lines) {
    row.number += 1;
    if (line.start === line.end) {
      book.blank.push(row.number);
      continue;
    }
    moveTo(row.line, line);
    addCandidate(book, row);
  }
  const numbers = numbersOf(rows, candidates.length);
  return { candidates, numbers, side: side ?? book.sign ?? 'long', ignored: layout.ignored };
}

/** What the lines so far have given. */
type Book = {
  readonly stated: CandidateSide | null;
  readonly rows: CandidateRows;
  readonly candidates: AdlCandidate[];
  readonly earlier: EarlierIds;
  /** Numbers of empty lines. */
  readonly blank: number[];
  sign: CandidateSide | null;
  /** About Σ of the sizes, in units of 1e-18. */
  totalNear: number;
  /** Σ of the sizes, once it may be too much. */
  total: bigint | null;
};

function addCandidate(book: Book, row: Row): void {
  const account = accountOf(row);
  const candidate = new CandidateRow(account, book.rows, book.candidates.length);
  const held = heldOf(row, candidate);
  readQuantities(row, candidate);
  const same = book.earlier.add(account);
  if (same !== null) {
    throw fault(row, ACCOUNT, `"${account}" is already that of line ${lineOf(same, book.blank)}`);
  }
  book.sign = agreedSide(row, held > 0 ? 'long' : 'short', book);
  book.candidates.push(candidate);
  if (exceedsTotal(book, Math.abs(held))) {
    throw fault(row, 'size', 'the sizes sum to more than 10^18');
  }
}

/** Sums in floating point as long as that is clearly less. */
function exceedsTotal(book: Book, held: number): boolean {
  const { candidates } = book;
  if (book.total === null) {
    book.totalNear += held;
    if (book.totalNear < SIZE_TOTAL_NEAR) return false;
    book.total = rawOf(sum(candidates.map(({ size }) => size)));
  } else {
    book.total += rawOf(candidates.at(-1)!.size);
  }
  return book.total > SIZE_TOTAL_MAX;
}

/** The line of a candidate, after that of the columns and some that were blank. */
const lineOf = (index: number, blank: readonly number[]): number =>
  blank.reduce((line, other) => (other <= line ? line + 1 : line), index + 2);

type Column = {
  readonly name: keyof CandidateSlots;
  /** Its field in a line; −1 where the file has no such column. */
  readonly field: number;
  /** The place of its value in a row. */
  readonly slot: number;
  readonly shape: Shape<Wad>;
  readonly isRequired: boolean;
  /** Whether it may be below zero. */
  readonly isSigned: boolean;
};

type Layout = {
  /** Fields in a line. */
  readonly fields: number;
  /** The field of the account. */
  readonly account: number;
  readonly size: Column;
  /** The others that the file has. */
  readonly columns: readonly Column[];
  readonly ignored: readonly string[];
};

type Row = {
  readonly file: string;
  number: number;
  readonly layout: Layout;
  readonly line: CsvLine;
};

function layoutOf(file: string, columns: readonly string[]): Layout {
  for (const name of KNOWN) {
    if (columns.indexOf(name) === columns.lastIndexOf(name)) continue;
    throw new InputFault(`${file}:1: the column ${name} is there twice`);
  }
  const missing = REQUIRED.filter((name) => !columns.includes(name));
  if (missing.length > 0) {
    const found = columns.map((name) => `"${name}"`).join(', ');
    throw new InputFault(
      `${file}:1: missing ${missing.length === 1 ? 'column' : 'columns'} ${missing.join(', ')}; ` +
        `found ${found}. Columns are ${KNOWN.join(', ')}; the last five may be absent`,
    );
  }
  const column = (name: keyof CandidateSlots, shape: Shape<Wad>, slot: number): Column => ({
    name,
    field: columns.indexOf(name),
    slot,
    shape,
    isRequired: REQUIRED.includes(name),
    isSigned: shape !== optionalMargin,
  });
  const names = (Object.keys(SHAPES) as Name[]).filter((name) => columns.includes(name));
  return {
    fields: columns.length,
    account: columns.indexOf(ACCOUNT),
    size: column('size', SIZE, 0),
    columns: names.map((name, index) => column(name, SHAPES[name], index + 1)),
    ignored: columns.filter((name) => !KNOWN.includes(name)),
  };
}

function rowsFor({ size, columns }: Layout): CandidateRows {
  const slotOf = (wanted: string) => columns.find(({ name }) => name === wanted)?.slot ?? -1;
  const slots: CandidateSlots = {
    size: size.slot,
    equity: slotOf('equity'),
    marginEquity: slotOf('marginEquity'),
    unrealizedPnl: slotOf('unrealizedPnl'),
    maintenanceMargin: slotOf('maintenanceMargin'),
    legMaintenanceMargin: slotOf('legMaintenanceMargin'),
    entryValue: slotOf('entryValue'),
    score: slotOf('score'),
  };
  return { rows: packedRows(columns.length + 1), slots };
}

function numbersOf({ rows, slots }: CandidateRows, count: number): AdlNumbers {
  const sizes = new Float64Array(count);
  const equities = new Float64Array(count);
  const profits = new Float64Array(count);
  for (let row = 0; row < count; row += 1) {
    sizes[row] = Math.abs(rows.numberAt(row, slots.size));
    equities[row] = rows.numberAt(row, slots.equity);
    profits[row] = rows.numberAt(row, slots.unrealizedPnl);
  }
  return { sizes, equities, profits };
}

function accountOf(row: Row): string {
  const { file, number, layout, line } = row;
  if (line.count !== layout.fields) {
    throw new InputFault(`${file}:${number}: expected ${layout.fields} fields, was ${line.count}`);
  }
  const account = fieldAt(line, layout.account);
  if (isId(account)) return account;
  throw fault(row, ACCOUNT, `expected an id of A-Z a-z 0-9 . _ : / -, was "${account}"`);
}

/** Signed, about, in units of 1e-18. */
function heldOf(row: Row, candidate: CandidateRow): number {
  const { size } = row.layout;
  readQuantity(row, size, candidate);
  const held = candidate.book.rows.numberAt(candidate.row, size.slot);
  if (held === 0) throw fault(row, 'size', 'expected a size other than 0');
  return held;
}

function readQuantities(row: Row, candidate: CandidateRow): void {
  for (const column of row.layout.columns) {
    readQuantity(row, column, candidate);
    const problem = orderProblem(column.name, candidate);
    if (problem !== null) throw fault(row, column.name, problem);
  }
}

/** What a column that was just read has to do with one before it. */
function orderProblem(name: Column['name'], candidate: CandidateRow): string | null {
  if (name === 'legMaintenanceMargin') {
    const { maintenanceMargin: total, legMaintenanceMargin: leg } = candidate;
    if (total !== null && leg !== null && gt(leg, total))
      return 'expected at most the maintenanceMargin';
  }
  if (name === 'marginEquity') {
    const { equity, marginEquity } = candidate;
    if (marginEquity !== null && gt(marginEquity, equity)) return 'expected at most the equity';
  }
  return null;
}

function readQuantity(row: Row, column: Column, { book: { rows }, row: at }: CandidateRow): void {
  const { field, slot, isRequired, isSigned } = column;
  // A short decimal is within the bounds of every column, but for the sign.
  const packed = shortDecimalAt(row.line, field);
  if (packed >= 0 || (isSigned && packed < 0)) {
    rows.put(at, slot, packed);
    return;
  }
  const text = fieldAt(row.line, field);
  if (text === '' && !isRequired) {
    rows.put(at, slot, Number.NaN);
    return;
  }
  const reading = column.shape.read(text, '');
  if (!reading.ok) throw fault(row, column.name, reading.problem);
  rows.putLong(at, slot, rawOf(reading.value));
}

/** One side: with a side stated, sizes may be magnitudes, but none may have the other sign. */
function agreedSide(row: Row, own: CandidateSide, { stated, sign }: Book): CandidateSide {
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
