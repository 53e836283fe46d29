/** Records that were made without a journal, as the journal that they would have made. @module */
import { byteWriter, type JournalRecord, type PoolView } from '../../src/engine/index.ts';
import {
  emptyJournalContent,
  type InMemoryJournalContent,
  inMemoryJournal,
  type Journal,
  type Seal,
} from '../../src/ports/index.ts';
import { createChain, endsRun } from '../../src/runtime/chain-hash.ts';
import { writeFrame } from '../../src/runtime/record-frames.ts';
import { runManifest } from '../../src/runtime/run-manifest.ts';

export type RecordedJournal = {
  readonly journal: Journal;
  readonly content: InMemoryJournalContent;
};

/** Commits of so many records each; the manifest is that of a run which has not been sealed. */
export async function journalOf(
  records: readonly JournalRecord[],
  state: PoolView,
  perCommit = 5,
): Promise<RecordedJournal> {
  const content = emptyJournalContent();
  const journal = inMemoryJournal(content);
  const chain = createChain();
  for (let at = 0; at < records.length; at += perCommit) {
    const part = records.slice(at, at + perCommit);
    const writer = byteWriter();
    const seals: Seal[] = [];
    for (const record of part) {
      const start = writer.length;
      writeFrame(writer, record);
      chain.take(writer.bytes.subarray(start, writer.length));
      if (!endsRun(record.seq)) continue;
      seals.push({ seq: record.seq, chainHash: chain.endRun(), stateHash: null });
    }
    const bytes = writer.bytes.slice(0, writer.length);
    await journal.append({ firstSeq: part[0]!.seq, lastSeq: part.at(-1)!.seq, bytes, seals });
  }
  const progress = {
    status: 'running' as const,
    headSeq: records.length,
    chainHash: chain.current(),
    stateHash: null,
    problem: null,
  };
  const run = { runId: 'recorded', seed: '7', scenario: 'by hand' };
  await journal.saveManifest(runManifest({ before: null, run, state, progress }));
  return { journal, content };
}
