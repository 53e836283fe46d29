/** A receipt: canonical JSON that names the hash of all the rest of itself. @module */
import type { Json } from '../engine/index.ts';
import { canonicalJson } from './canonical-json.ts';
import { hashOf } from './liquidation-watch.ts';
import type { ReceiptFacts } from './receipt-facts.ts';
import { type Statement, statementOf } from './receipt-statement.ts';

export type Receipt = {
  readonly facts: ReceiptFacts;
  /** With the hash. */
  readonly json: Statement;
  /** The canonical form: one line, ended by a newline. */
  readonly text: string;
  /** SHA-256 over the canonical JSON of everything but itself, in lower-case hex. */
  readonly hash: string;
};

export function receiptOfFacts(facts: ReceiptFacts): Receipt {
  const statement = statementOf(facts);
  const hash = receiptHash(statement);
  const json = { ...statement, receiptHash: hash };
  return { facts, json, text: receiptText(json), hash };
}

export const receiptText = (json: Json): string => `${canonicalJson(json)}\n`;

/** Over the canonical JSON without the field `receiptHash`. */
export function receiptHash(json: Statement): string {
  const { receiptHash: _, ...rest } = json;
  return hashOf(Buffer.from(canonicalJson(rest)));
}
