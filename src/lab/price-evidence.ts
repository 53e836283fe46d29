/**
 * How many independent sources stood behind the prices that liquidations were started on: the
 * fewest over the indexes that the account depended on, at that moment.
 * @module
 */
import type { Event, JournalRecord, Outcome, PoolView } from '../engine/index.ts';
import { indexPrice } from '../risk/index.ts';
import { type AssetId, assert, type MarketId } from '../units/index.ts';

/** Liquidations by the fewest sources behind any price of the account. */
export type PriceEvidence = Map<number, number>;

/**
 * Counts the liquidations that records started. The state is that after the records: what an
 * account has closed since its start is read from them, so that nobody drops out of the count for
 * having been closed at once.
 */
export function observeEvidence(
  evidence: PriceEvidence,
  state: PoolView,
  records: readonly JournalRecord[],
): void {
  if (!records.some(({ outcome }) => eventsOf(outcome).some(isStart))) return;
  const events = records.flatMap(({ outcome }) => eventsOf(outcome));
  const sources = new Map<number, number>();
  const sourcesOf = (index: number): number => {
    const known = sources.get(index) ?? sourcesLive(state, index);
    sources.set(index, known);
    return known;
  };
  const closed = indexesClosedEach(state, events);
  for (const started of events) {
    if (started.type !== 'LiquidationStarted') continue;
    const account = state.accounts[state.numbers.accounts.get(started.account)!]!;
    const indexes = [
      ...account.positions.map(({ market }) => state.markets[market]!.index),
      ...account.collaterals.map(({ asset }) => state.assets[asset]!.index),
      ...closed.get(started.liquidation)!,
    ];
    assert(indexes.length > 0, 'EVIDENCE', `${account.id} was liquidated for nothing it held`);
    const fewest = Math.min(...indexes.map(sourcesOf));
    evidence.set(fewest, (evidence.get(fewest) ?? 0) + 1);
  }
}

const eventsOf = (outcome: Outcome): readonly Event[] =>
  outcome.type === 'Accepted' ? outcome.events : [];

const isStart = ({ type }: Event): boolean => type === 'LiquidationStarted';

/** Per liquidation that the events started, the indexes of what they closed or sold for it. */
function indexesClosedEach(
  state: PoolView,
  events: readonly Event[],
): ReadonlyMap<number, readonly number[]> {
  const closed = new Map<number, number[]>();
  for (const event of events) {
    if (event.type === 'LiquidationStarted') closed.set(event.liquidation, []);
    else if ('liquidation' in event && event.liquidation !== null) {
      closed.get(event.liquidation)?.push(...indexesClosed(state, event));
    }
  }
  return closed;
}

/** Indexes of what an event of a liquidation closed or sold. */
function indexesClosed(state: PoolView, event: Event): number[] {
  const indexOf = (market: MarketId): number =>
    state.markets[state.numbers.markets.get(market)!]!.index;
  const holdingOf = (asset: AssetId): number =>
    state.assets[state.numbers.assets.get(asset)!]!.index;
  switch (event.type) {
    case 'CloseOutPlanned':
      return event.legs.map(({ market }) => indexOf(market));
    case 'AuctionTaken':
    case 'AccountTakenOver':
      return [
        ...event.positions.map(({ market }) => indexOf(market)),
        ...event.collaterals.map(({ asset }) => holdingOf(asset)),
      ];
    case 'ClosedByAmm':
    case 'LiquidatedDirectly':
    case 'PositionsDeleveraged':
      return [indexOf(event.market)];
    case 'CollateralConverted':
      return [holdingOf(event.asset)];
    default:
      return [];
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
