/**
 * Verification of a receipt: by itself, that its bytes are canonical, its hash is right and
 * everything in it follows from its facts; with the journal, that the facts are the journal's.
 * @module
 */
import { fromJson, type Json } from '../engine/index.ts';
import type { Journal } from '../ports/index.ts';
import {
  type Difference,
  ENGINE_VERSION,
  firstDifference,
  verifyJournal,
} from '../runtime/index.ts';
import { canonicalJson } from './canonical-json.ts';
import { type Receipt, receiptHash, receiptOfFacts } from './receipt.ts';
import { RECEIPT_VERSION, ReceiptFacts } from './receipt-facts.ts';
import type { Statement } from './receipt-statement.ts';
import { receiptsOf } from './receipts-of.ts';
import { recount } from './recount.ts';

export type ReceiptVerification = {
  /** Where it parts from what it should be; null when it is verified. */
  readonly problem: Difference | null;
  /** Null where the bytes are no receipt at all. */
  readonly receipt: Receipt | null;
  /** Records of the journal that were decided again; null without a journal. */
  readonly journalRecords: number | null;
};

const refused = (problem: Difference, receipt: Receipt | null = null): ReceiptVerification => ({
  problem,
  receipt,
  journalRecords: null,
});

/** By itself: the journal is not consulted. Never throws, whatever the bytes are. */
export function verifyReceipt(bytes: Uint8Array): ReceiptVerification {
  try {
    return verified(bytes);
  } catch (error) {
    // Facts that nobody ever recorded may break any promise of the code that looks at them.
    const found = error instanceof Error ? error.message : String(error);
    return refused({ path: '', expected: 'facts that fit together', found });
  }
}

function verified(bytes: Uint8Array): ReceiptVerification {
  const text = decoded(bytes);
  const json = text === null ? undefined : parsed(text);
  if (text === null || !isObject(json)) {
    return refused({ path: '', expected: 'one JSON object in UTF-8', found: 'something else' });
  }
  if (`${canonicalJson(json)}\n` !== text) {
    const expected = 'canonical JSON, ended by one newline';
    return refused({ path: '', expected, found: 'another form of bytes' });
  }
  const hash = receiptHash(json);
  if (json['receiptHash'] !== hash) {
    return refused({ path: 'receiptHash', expected: hash, found: shown(json['receiptHash']) });
  }
  const read = fromJson(ReceiptFacts, json);
  if (!read.ok) return refused({ path: '', expected: 'a receipt', found: read.problem });
  const facts = read.value;
  const versions = versionProblem(facts);
  if (versions !== null) return refused(versions);
  const receipt = receiptOfFacts(facts);
  const problem = differenceOf(receipt, json, text) ?? recount(facts);
  return { problem, receipt, journalRecords: null };
}

const isObject = (json: Json | undefined): json is Statement =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

const shown = (value: Json | undefined): string =>
  value === undefined ? 'none' : JSON.stringify(value);

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function versionProblem({ version, engineVersion }: ReceiptFacts): Difference | null {
  if (version !== RECEIPT_VERSION) {
    return { path: 'version', expected: `${RECEIPT_VERSION}`, found: `${version}` };
  }
  if (engineVersion === ENGINE_VERSION) return null;
  // Another version may size, charge and compare otherwise: it cannot count this one again.
  return { path: 'engineVersion', expected: ENGINE_VERSION, found: engineVersion };
}

/** What differs from the receipt as it is worked out: a value, or a field that has no business. */
function differenceOf(receipt: Receipt, json: Statement, text: string): Difference | null {
  if (receipt.text === text) return null;
  const changed = firstDifference(receipt.json, json);
  if (changed !== null) return changed;
  const added = firstDifference(json, receipt.json);
  const path = added?.path ?? '';
  return { path, expected: 'no such field', found: added?.expected ?? 'another form of bytes' };
}

export type JournalCheck = {
  readonly journal: Journal;
  readonly onProgress?: (progress: {
    readonly doing: 'verifying' | 'rebuilding';
    readonly seq: number;
  }) => void;
};

/**
 * By itself, then against the journal: every record up to the receipt's last is decided again,
 * the receipt is made anew, and the two must be the same bytes.
 *
 * @throws JOURNAL_CORRUPT and other faults of a journal that cannot be read at all.
 */
export async function verifyReceiptWith(
  bytes: Uint8Array,
  { journal, onProgress }: JournalCheck,
): Promise<ReceiptVerification> {
  const alone = verifyReceipt(bytes);
  const { receipt } = alone;
  if (alone.problem !== null || receipt === null) return alone;
  const { liquidation, journal: told } = receipt.facts;
  const { seq: untilSeq, chainHash } = told.after;
  const report = await verifyJournal({
    journal,
    untilSeq,
    violationsMax: 1,
    onProgress: ({ seq }) => onProgress?.({ doing: 'verifying', seq }),
  });
  const violation = report.violations[0];
  if (violation !== undefined) {
    const { seq, what, expected, found } = violation;
    return refused({ path: `journal record ${seq}: ${what}`, expected, found }, receipt);
  }
  if (report.headSeq < untilSeq) {
    const expected = `a journal of at least ${untilSeq} records`;
    return refused({ path: 'journal.after.seq', expected, found: `${report.headSeq}` }, receipt);
  }
  if (report.chainHash !== chainHash) {
    const pair = { expected: report.chainHash, found: chainHash };
    return refused({ path: 'journal.after.chainHash', ...pair }, receipt);
  }
  const rebuilt = await rebuild(liquidation, untilSeq, { journal, onProgress });
  const none = { path: 'liquidation', expected: 'one of the journal', found: `${liquidation}` };
  const problem = rebuilt === null ? none : differenceOf(rebuilt, receipt.json, receipt.text);
  return { problem, receipt, journalRecords: report.records };
}

async function rebuild(
  liquidation: number,
  untilSeq: number,
  {
    journal,
    onProgress,
  }: { readonly journal: Journal; readonly onProgress: JournalCheck['onProgress'] },
): Promise<Receipt | null> {
  const found = receiptsOf(journal, {
    filter: (started) => started.liquidation === liquidation,
    untilSeq,
    onProgress: ({ seq }) => onProgress?.({ doing: 'rebuilding', seq }),
  });
  for await (const receipt of found) return receipt;
  return null;
}
