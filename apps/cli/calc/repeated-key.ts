/**
 * A key that one JSON object has twice. `JSON.parse` keeps the last of them without a word: an
 * auditor would check another number than the one on the first line.
 * @module
 */

/** The tokens that decide: strings, brackets and separators; the rest is skipped. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs;

/** The first repeated key of any object in valid JSON text, or null. */
export function repeatedKey(text: string): string | null {
  // One entry per open bracket; a list has no keys.
  const open: (Set<string> | null)[] = [];
  let isKey = false;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (isKey && token.startsWith('"')) {
      const keys = open.at(-1);
      const key: unknown = JSON.parse(token);
      if (keys && typeof key === 'string') {
        if (keys.has(key)) return key;
        keys.add(key);
      }
    }
    isKey = token === '{' || (token === ',' && Boolean(open.at(-1)));
  }
  return null;
}
