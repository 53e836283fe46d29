/**
 * One day under several deleveraging policies: the same prices, accounts and seed each time, so
 * that what differs is who gives up how much. What each deleveraging did is read out of the
 * journal of its run.
 * @module
 */
import { inMemoryJournal } from '../ports/index.ts';
import { addLoss, giniMean, type LossTotals, lossesOf, noLosses } from '../receipts/index.ts';
import type { AdlPolicyName } from '../risk/index.ts';
import { formatDecimal } from '../units/index.ts';
import { type ComparisonOptions, shareDone } from './comparison.ts';
import { type ReplayProgress, replay } from './replay.ts';
import type { ReplayResult } from './replay-result.ts';

export type DeleveragingComparisonOptions = Omit<ComparisonOptions, 'mechanisms' | 'onProgress'> & {
  readonly policies: readonly AdlPolicyName[];
  readonly onProgress?: (progress: {
    readonly policy: AdlPolicyName;
    /** Share of all runs that is done, from 0 to 1. */
    readonly done: number;
    readonly run: ReplayProgress;
  }) => void;
};

/** One policy on that day; money and ratios as decimal strings. */
export type DeleveragingRow = {
  readonly policy: AdlPolicyName;
  readonly liquidations: number;
  readonly badDebt: string;
  /** Who bore it. */
  readonly buffer: string;
  readonly insuranceFund: string;
  readonly tranches: string;
  readonly deleveraged: string;
  readonly openInterestLoss: string;
  readonly socialized: string;
  readonly unallocated: string;
  /** Records of deleveraging, closes of counterparties in them, and accounts that were closed. */
  readonly records: number;
  readonly closes: number;
  readonly accounts: number;
  readonly notional: string;
  /** Records that closed hedges although they are protected. */
  readonly hedgesOverridden: number;
  /** Taken beyond what had to be borne. */
  readonly overshoot: string;
  /** Largest share of a profit taken, and the mean Gini coefficient of such shares. */
  readonly profitHaircutMax: string;
  readonly profitHaircutGini: string | null;
  readonly orderInversions: number;
  readonly leverageMaxBefore: string | null;
  readonly leverageMaxAfter: string | null;
  readonly equityOfTraders: string;
  readonly lossLedgerSum: string;
  readonly conservationImbalance: string;
  readonly stateHash: string;
};

export type DeleveragingComparison = Pick<
  ReplayResult,
  'scenario' | 'title' | 'seed' | 'accounts' | 'markets' | 'window' | 'openInterest'
> & {
  /** In the order asked for. */
  readonly policies: readonly DeleveragingRow[];
};

/** @throws LabFault for input that cannot be used. */
export async function compareDeleveraging(options: DeleveragingComparisonOptions): Promise<{
  readonly comparison: DeleveragingComparison;
  readonly results: readonly ReplayResult[];
}> {
  const { scenario, policies, onProgress, ...shared } = options;
  const rows: DeleveragingRow[] = [];
  const results: ReplayResult[] = [];
  for (const [at, policy] of policies.entries()) {
    const journal = inMemoryJournal();
    const result = await replay({
      ...shared,
      scenario: { ...scenario, pool: { ...scenario.pool, adlPolicy: policy } },
      journal,
      onProgress: (run) => {
        onProgress?.({ policy, done: (at + shareDone(run)) / policies.length, run });
      },
    });
    const totals = noLosses();
    for await (const entry of lossesOf(journal)) addLoss(totals, entry);
    rows.push(rowOf(policy, result, totals));
    results.push(result);
  }
  const { title, seed, accounts, markets, window, openInterest } = results[0]!;
  const shape = { scenario: results[0]!.scenario, title, seed, accounts, markets };
  return { comparison: { ...shape, window, openInterest, policies: rows }, results };
}

const orNull = (value: Parameters<typeof formatDecimal>[0] | null): string | null =>
  value === null ? null : formatDecimal(value);

function rowOf(
  policy: AdlPolicyName,
  result: ReplayResult,
  { layers, deleveragings }: LossTotals,
): DeleveragingRow {
  return {
    policy,
    liquidations: result.liquidations.started,
    badDebt: result.badDebt,
    buffer: formatDecimal(layers.buffer),
    insuranceFund: formatDecimal(layers['insurance-fund']),
    tranches: formatDecimal(layers.tranche),
    deleveraged: formatDecimal(layers.deleveraged),
    openInterestLoss: formatDecimal(layers['open-interest']),
    socialized: formatDecimal(layers.socialized),
    unallocated: formatDecimal(layers.unallocated),
    records: deleveragings.count,
    closes: deleveragings.asked,
    accounts: result.adl.accounts,
    notional: result.adl.notional,
    hedgesOverridden: result.adl.hedgesOverridden,
    overshoot: formatDecimal(deleveragings.overshoot),
    profitHaircutMax: formatDecimal(deleveragings.profitHaircutMax),
    profitHaircutGini: orNull(giniMean(deleveragings)),
    orderInversions: deleveragings.orderInversions,
    leverageMaxBefore: orNull(deleveragings.leverageMaxBefore),
    leverageMaxAfter: orNull(deleveragings.leverageMaxAfter),
    equityOfTraders: result.equityOfTraders,
    lossLedgerSum: result.lossLedgerSum,
    conservationImbalance: result.conservationImbalance,
    stateHash: result.stateHash,
  };
}
