/**
 * Reading JSON views back. Like the reader of bytes it never throws on bad input: it remembers
 * the first problem, with its place, and shapes answer zeros from then on.
 * @module
 */

export type JsonReader = {
  /** The first problem met, or null. */
  problem: string | null;
  /** Where the reader is: names of fields and places in lists. */
  readonly path: (string | number)[];
};

export const jsonReader = (): JsonReader => ({ problem: null, path: [] });

/** Notes that something else was expected here. */
export function refuse(reader: JsonReader, expected: string, found: unknown): void {
  if (reader.problem !== null) return;
  const place = placeText(reader.path);
  reader.problem = `${place === '' ? '' : `${place}: `}expected ${expected}, was ${kindOf(found)}`;
}

/** Reads something one step further down. */
export function within<T>(reader: JsonReader, step: string | number, read: () => T): T {
  reader.path.push(step);
  const value = read();
  reader.path.pop();
  return value;
}

function placeText(path: readonly (string | number)[]): string {
  let place = '';
  for (const step of path) {
    if (typeof step === 'number') place += `[${step}]`;
    else place += place === '' ? step : `.${step}`;
  }
  return place;
}

const SHOWN_MAX = 60;

function kindOf(found: unknown): string {
  if (found === undefined) return 'absent';
  if (typeof found === 'string') {
    return found.length > SHOWN_MAX ? `"${found.slice(0, SHOWN_MAX)}…"` : `"${found}"`;
  }
  if (found === null || typeof found === 'number' || typeof found === 'boolean') return `${found}`;
  return Array.isArray(found) ? 'a list' : 'an object';
}
