/**
 * One line of a CSV file. Where its fields end is found at once; their texts are made only where
 * somebody needs them, as nobody does to read a short decimal.
 * @module
 */
import { shortDecimal } from 'plimsoll/units';

/** A place that is moved from line to line. */
export type CsvLine = {
  text: string;
  /** How many fields it has. */
  count: number;
  /** Where each ends; of no use in a line with quotes. */
  readonly ends: number[];
  /** Their texts, once asked for. */
  fields: readonly string[] | null;
};

export const csvLine = (): CsvLine => ({ text: '', count: 0, ends: [], fields: null });

export function moveTo(line: CsvLine, text: string): void {
  line.text = text;
  line.fields = text.includes('"') ? fieldsOf(text) : null;
  if (line.fields !== null) {
    line.count = line.fields.length;
    return;
  }
  let count = 0;
  for (let end = text.indexOf(','); end >= 0; end = text.indexOf(',', end + 1)) {
    line.ends[count] = end;
    count += 1;
  }
  line.ends[count] = text.length;
  line.count = count + 1;
}

const startOf = ({ ends }: CsvLine, at: number): number => (at === 0 ? 0 : ends[at - 1]! + 1);

/** The text of a field, without blanks around it. */
export function fieldAt(line: CsvLine, at: number): string {
  if (line.fields !== null) return line.fields[at]!;
  return line.text.slice(startOf(line, at), line.ends[at]).trim();
}

/** The raw wad of a field that is a short decimal and nothing else; null for all others. */
export function shortDecimalAt(line: CsvLine, at: number): bigint | null {
  return line.fields === null ? shortDecimal(line.text, startOf(line, at), line.ends[at]!) : null;
}

/** Fields of one line; a field in double quotes may hold commas, and "" for a quote. */
export function fieldsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',').map((text) => text.trim());
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
