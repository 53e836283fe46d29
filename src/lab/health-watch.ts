/**
 * Looks for liquidatable accounts without the engine's trigger index: every account, first in
 * floating point, then by the exact formulas wherever floats leave a doubt. Measures the lag: the
 * outside records between the one that made an account liquidatable and the record that started
 * its liquidation.
 * @module
 */
import {
  accountMargin,
  isExposed,
  type JournalRecord,
  mayStart,
  type PoolView,
} from '../engine/index.ts';
import { isLiquidatable } from '../risk/index.ts';
import { type AccountMirror, accountMirror, doubtfulAccounts } from './account-mirror.ts';

export type HealthWatch = {
  /** Looks at every account; to be called while no work is due. */
  readonly check: (outsideRecords: number) => void;
  /** Takes note of the liquidations that records started. */
  readonly observe: (records: readonly JournalRecord[], outsideRecords: number) => void;
  /** The largest lag so far; accounts that are overdue now count too. */
  readonly lagMax: (outsideRecords: number) => number;
};

export function createHealthWatch(state: PoolView): HealthWatch {
  let mirror: AccountMirror | null = null;
  /** Accounts without a liquidation that is due, and the outside record it was seen after. */
  const overdue = new Map<number, number>();
  let lagMax = 0;
  return {
    check: (outsideRecords) => {
      if (mirror === null || mirror.versions.length !== state.accounts.length) {
        mirror = accountMirror(state);
      }
      const found = doubtfulAccounts(state, mirror).filter((number) => isOverdue(state, number));
      const still = new Set(found);
      for (const number of overdue.keys()) if (!still.has(number)) overdue.delete(number);
      for (const number of found) if (!overdue.has(number)) overdue.set(number, outsideRecords);
    },
    observe: (records, outsideRecords) => {
      if (overdue.size === 0) return;
      for (const number of startedBy(state, records)) {
        const since = overdue.get(number);
        if (since !== undefined) lagMax = Math.max(lagMax, outsideRecords - since);
        overdue.delete(number);
      }
    },
    lagMax: (outsideRecords) => {
      const waiting = [...overdue.values()].map((since) => outsideRecords - since + 1);
      return Math.max(lagMax, ...waiting);
    },
  };
}

function* startedBy(state: PoolView, records: readonly JournalRecord[]): Generator<number> {
  for (const { outcome } of records) {
    if (outcome.type === 'Rejected') continue;
    for (const event of outcome.events) {
      if (event.type === 'LiquidationStarted') yield state.numbers.accounts.get(event.account)!;
    }
  }
}

/** The engine's own rule, on exact numbers, for one account. */
function isOverdue(state: PoolView, number: number): boolean {
  const account = state.accounts[number]!;
  if (!isExposed(account) || !mayStart(state, account)) return false;
  return isLiquidatable({ ...accountMargin(state, account), exposed: true });
}
