/**
 * Reads the bars of one file, strictly and in small pieces: whatever is malformed is a fault that
 * names the file, the line, what was expected and what was found. A missing bar is no fault: the
 * source is silent for a while, and may become stale.
 * @module
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { fromRaw, lt, type Price, parseDecimal } from '../units/index.ts';
import { BAR_COLUMNS, type BarFile } from './bar-files.ts';
import { LabFault, quoted } from './fault.ts';

export type Bar = {
  /** Start of the bar; it covers [timeMs, timeMs + step). */
  readonly timeMs: number;
  readonly open: Price;
  readonly high: Price;
  readonly low: Price;
  readonly close: Price;
};

const CHUNK_BYTES = 1 << 16;
const COLUMNS = BAR_COLUMNS.split(',');
const VOLUME = /^(0|[1-9][0-9]*)(\.[0-9]+)?$/;

/**
 * The bars of a file in the order of time.
 * @throws LabFault at the first malformed line.
 */
export function* barsOf(file: BarFile): Generator<Bar> {
  let line = 0;
  let before = -1;
  let columns = 0;
  for (const text of linesOf(file.path)) {
    line += 1;
    const fields = text.split(',');
    if (line === 1) {
      columns = fields.length;
      checkHeader(file, text);
      continue;
    }
    if (fields.length !== columns) {
      const expected = `${columns} fields, as in the header`;
      throw malformed(file, line, 'wrong number of fields', expected, `${fields.length}`);
    }
    const bar = barOf(file, line, fields);
    checkOrder(file, line, before, bar.timeMs);
    before = bar.timeMs;
    yield bar;
  }
}

function checkOrder(file: BarFile, line: number, before: number, timeMs: number): void {
  const earliest = before + file.stepMs;
  if (before < 0 || timeMs >= earliest) return;
  const what =
    timeMs === before ? 'duplicate time' : timeMs < before ? 'unordered time' : 'overlapping bars';
  throw malformed(file, line, what, `ts_ms of at least ${earliest}`, `${timeMs}`);
}

function malformed(
  file: BarFile,
  line: number,
  what: string,
  expected: string,
  found: string,
): LabFault {
  const facts = { message: what, expected, found, file: file.name, line };
  return new LabFault('PRICE_FILE_MALFORMED', facts);
}

function checkHeader(file: BarFile, header: string): void {
  const found = header.split(',').slice(0, COLUMNS.length).join(',');
  if (found === BAR_COLUMNS) return;
  throw malformed(file, 1, 'wrong columns', BAR_COLUMNS, quoted(header));
}

function barOf(file: BarFile, line: number, fields: readonly string[]): Bar {
  const [time, open, high, low, close, volume] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const timeMs = /^[0-9]{1,15}$/.test(time) ? Number(time) : -1;
  if (timeMs < 0) {
    throw malformed(file, line, 'malformed ts_ms', 'whole milliseconds', quoted(time));
  }
  if (!VOLUME.test(volume)) {
    const expected = 'a decimal number of at least 0';
    throw malformed(file, line, 'malformed volume', expected, quoted(volume));
  }
  const bar = {
    timeMs,
    open: priceOf(file, line, 'open', open),
    high: priceOf(file, line, 'high', high),
    low: priceOf(file, line, 'low', low),
    close: priceOf(file, line, 'close', close),
  };
  const crossed =
    lt(bar.open, bar.low) ||
    lt(bar.close, bar.low) ||
    lt(bar.high, bar.open) ||
    lt(bar.high, bar.close);
  if (crossed) {
    const found = `open ${open}, high ${high}, low ${low}, close ${close}`;
    throw malformed(file, line, 'crossed prices', 'low <= open, close <= high', found);
  }
  return bar;
}

function priceOf(file: BarFile, line: number, column: string, text: string): Price {
  const parsed = parseDecimal(text);
  if (parsed.ok && parsed.value > 0n) return fromRaw<Price>(parsed.value);
  const expected = 'a decimal number above 0';
  throw malformed(file, line, `malformed ${column}`, expected, quoted(text));
}

/** The lines of a file without their ends; a last empty line does not count. */
function* linesOf(path: string): Generator<string> {
  const descriptor = openSync(path, 'r');
  const bytes = Buffer.alloc(CHUNK_BYTES);
  let rest = '';
  try {
    for (;;) {
      const length = readSync(descriptor, bytes, 0, CHUNK_BYTES, null);
      if (length === 0) break;
      const lines = (rest + bytes.toString('latin1', 0, length)).split('\n');
      rest = lines.pop()!;
      for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
    }
    if (rest !== '') yield rest;
  } finally {
    closeSync(descriptor);
  }
}
