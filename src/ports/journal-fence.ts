/** What keeps a deposed writer out of a journal. @module */
import { Fault } from './fault.ts';

/**
 * The fence that every journal puts up.
 * @throws JOURNAL_CONFLICT when the numbers differ: another writer was here.
 */
export function refuseConflict(
  what: 'commit' | 'manifest',
  seqs: { readonly expected: number; readonly found: number },
): void {
  const { expected, found } = seqs;
  if (expected === found) return;
  const message = `${what} does not continue the journal`;
  throw new Fault('JOURNAL_CONFLICT', { message, expected: `seq ${expected}`, found: `${found}` });
}
