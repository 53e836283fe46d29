/** Receipts out of a journal, in one pass over it. @module */
import { type JournalRecord, type PoolView, RECORD_VERSION } from '../engine/index.ts';
import type { Journal, Manifest } from '../ports/index.ts';
import {
  createChain,
  ENGINE_VERSION,
  followJournal,
  type JournalVisitor,
} from '../runtime/index.ts';
import type { AccountId } from '../units/index.ts';
import {
  type ChainedTo,
  close,
  createWatch,
  type HashedRecord,
  hashOf,
  type LiquidationWatch,
  observe,
  observed,
} from './liquidation-watch.ts';
import { type Receipt, receiptOfFacts } from './receipt.ts';
import { RECEIPT_VERSION, type ReceiptFacts } from './receipt-facts.ts';

export type ReceiptFilter = (started: {
  readonly liquidation: number;
  readonly account: AccountId;
}) => boolean;

export type ReceiptsOptions = {
  /** Which liquidations; without it, all. */
  readonly filter?: ReceiptFilter | undefined;
  /** Last record to look at, as if the journal ended there. */
  readonly untilSeq?: number | undefined;
  /** Called after each commit that was read. */
  readonly onProgress?: ((progress: { readonly seq: number }) => void) | undefined;
};

/** Liquidations that are followed, by how far they have come. */
type Watches = {
  readonly filter: ReceiptFilter;
  readonly running: Map<number, LiquidationWatch>;
  /** Ended; they wait for the seal of their run of records. */
  readonly sealing: LiquidationWatch[];
  readonly done: { readonly watch: LiquidationWatch; readonly after: After }[];
  lastRunEnd: ChainedTo;
  lastPrices: HashedRecord | null;
  state: PoolView | null;
};

type After = ReceiptFacts['journal']['after'];

/**
 * Yields the receipts of the liquidations that the filter names, each once the run of records
 * that it ended in is sealed; last, by number, those that were never sealed or have not ended.
 *
 * @throws JOURNAL_CORRUPT where the journal contradicts itself.
 * Cost: one fold of the journal, and the pictures of the liquidations that were asked for.
 */
export async function* receiptsOf(
  journal: Journal,
  options: ReceiptsOptions = {},
): AsyncGenerator<Receipt, void> {
  const { filter = () => true, untilSeq, onProgress } = options;
  const manifest = await journal.manifest();
  const watches: Watches = {
    filter,
    running: new Map(),
    sealing: [],
    done: [],
    lastRunEnd: { seq: 0, chainHash: createChain().current() },
    lastPrices: null,
    state: null,
  };
  let head = watches.lastRunEnd;
  for await (head of followJournal({ journal, untilSeq, visitor: visitorOf(watches) })) {
    onProgress?.({ seq: head.seq });
    for (const done of watches.done.splice(0)) yield receipt(done, manifest);
  }
  // The end of the journal is all that there is to chain the rest to.
  const { running, sealing, state } = watches;
  for (const watch of running.values()) close(watch, state!);
  const rest = [...sealing, ...running.values()].sort((a, b) => a.liquidation - b.liquidation);
  const sealed = head.seq === watches.lastRunEnd.seq;
  for (const watch of rest) yield receipt({ watch, after: { ...head, sealed } }, manifest);
}

function visitorOf(watches: Watches): JournalVisitor {
  const { running, sealing, done } = watches;
  return {
    before: (state, record, body) => {
      watches.state = state;
      start(watches, state, record);
      for (const watch of running.values()) observe(watch, state, record, body);
      if (setsPrices(record)) watches.lastPrices = { seq: record.seq, sha256: hashOf(body) };
    },
    after: (state, { seq }, chainHash) => {
      for (const watch of running.values()) {
        if (!observed(watch, state, seq)) continue;
        running.delete(watch.liquidation);
        sealing.push(watch);
      }
      if (chainHash === null) return;
      watches.lastRunEnd = { seq, chainHash };
      const after = { seq, chainHash, sealed: true };
      done.push(...sealing.splice(0).map((watch) => ({ watch, after })));
    },
  };
}

function start(watches: Watches, state: PoolView, { outcome }: JournalRecord): void {
  if (outcome.type === 'Rejected') return;
  for (const event of outcome.events) {
    if (event.type !== 'LiquidationStarted' || !watches.filter(event)) continue;
    const { lastRunEnd: before, lastPrices: prices } = watches;
    watches.running.set(event.liquidation, createWatch(state, event, { before, prices }));
  }
}

const setsPrices = ({ outcome }: JournalRecord): boolean =>
  outcome.type === 'Accepted' && outcome.events.some(({ type }) => type === 'PricesUpdated');

function receipt(
  { watch, after }: { readonly watch: LiquidationWatch; readonly after: After },
  manifest: Manifest | null,
): Receipt {
  const { liquidation, whose, before, records, terms, steps } = watch;
  return receiptOfFacts({
    version: RECEIPT_VERSION,
    engineVersion: ENGINE_VERSION,
    run: manifest && {
      runId: manifest.runId,
      recordVersion: RECORD_VERSION,
      seed: manifest.seed,
      scenario: manifest.scenario,
      parent: manifest.parent,
    },
    liquidation,
    account: whose,
    journal: { before, after, records },
    terms,
    steps,
    ...watch.after!,
  });
}
