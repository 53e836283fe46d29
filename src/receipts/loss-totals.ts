/** What many losses and deleveragings come to. @module */
import type { AdlMetrics } from '../risk/index.ts';
import {
  add,
  divideDown,
  fromRaw,
  type Money,
  max,
  type Ratio,
  rawOf,
  ZERO_MONEY,
  ZERO_RATIO,
} from '../units/index.ts';
import type { LossBearer } from './loss-rows.ts';
import type { LossEntry } from './losses-of.ts';

export type LossTotals = {
  /** Signed; they sum to zero. Tranches together. */
  readonly layers: Record<LossBearer['layer'], Money>;
  readonly deleveragings: {
    count: number;
    /** Counterparties that closed something, once per deleveraging. */
    asked: number;
    /** Gap of what was closed, what was taken beyond it, and what profits could not bear. */
    budget: Money;
    overshoot: Money;
    residualLoss: Money;
    /** Largest share of anybody's profit that was taken. */
    profitHaircutMax: Ratio;
    /** Σ of the Gini coefficients; see `giniMean`. */
    giniSum: Ratio;
    orderInversions: number;
    /** Largest leverage of any candidate; null where it exceeds the range of a quantity. */
    leverageMaxBefore: Ratio | null;
    leverageMaxAfter: Ratio | null;
  };
};

export const noLosses = (): LossTotals => ({
  layers: {
    bankrupt: ZERO_MONEY,
    buffer: ZERO_MONEY,
    'insurance-fund': ZERO_MONEY,
    tranche: ZERO_MONEY,
    deleveraged: ZERO_MONEY,
    'open-interest': ZERO_MONEY,
    socialized: ZERO_MONEY,
    unallocated: ZERO_MONEY,
  },
  deleveragings: {
    count: 0,
    asked: 0,
    budget: ZERO_MONEY,
    overshoot: ZERO_MONEY,
    residualLoss: ZERO_MONEY,
    profitHaircutMax: ZERO_RATIO,
    giniSum: ZERO_RATIO,
    orderInversions: 0,
    leverageMaxBefore: ZERO_RATIO,
    leverageMaxAfter: ZERO_RATIO,
  },
});

export function addLoss({ layers, deleveragings }: LossTotals, entry: LossEntry): void {
  for (const { layer, amount } of entry.rows) layers[layer] = add(layers[layer], amount);
  if (entry.deleveraging === null) return;
  const { metrics, asked, residualLoss } = entry.deleveraging;
  deleveragings.count += 1;
  deleveragings.asked += asked;
  deleveragings.residualLoss = add(deleveragings.residualLoss, residualLoss);
  addMetrics(deleveragings, metrics);
}

function addMetrics(totals: LossTotals['deleveragings'], metrics: AdlMetrics): void {
  totals.budget = add(totals.budget, metrics.budget);
  totals.overshoot = add(totals.overshoot, metrics.overshoot);
  totals.profitHaircutMax = max(totals.profitHaircutMax, metrics.profitHaircutMax);
  totals.giniSum = add(totals.giniSum, metrics.profitHaircutGini);
  totals.orderInversions += metrics.orderInversions;
  totals.leverageMaxBefore = larger(totals.leverageMaxBefore, metrics.leverageMaxBefore);
  totals.leverageMaxAfter = larger(totals.leverageMaxAfter, metrics.leverageMaxAfter);
}

const larger = (a: Ratio | null, b: Ratio | null): Ratio | null =>
  a === null || b === null ? null : max(a, b);

/** Mean Gini coefficient of the shares of profits taken, down; null without a deleveraging. */
export const giniMean = ({ count, giniSum }: LossTotals['deleveragings']): Ratio | null =>
  count === 0 ? null : fromRaw<Ratio>(divideDown(rawOf(giniSum), BigInt(count)));
