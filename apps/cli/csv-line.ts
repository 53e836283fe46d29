/**
 * One line of a CSV file. Where its fields end is found at once; their texts are made only where
 * somebody needs them, as nobody does to read a short decimal.
 * @module
 */
import { shortDecimal } from 'plimsoll/units';
import type { TextLine } from './text-lines.ts';

/** A place that is moved from line to line. */
export type CsvLine = {
  text: string;
  start: number;
  /** How many fields it has. */
  count: number;
  /** Where each ends; of no use in a line with quotes. */
  readonly ends: number[];
  /** Their texts, in a line with quotes. */
  fields: readonly string[] | null;
};

export const csvLine = (): CsvLine => ({ text: '', start: 0, count: 0, ends: [], fields: null });

const COMMA = 44;
const QUOTE = 34;

export function moveTo(line: CsvLine, { text, start, end }: TextLine): void {
  const { ends } = line;
  line.text = text;
  line.start = start;
  line.fields = null;
  let count = 0;
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code === COMMA) {
      ends[count] = at;
      count += 1;
    } else if (code === QUOTE) {
      line.fields = fieldsOf(text.slice(start, end));
      line.count = line.fields.length;
      return;
    }
  }
  ends[count] = end;
  line.count = count + 1;
}

const startOf = ({ start, ends }: CsvLine, at: number): number =>
  at === 0 ? start : ends[at - 1]! + 1;

/** The text of a field, without blanks around it. */
export function fieldAt(line: CsvLine, at: number): string {
  if (line.fields !== null) return line.fields[at]!;
  return line.text.slice(startOf(line, at), line.ends[at]).trim();
}

/** A field that is a short decimal and nothing else, packed; not a number for all others. */
export function shortDecimalAt(line: CsvLine, at: number): number {
  return line.fields === null
    ? shortDecimal(line.text, startOf(line, at), line.ends[at]!)
    : Number.NaN;
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
