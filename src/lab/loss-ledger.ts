/**
 * Who bore what bankrupt accounts could not: every row is exact, and the rows sum to zero.
 * @module
 */
import type { Event } from '../engine/index.ts';
import { add, type Money, neg, sum, ZERO_MONEY } from '../units/index.ts';

export type LossLedger = {
  /** Paid by the insurance fund, before or after deleveraging. */
  insuranceFund: Money;
  /** Taken from the profits of deleveraged counterparties. */
  deleveraged: Money;
  /** Taken from profits of everybody, pro rata. */
  socialized: Money;
  /** Borne by nobody yet; the fund repays it when it can. */
  unallocated: Money;
  /** What bankrupt accounts were relieved of: the negative of the rest. */
  bankruptAccounts: Money;
};

export const emptyLossLedger = (): LossLedger => ({
  insuranceFund: ZERO_MONEY,
  deleveraged: ZERO_MONEY,
  socialized: ZERO_MONEY,
  unallocated: ZERO_MONEY,
  bankruptAccounts: ZERO_MONEY,
});

export function foldLoss(ledger: LossLedger, event: Event): void {
  if (event.type === 'DeficitCovered') {
    ledger.insuranceFund = add(ledger.insuranceFund, event.paid);
    relieve(ledger, event.paid);
  } else if (event.type === 'CoverRepaid') {
    ledger.insuranceFund = add(ledger.insuranceFund, neg(event.amount));
    relieve(ledger, neg(event.amount));
  } else if (event.type === 'AuctionTaken') {
    // What the fund gives a bidder to take a covered account over is a loss of that account.
    ledger.insuranceFund = add(ledger.insuranceFund, event.payout);
    relieve(ledger, event.payout);
  } else if (event.type === 'PositionsDeleveraged') {
    const taken = sum(event.counterparties.map((counterparty) => counterparty.taken));
    ledger.deleveraged = add(ledger.deleveraged, taken);
    relieve(ledger, taken);
  } else if (event.type === 'BadDebtSettled') {
    const socialized = sum(event.socialized.map(({ amount }) => amount));
    ledger.insuranceFund = add(ledger.insuranceFund, event.insurancePaid);
    ledger.socialized = add(ledger.socialized, socialized);
    ledger.unallocated = add(ledger.unallocated, event.unallocated);
    relieve(ledger, event.badDebt);
  } else if (event.type === 'UnallocatedLossRepaid') {
    ledger.insuranceFund = add(ledger.insuranceFund, event.amount);
    ledger.unallocated = add(ledger.unallocated, neg(event.amount));
  }
}

function relieve(ledger: LossLedger, amount: Money): void {
  ledger.bankruptAccounts = add(ledger.bankruptAccounts, neg(amount));
}

/** Zero unless a loss was lost or invented. */
export const lossLedgerSum = (ledger: LossLedger): Money =>
  sum([
    ledger.insuranceFund,
    ledger.deleveraged,
    ledger.socialized,
    ledger.unallocated,
    ledger.bankruptAccounts,
  ]);
