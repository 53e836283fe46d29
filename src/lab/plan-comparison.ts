/**
 * What every close-out policy would have done at the same moments: the plans of a journal, each
 * made again under all policies on the pool as it was. Unlike runs side by side, which part ways
 * with the first order, this compares decisions and nothing else.
 * @module
 */
import {
  accountMargin,
  type JournalRecord,
  type PoolView,
  plannedNotionals,
  planUnder,
} from '../engine/index.ts';
import type { Journal } from '../ports/index.ts';
import type { CloseOutPolicy } from '../risk/index.ts';
import { followJournal } from '../runtime/index.ts';
import { add, type Money, sum, ZERO_MONEY } from '../units/index.ts';

export type PlanTotals = {
  readonly policy: CloseOutPolicy;
  plans: number;
  /** Plans that restore the account if they are filled whole at the expected cost. */
  restoring: number;
  notional: Money;
  expectedCost: Money;
};

const POLICIES: readonly CloseOutPolicy[] = [
  'least-impact',
  'proportional',
  'largest-first',
  'fixed-share',
  'everything',
];

/** Totals over the first plan of every liquidation that at least one policy can restore. */
export async function planComparison(journal: Journal): Promise<PlanTotals[]> {
  const totals = POLICIES.map((policy): PlanTotals => {
    return { policy, plans: 0, restoring: 0, notional: ZERO_MONEY, expectedCost: ZERO_MONEY };
  });
  const before = (state: PoolView, { outcome }: JournalRecord): void => {
    if (outcome.type === 'Rejected') return;
    for (const event of outcome.events) {
      if (event.type === 'CloseOutPlanned') compare(totals, state, event.liquidation);
    }
  };
  const followed = followJournal({ journal, visitor: { before, after: () => {} } });
  for await (const _at of followed);
  return totals;
}

function compare(totals: readonly PlanTotals[], state: PoolView, number: number): void {
  const liquidation = state.liquidations.get(number)!;
  // Later plans follow from what the policy of the run has done before.
  if (liquidation.steps > 0) return;
  const margin = accountMargin(state, state.accounts[liquidation.account]!);
  const plans = totals.map(({ policy }) => planUnder(state, { liquidation, margin, policy }));
  if (!plans.some(({ closes }) => closes.restores)) return;
  for (const [at, plan] of plans.entries()) {
    const total = totals[at]!;
    const { closes } = plan;
    total.plans += 1;
    if (closes.restores) total.restoring += 1;
    total.notional = add(total.notional, sum(plannedNotionals(plan)));
    total.expectedCost = add(total.expectedCost, sum([...closes.expectedCosts]));
  }
}
