/**
 * Who bore what bankrupt accounts could not: every row is exact, and the rows sum to zero.
 * @module
 */
import type { Event } from '../engine/index.ts';
import { bearersOf, type LossBearer } from '../receipts/index.ts';
import { add, type Money, sub, sum, ZERO_MONEY } from '../units/index.ts';

export type LossLedger = {
  /** Paid by the liquidity buffer, before the fund. */
  buffer: Money;
  /** Paid by the insurance fund, before or after deleveraging. */
  insuranceFund: Money;
  /** Paid by tranches of outside capital, after the fund. */
  tranches: Money;
  /** Taken from the profits of deleveraged counterparties. */
  deleveraged: Money;
  /** Owed by all open interest of a market. */
  openInterest: Money;
  /** Taken from profits of everybody, pro rata. */
  socialized: Money;
  /** Borne by nobody yet; the fund repays it when it can. */
  unallocated: Money;
  /** What bankrupt accounts were relieved of: the negative of the rest. */
  bankruptAccounts: Money;
};

export const emptyLossLedger = (): LossLedger => ({
  buffer: ZERO_MONEY,
  insuranceFund: ZERO_MONEY,
  tranches: ZERO_MONEY,
  deleveraged: ZERO_MONEY,
  openInterest: ZERO_MONEY,
  socialized: ZERO_MONEY,
  unallocated: ZERO_MONEY,
  bankruptAccounts: ZERO_MONEY,
});

const ROWS: Readonly<Record<LossBearer['layer'], keyof LossLedger>> = {
  buffer: 'buffer',
  'insurance-fund': 'insuranceFund',
  tranche: 'tranches',
  deleveraged: 'deleveraged',
  'open-interest': 'openInterest',
  socialized: 'socialized',
  unallocated: 'unallocated',
  bankrupt: 'bankruptAccounts',
};

export function foldLoss(ledger: LossLedger, event: Event): void {
  for (const { layer, amount } of bearersOf(event) ?? []) {
    ledger[ROWS[layer]] = add(ledger[ROWS[layer]], amount);
    // What one bears a bankrupt account is relieved of.
    ledger.bankruptAccounts = sub(ledger.bankruptAccounts, amount);
  }
}

/** Zero unless a loss was lost or invented. */
export const lossLedgerSum = (ledger: LossLedger): Money =>
  sum([
    ledger.buffer,
    ledger.insuranceFund,
    ledger.tranches,
    ledger.deleveraged,
    ledger.openInterest,
    ledger.socialized,
    ledger.unallocated,
    ledger.bankruptAccounts,
  ]);
