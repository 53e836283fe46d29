/** The liquidations that a journal tells of. @module */
import type { EventOf } from '../engine/index.ts';
import type { Journal } from '../ports/index.ts';
import { followJournal } from '../runtime/index.ts';
import type { AccountId, EngineTimeMs } from '../units/index.ts';

export type LiquidationEntry = {
  readonly liquidation: number;
  readonly account: AccountId;
  readonly start: { readonly seq: number; readonly timeMs: EngineTimeMs };
  /** Null while it runs. */
  readonly end: {
    readonly seq: number;
    readonly timeMs: EngineTimeMs;
    readonly outcome: EventOf<'LiquidationEnded'>['outcome'];
  } | null;
};

/**
 * By number, which is the order in which they began.
 * @throws JOURNAL_CORRUPT where the journal contradicts itself.
 */
export async function liquidationsOf(
  journal: Journal,
  onProgress?: (progress: { readonly seq: number }) => void,
): Promise<readonly LiquidationEntry[]> {
  const entries = new Map<number, LiquidationEntry>();
  const followed = followJournal({
    journal,
    visitor: {
      before: (_, { outcome, seq, time: timeMs }) => {
        if (outcome.type === 'Rejected') return;
        for (const event of outcome.events) {
          if (event.type === 'LiquidationStarted') {
            const { liquidation, account } = event;
            entries.set(liquidation, { liquidation, account, start: { seq, timeMs }, end: null });
          } else if (event.type === 'LiquidationEnded') {
            const { liquidation, outcome: how } = event;
            const end = { seq, timeMs, outcome: how };
            entries.set(liquidation, { ...entries.get(liquidation)!, end });
          }
        }
      },
      after: () => {},
    },
  });
  for await (const { seq } of followed) onProgress?.({ seq });
  return [...entries.values()];
}
