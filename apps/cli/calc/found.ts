/**
 * Words for what was found where something else was expected. Input is untrusted: it is quoted
 * as JSON and cut short, so that a message is one readable line.
 * @module
 */

const SHOWN_CHARACTERS_MAX = 60;
const PLAIN_KEY = /^[A-Za-z_$][A-Za-z0-9_$]{0,59}$/;

function quoted(text: string): string {
  const cut =
    text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX - 3)}...` : text;
  return JSON.stringify(cut);
}

/** A value in words: `"abc"`, `the JSON number 5`, `a list of 3 items`. */
export function found(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return `the JSON number ${value}`;
  if (typeof value === 'boolean') return `${value}`;
  if (Array.isArray(value)) return `a list of ${value.length} items`;
  return 'an object';
}

/** A key as it stands in a path: plain where it can be, quoted where it is odd. */
export const nameOfKey = (key: string): string => (PLAIN_KEY.test(key) ? key : quoted(key));

/** The name that was probably meant: at most two edits away, or one for short names. */
export function nearestName(given: string, names: readonly string[]): string | null {
  const editsMax = given.length <= 4 ? 1 : 2;
  if (given.length > SHOWN_CHARACTERS_MAX) return null;
  let best: string | null = null;
  let fewest = editsMax + 1;
  for (const name of names) {
    const edits = editDistance(given.toLowerCase(), name.toLowerCase());
    if (edits < fewest) {
      best = name;
      fewest = edits;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and exchanges of neighbors between two short words. */
function editDistance(a: string, b: string): number {
  let twoUp: number[] = [];
  let up = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const differs = a[row - 1] === b[column - 1] ? 0 : 1;
      let edits = Math.min(up[column]! + 1, line[column - 1]! + 1, up[column - 1]! + differs);
      const exchanged = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (row > 1 && column > 1 && exchanged) edits = Math.min(edits, twoUp[column - 2]! + 1);
      line.push(edits);
    }
    twoUp = up;
    up = line;
  }
  return up[b.length]!;
}
