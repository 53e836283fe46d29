/**
 * How many independent sources stood behind the prices that liquidations were started on: the
 * fewest over the indexes that the account depended on, at that moment.
 * @module
 */
import type { JournalRecord, PoolView } from '../engine/index.ts';
import { indexPrice } from '../risk/index.ts';

/** Liquidations by the fewest sources behind any price of the account. */
export type PriceEvidence = Map<number, number>;

export function observeEvidence(
  evidence: PriceEvidence,
  state: PoolView,
  records: readonly JournalRecord[],
): void {
  for (const { outcome } of records) {
    if (outcome.type === 'Rejected') continue;
    for (const event of outcome.events) {
      if (event.type !== 'LiquidationStarted') continue;
      const account = state.accounts[state.numbers.accounts.get(event.account)!]!;
      const indexes = [
        ...account.positions.map(({ market }) => state.markets[market]!.index),
        ...account.collaterals.map(({ asset }) => state.assets[asset]!.index),
      ];
      if (indexes.length === 0) continue;
      const fewest = Math.min(...indexes.map((index) => sourcesLive(state, index)));
      evidence.set(fewest, (evidence.get(fewest) ?? 0) + 1);
    }
  }
}

/** Fewest sources first. */
export const evidenceView = (evidence: PriceEvidence) =>
  [...evidence]
    .sort(([a], [b]) => a - b)
    .map(([sources, liquidations]) => ({ sources, liquidations }));

function sourcesLive(state: PoolView, number: number): number {
  const { parameters, reports } = state.indexes[number]!;
  const { live } = indexPrice({
    nowMs: state.timeMs,
    sources: parameters.sources.flatMap(({ source, weight }, at) => {
      const report = reports[at];
      return report === null || report === undefined ? [] : [{ id: source, weight, ...report }];
    }),
    stalenessMsMax: parameters.stalenessMsMax,
    confidenceMax: parameters.confidenceMax,
    band: parameters.sourceBand,
    sourcesMin: parameters.sourcesMin,
  });
  return live.length;
}
