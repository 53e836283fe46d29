/**
 * Positions of an outside book as candidates of a deleveraging: a CSV file with one position a
 * line. Columns are named in the first line and carry the names and units of
 * `plimsoll calc adl-allocation`.
 * @module
 */
import type { AdlCandidate } from 'plimsoll/risk';
import {
  abs,
  fromRaw,
  gt,
  isId,
  isPositive,
  isZero,
  rawOf,
  type Size,
  type Wad,
} from 'plimsoll/units';
import { money, score, size } from './calc/quantity.ts';
import type { Shape } from './calc/shape.ts';
import { type CsvLine, csvLine, fieldAt, fieldsOf, moveTo, shortDecimalAt } from './csv-line.ts';
import { type EarlierIds, earlierIds } from './earlier-ids.ts';
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

/** Every column but the account. */
const SHAPES = {
  size: size(''),
  equity: money(''),
  unrealizedPnl: money(''),
  maintenanceMargin: optionalMargin,
  legMaintenanceMargin: optionalMargin,
  entryValue: money(''),
  score: score(''),
} as const;

const ACCOUNT = 'account';
const REQUIRED = [ACCOUNT, 'size', 'equity', 'unrealizedPnl'];
const BEYOND_BARE = ['maintenanceMargin', 'legMaintenanceMargin', 'score'];
const KNOWN = [ACCOUNT, ...Object.keys(SHAPES)];

/** Σ of the sizes stays in the range of a size, however many there are. */
const SIZE_TOTAL_MAX = 10n ** 18n * 10n ** 18n;

/** @throws InputFault that names the file, the line and the column. */
export function readCandidates(file: string, side: CandidateSide | null): CandidatesFile {
  const lines = textLines(file);
  const head = lines.next();
  if (head.done === true) throw new InputFault(`${file}: is empty, expected a line of columns`);
  const layout = layoutOf(file, fieldsOf(head.value));
  const row: Row = { file, number: 1, layout, line: csvLine() };
  const candidates: AdlCandidate[] = [];
  const earlier = earlierIds((index) => candidates[index]!.account);
  const book: Book = { stated: side, candidates, earlier, blank: [], sign: null, total: 0n };
  for (const line of lines) {
    row.number += 1;
    if (line === '') book.blank.push(row.number);
    if (line === '') continue;
    moveTo(row.line, line);
    addCandidate(book, row);
  }
  return { candidates, side: side ?? book.sign ?? 'long', ignored: layout.ignored };
}

/** What the lines so far have given. */
type Book = {
  readonly stated: CandidateSide | null;
  readonly candidates: AdlCandidate[];
  readonly earlier: EarlierIds;
  /** Numbers of empty lines. */
  readonly blank: number[];
  sign: CandidateSide | null;
  /** Σ of the sizes. */
  total: bigint;
};

function addCandidate(book: Book, row: Row): void {
  const account = accountOf(row);
  const held = heldOf(row);
  const candidate = candidateOf(row, account, held);
  const same = book.earlier.add(account);
  if (same !== null) {
    throw fault(row, ACCOUNT, `"${account}" is already that of line ${lineOf(same, book.blank)}`);
  }
  book.sign = agreedSide({ row, held, stated: book.stated, sign: book.sign });
  book.total += rawOf(candidate.size);
  if (book.total > SIZE_TOTAL_MAX) throw fault(row, 'size', 'the sizes sum to more than 10^18');
  book.candidates.push(candidate);
}

/** The line of a candidate, after that of the columns and some that were blank. */
const lineOf = (index: number, blank: readonly number[]): number =>
  blank.reduce((line, other) => (other <= line ? line + 1 : line), index + 2);

type Column<T extends Wad> = {
  readonly name: string;
  /** Its field in a line; −1 where the file has no such column. */
  readonly at: number;
  readonly shape: Shape<T>;
  /** Whether it may be below zero. */
  readonly isSigned: boolean;
};

type Layout = {
  /** Fields in a line. */
  readonly fields: number;
  /** The field of the account. */
  readonly account: number;
  readonly columns: {
    readonly [K in keyof typeof SHAPES]: Column<ValueOf<(typeof SHAPES)[K]>>;
  };
  /** Without a column of margins or scores. */
  readonly isBare: boolean;
  readonly ignored: readonly string[];
};
type ValueOf<S> = S extends Shape<infer T> ? T : never;

type Row = {
  readonly file: string;
  number: number;
  readonly layout: Layout;
  readonly line: CsvLine;
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
  const column = <T extends Wad>(name: keyof typeof SHAPES, shape: Shape<T>): Column<T> => {
    return { name, at: at[name] ?? -1, shape, isSigned: shape !== optionalMargin };
  };
  return {
    fields: columns.length,
    account: at[ACCOUNT]!,
    columns: {
      size: column('size', SHAPES.size),
      equity: column('equity', SHAPES.equity),
      unrealizedPnl: column('unrealizedPnl', SHAPES.unrealizedPnl),
      maintenanceMargin: column('maintenanceMargin', SHAPES.maintenanceMargin),
      legMaintenanceMargin: column('legMaintenanceMargin', SHAPES.legMaintenanceMargin),
      entryValue: column('entryValue', SHAPES.entryValue),
      score: column('score', SHAPES.score),
    },
    isBare: !columns.some((name) => BEYOND_BARE.includes(name)),
    ignored: columns.filter((name) => !KNOWN.includes(name)),
  };
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

function heldOf(row: Row): Size {
  const held = required(row, row.layout.columns.size);
  if (isZero(held)) throw fault(row, 'size', 'expected a size other than 0');
  return held;
}

function candidateOf(row: Row, account: string, held: Size): AdlCandidate {
  const { columns, isBare } = row.layout;
  // What no line can have is left out: a book of many positions takes less memory.
  if (isBare) {
    return {
      account,
      size: abs(held),
      equity: required(row, columns.equity),
      unrealizedPnl: required(row, columns.unrealizedPnl),
      entryValue: given(row, columns.entryValue),
    };
  }
  const maintenanceMargin = given(row, columns.maintenanceMargin);
  const legMaintenanceMargin = given(row, columns.legMaintenanceMargin);
  if (maintenanceMargin !== null && legMaintenanceMargin !== null) {
    if (gt(legMaintenanceMargin, maintenanceMargin)) {
      throw fault(row, 'legMaintenanceMargin', 'expected at most the maintenanceMargin');
    }
  }
  return {
    account,
    size: abs(held),
    equity: required(row, columns.equity),
    unrealizedPnl: required(row, columns.unrealizedPnl),
    maintenanceMargin,
    legMaintenanceMargin,
    entryValue: given(row, columns.entryValue),
    score: given(row, columns.score),
  };
}

/** Null where the column is absent or the field is empty. */
function given<T extends Wad>(row: Row, column: Column<T>): T | null {
  if (column.at < 0) return null;
  return short(row, column) ?? (fieldAt(row.line, column.at) === '' ? null : long(row, column));
}

function required<T extends Wad>(row: Row, column: Column<T>): T {
  return short(row, column) ?? long(row, column);
}

/** A decimal of at most 15 digits: within the bounds of every column, but for the sign. */
function short<T extends Wad>({ line }: Row, { at, isSigned }: Column<T>): T | null {
  const raw = shortDecimalAt(line, at);
  return raw === null || (raw < 0n && !isSigned) ? null : fromRaw<T>(raw);
}

/** Any field that has a value; whatever is wrong is told here. */
function long<T extends Wad>(row: Row, { name, at, shape }: Column<T>): T {
  const reading = shape.read(fieldAt(row.line, at), '');
  if (!reading.ok) throw fault(row, name, reading.problem);
  return reading.value;
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
