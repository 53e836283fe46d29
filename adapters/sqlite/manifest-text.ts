/** A manifest as text: JSON, one field per line, so that people can read it in the file. @module */
import type { Manifest, RunStatus } from 'plimsoll/ports';

const STATUSES: readonly RunStatus[] = ['running', 'recovered', 'sealed', 'quarantined'];

export const manifestText = (manifest: Manifest): string => JSON.stringify(manifest, null, 2);

/** Null when the text is not a manifest. */
export function manifestOf(text: string): Manifest | null {
  let fields: { readonly [name: string]: unknown };
  try {
    fields = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof fields !== 'object' || fields === null) return null;
  const texts = ['runId', 'engineVersion', 'chainHash'];
  const optional = ['configHash', 'seed', 'scenario', 'parent', 'stateHash', 'problem'];
  const isText = (name: string): boolean => typeof fields[name] === 'string';
  const isSeq = (name: string): boolean => Number.isSafeInteger(fields[name]);
  const holds =
    texts.every(isText) &&
    optional.every((name) => fields[name] === null || isText(name)) &&
    isSeq('recordVersion') &&
    isSeq('headSeq') &&
    STATUSES.some((status) => status === fields['status']);
  return holds ? (fields as unknown as Manifest) : null;
}
