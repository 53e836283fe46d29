/** Quantities of many lines in little memory. @module */
import { numberOfShort, rawOfShort } from 'plimsoll/units';

/** As many rows as there is room for at first. */
const ROWS = 1024;
/** Stands for a value that has no packed form. */
const LONG = Number.POSITIVE_INFINITY;

/**
 * Rows of the same width. A short decimal takes eight bytes and becomes a quantity each time it is
 * asked for: most of a large book never is, and a `bigint` for each number of it takes longer to
 * make and to keep than the number to read.
 */
export type PackedRows = {
  /** As `shortDecimal` packs it; not a number where there is no value. */
  readonly put: (row: number, at: number, packed: number) => void;
  readonly putLong: (row: number, at: number, raw: bigint) => void;
  /** The number nearest to a value; the value is there. */
  readonly numberAt: (row: number, at: number) => number;
  /** Null where there is no value. */
  readonly rawAt: (row: number, at: number) => bigint | null;
};

export function packedRows(width: number): PackedRows {
  let cells = new Float64Array(ROWS * width);
  const longs = new Map<number, bigint>();

  const put = (row: number, at: number, packed: number): void => {
    const cell = row * width + at;
    if (cell >= cells.length) {
      const old = cells;
      cells = new Float64Array(4 * old.length);
      cells.set(old);
    }
    cells[cell] = packed;
  };

  const putLong = (row: number, at: number, raw: bigint): void => {
    put(row, at, LONG);
    longs.set(row * width + at, raw);
  };

  const rawAt = (row: number, at: number): bigint | null => {
    const packed = cells[row * width + at]!;
    if (packed === LONG) return longs.get(row * width + at)!;
    return Number.isNaN(packed) ? null : rawOfShort(packed);
  };

  const numberAt = (row: number, at: number): number => {
    const packed = cells[row * width + at]!;
    return packed === LONG ? Number(rawAt(row, at)) : numberOfShort(packed);
  };

  return { put, putLong, rawAt, numberAt };
}
