/** Columns that grow: typed arrays, doubled when they are full. @module */

type Column = Float64Array | Int32Array | Uint8Array;

/** The column itself where it is long enough, otherwise a longer copy of it, zeros at its end. */
export function columnOf<C extends Column>(column: C, length: number): C {
  if (column.length >= length) return column;
  const make = column.constructor as new (length: number) => C;
  const longer = new make(Math.max(length, 2 * column.length));
  longer.set(column);
  return longer;
}
