/** Collects the facts of one liquidation while a journal is followed. @module */
import { createHash } from 'node:crypto';
import type { JournalRecord, PoolView } from '../engine/index.ts';
import { type AccountId, assert } from '../units/index.ts';
import { canonicalJson } from './canonical-json.ts';
import {
  capturedMoment,
  capturedTerms,
  type Involved,
  involve,
  involveAssets,
  nothingInvolved,
} from './moment-capture.ts';
import { type OwnPart, ownPart } from './own-part.ts';
import { type ReceiptFacts, type StepFacts, Terms } from './receipt-facts.ts';

export type HashedRecord = { readonly seq: number; readonly sha256: string };

/** The chain hash over all records up to one. */
export type ChainedTo = { readonly seq: number; readonly chainHash: string };

export type LiquidationWatch = {
  readonly liquidation: number;
  readonly account: AccountId;
  /** Of the account within the pool. */
  readonly number: number;
  readonly whose: ReceiptFacts['account'];
  readonly involved: Involved;
  readonly before: ChainedTo;
  readonly records: HashedRecord[];
  readonly steps: StepFacts[];
  /** At the first step. */
  readonly terms: Terms;
  /** The latest, as text. */
  termsText: string;
  /** Of the account when it was last looked at: every change of it must be a step. */
  version: number;
  after: Pick<ReceiptFacts, 'after' | 'termsAfter'> | null;
};

export const hashOf = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

const textOf = (terms: Terms): string => canonicalJson(Terms.json(terms));

/** Begins with the record that starts the liquidation, on the pool that it finds. */
export function createWatch(
  state: PoolView,
  started: { readonly liquidation: number; readonly account: AccountId },
  place: { readonly before: ChainedTo; readonly prices: HashedRecord | null },
): LiquidationWatch {
  const { liquidation, account } = started;
  const number = state.numbers.accounts.get(account)!;
  const own = state.accounts[number]!;
  const involved = nothingInvolved();
  involve(involved, state, own);
  const terms = capturedTerms(state, involved);
  return {
    liquidation,
    account,
    number,
    whose: {
      account,
      owner: own.owner,
      parent: own.parent === null ? null : state.accounts[own.parent]!.id,
      market: own.market === null ? null : state.markets[own.market]!.parameters.market,
    },
    involved,
    before: place.before,
    records: place.prices === null ? [] : [place.prices],
    steps: [],
    terms,
    termsText: textOf(terms),
    version: own.version,
    after: null,
  };
}

/** Takes what a record says of the account, on the pool that it finds; false if nothing. */
export function observe(
  watch: LiquidationWatch,
  state: PoolView,
  record: JournalRecord,
  body: Uint8Array,
): boolean {
  const { outcome, envelope } = record;
  if (outcome.type === 'Rejected') return false;
  const parts = outcome.events.flatMap((event) => {
    const own: OwnPart = ownPart(event, watch);
    return own === null ? [] : [own];
  });
  if (parts.length === 0) return false;
  const account = state.accounts[watch.number]!;
  involve(watch.involved, state, account);
  for (const own of parts) if ('event' in own) involveAssets(watch.involved, state, own.event);
  const terms = changedTerms(watch, state);
  watch.records.push({ seq: record.seq, sha256: hashOf(body) });
  watch.steps.push({
    seq: record.seq,
    timeMs: record.time,
    source: envelope.source,
    command: envelope.command.type,
    terms,
    before: capturedMoment(state, account, watch.involved),
    events: parts.flatMap((own) => ('event' in own ? [own.event] : [])),
    changes: parts.flatMap((own) => ('change' in own ? [own.change] : [])),
    payments: parts.flatMap((own) => ('payment' in own ? [own.payment] : [])),
  });
  return true;
}

/** Parameters that changed since they were last looked at. */
function changedTerms(watch: LiquidationWatch, state: PoolView): Terms | null {
  const terms = capturedTerms(state, watch.involved);
  const text = textOf(terms);
  if (text === watch.termsText) return null;
  watch.termsText = text;
  return terms;
}

/** After a record: true once the liquidation has ended. */
export function observed(watch: LiquidationWatch, state: PoolView, seq: number): boolean {
  const { liquidation, version } = state.accounts[watch.number]!;
  const stepped = watch.steps.at(-1)?.seq === seq;
  assert(stepped || version === watch.version, 'RECEIPT', `record ${seq} changed ${watch.account}`);
  watch.version = version;
  if (liquidation === watch.liquidation) return false;
  close(watch, state);
  return true;
}

/** Takes the last picture. */
export function close(watch: LiquidationWatch, state: PoolView): void {
  const account = state.accounts[watch.number]!;
  const termsAfter = changedTerms(watch, state);
  watch.after = { termsAfter, after: capturedMoment(state, account, watch.involved) };
}
