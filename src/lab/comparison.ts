/**
 * One day under several mechanisms: the same prices, accounts and seed each time, so that what
 * differs is the way out alone. The world's random streams are named, and none of them is drawn
 * from more often because a pool does something else.
 * @module
 */
import { inMemoryJournal } from '../ports/index.ts';
import { add, formatDecimal, money, sum } from '../units/index.ts';
import { type Mechanism, underMechanism } from './mechanisms.ts';
import { type ReplayOptions, type ReplayProgress, replay } from './replay.ts';
import type { ReplayResult } from './replay-result.ts';

export type ComparisonOptions = Pick<
  ReplayOptions,
  'scenario' | 'prices' | 'accounts' | 'seed' | 'from' | 'to' | 'healthCheckEvery' | 'now'
> & {
  readonly mechanisms: readonly Mechanism[];
  readonly onProgress?: (progress: ComparisonProgress) => void;
};

export type ComparisonProgress = {
  readonly mechanism: Mechanism;
  /** Share of all runs that is done, from 0 to 1. */
  readonly done: number;
  readonly run: ReplayProgress;
};

export type ComparedRun = { readonly row: ComparisonRow; readonly result: ReplayResult };

export type Comparison = {
  readonly scenario: string;
  readonly title: string;
  readonly seed: number;
  readonly accounts: number;
  readonly markets: number;
  readonly window: ReplayResult['window'];
  readonly openInterest: string;
  /** In the order asked for. */
  readonly mechanisms: readonly ComparisonRow[];
};

/** One mechanism on that day; money as decimal strings. */
export type ComparisonRow = {
  readonly mechanism: Mechanism;
  readonly accountsLiquidated: number;
  readonly liquidations: number;
  /** Not ended when the run did. */
  readonly stillRunning: number;
  readonly notionalClosed: string;
  readonly closedBy: Readonly<Record<string, string>>;
  /** What the liquidated received less than the mark, and their penalties. */
  readonly priceCost: string;
  readonly penalties: string;
  readonly costToLiquidated: string;
  /** Equity at the end less capital. */
  readonly keepersProfit: string;
  readonly ammProfit: string | null;
  readonly vaultProfit: string | null;
  readonly badDebt: string;
  readonly deleveragedNotional: string;
  /** Liquidated accounts that kept positions. */
  readonly accountsKept: number;
  readonly equityOfLiquidated: string;
  readonly equityOfTraders: string;
  readonly durationMs: ReplayResult['durationMs'];
  readonly bids: number;
  readonly refusedBids: Readonly<Record<string, number>>;
  readonly conservationImbalance: string;
  readonly stateHash: string;
};

/** @throws LabFault for input that cannot be used. */
export async function compare(
  options: ComparisonOptions,
): Promise<{ readonly comparison: Comparison; readonly runs: readonly ComparedRun[] }> {
  const { scenario, mechanisms, onProgress, ...shared } = options;
  // Before anything runs: a mechanism that the scenario does not have is a mistake in the request.
  const scenarios = mechanisms.map((mechanism) => underMechanism(scenario, mechanism));
  const runs: ComparedRun[] = [];
  for (const [at, mechanism] of mechanisms.entries()) {
    const result = await replay({
      ...shared,
      scenario: scenarios[at]!,
      journal: inMemoryJournal(),
      onProgress: (run) => {
        onProgress?.({ mechanism, done: (at + shareDone(run)) / mechanisms.length, run });
      },
    });
    runs.push({ row: rowOf(mechanism, result), result });
  }
  const { result } = runs[0]!;
  const { title, seed, accounts, markets, window, openInterest } = result;
  const shape = { scenario: result.scenario, title, seed, accounts, markets, window, openInterest };
  return { comparison: { ...shape, mechanisms: runs.map(({ row }) => row) }, runs };
}

/** Of one run: the prices take the most time. */
export const shareDone = ({ phase, done }: ReplayProgress): number =>
  phase === 'opening' ? 0.1 * done : phase === 'prices' ? 0.1 + 0.8 * done : 0.9 + 0.1 * done;

function rowOf(mechanism: Mechanism, result: ReplayResult): ComparisonRow {
  const { liquidations, ways, mechanisms, penalties, adl } = result;
  const keepers = mechanisms?.keepers ?? [];
  const priceCost = sum(ways.map(({ cost }) => money(cost)));
  return {
    mechanism,
    accountsLiquidated: liquidations.accounts,
    liquidations: liquidations.started,
    stillRunning: liquidations.started - liquidations.ended,
    notionalClosed: result.notionalClosed,
    closedBy: Object.fromEntries(
      ways.filter(({ closeOuts }) => closeOuts > 0).map(({ way, notional }) => [way, notional]),
    ),
    priceCost: formatDecimal(priceCost),
    penalties: penalties.total,
    costToLiquidated: formatDecimal(add(priceCost, money(penalties.total))),
    keepersProfit: formatDecimal(sum(keepers.map(({ profit }) => money(profit)))),
    ammProfit: mechanisms?.ammProfit ?? null,
    vaultProfit: mechanisms?.vaultProfit ?? null,
    badDebt: result.badDebt,
    deleveragedNotional: adl.notional,
    accountsKept: liquidations.survivors,
    equityOfLiquidated: result.equityOfLiquidated,
    equityOfTraders: result.equityOfTraders,
    durationMs: result.durationMs,
    bids: keepers.reduce((bids, keeper) => bids + keeper.bids, 0),
    refusedBids: refusedBids(keepers.map(({ refused }) => refused)),
    conservationImbalance: result.conservationImbalance,
    stateHash: result.stateHash,
  };
}

/** Of all strategies together, the most frequent first, then by code. */
function refusedBids(
  all: readonly Readonly<Record<string, number>>[],
): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const refused of all) {
    for (const [code, times] of Object.entries(refused)) {
      counts.set(code, (counts.get(code) ?? 0) + times);
    }
  }
  return Object.fromEntries([...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
}
