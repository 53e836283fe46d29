/** The warning lights of a pool at a place of its journal. @module */
import { type AdlLightsOfSide, adlLights, type PoolView } from '../engine/index.ts';
import type { Journal } from '../ports/index.ts';
import { followJournal } from '../runtime/index.ts';
import type { EngineTimeMs } from '../units/index.ts';

export type LightsAt = {
  /** The last record that counts. */
  readonly seq: number;
  readonly timeMs: EngineTimeMs;
  readonly sides: readonly AdlLightsOfSide[];
};

export type LightsOptions = {
  /** Last record to look at; without it, all there are. */
  readonly untilSeq?: number | undefined;
  /** Called after each commit that was read. */
  readonly onProgress?: ((progress: { readonly seq: number }) => void) | undefined;
};

/**
 * As that record leaves the pool; null where there is nothing to look at: no such record, or a pool
 * that was not configured by then.
 *
 * @throws JOURNAL_CORRUPT where the journal contradicts itself.
 * Cost: one fold of the journal up to there.
 */
export async function lightsAt(
  journal: Journal,
  { untilSeq, onProgress }: LightsOptions = {},
): Promise<LightsAt | null> {
  let found: LightsAt | null = null;
  let last: PoolView | null = null;
  let seq = 0;
  const visitor = {
    before: () => {},
    after: (state: PoolView, record: { readonly seq: number }) => {
      last = state;
      seq = record.seq;
      if (seq === untilSeq) found = lightsOf(state, seq);
    },
  };
  for await (const at of followJournal({ journal, visitor, untilSeq })) onProgress?.(at);
  if (found !== null || untilSeq !== undefined || last === null) return found;
  return lightsOf(last, seq);
}

function lightsOf(state: PoolView, seq: number): LightsAt | null {
  if (state.parameters === null) return null;
  return { seq, timeMs: state.timeMs, sides: adlLights(state) };
}
