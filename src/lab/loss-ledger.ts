/**
 * Who bore what bankrupt accounts could not: every row is exact, and the rows sum to zero.
 * @module
 */
import type { Event } from '../engine/index.ts';
import { add, type Money, neg, sum, ZERO_MONEY } from '../units/index.ts';

export type LossLedger = {
  /** Paid by the liquidity buffer, before the fund. */
  buffer: Money;
  /** Paid by the insurance fund, before or after deleveraging. */
  insuranceFund: Money;
  /** Paid by tranches of outside capital, after the fund. */
  tranches: Money;
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
  buffer: ZERO_MONEY,
  insuranceFund: ZERO_MONEY,
  tranches: ZERO_MONEY,
  deleveraged: ZERO_MONEY,
  socialized: ZERO_MONEY,
  unallocated: ZERO_MONEY,
  bankruptAccounts: ZERO_MONEY,
});

type Row = Exclude<keyof LossLedger, 'bankruptAccounts'>;

export function foldLoss(ledger: LossLedger, event: Event): void {
  switch (event.type) {
    case 'BufferPaid':
      bear(ledger, 'buffer', event.amount);
      break;
    case 'BufferRepaid':
      bear(ledger, 'buffer', neg(event.amount));
      break;
    case 'TranchePaid':
      bear(ledger, 'tranches', event.amount);
      break;
    case 'TrancheRepaid':
      bear(ledger, 'tranches', neg(event.amount));
      break;
    case 'DeficitCovered':
      bear(ledger, 'insuranceFund', event.paid);
      break;
    case 'CoverRepaid':
      bear(ledger, 'insuranceFund', neg(event.amount));
      break;
    case 'AuctionTaken':
      // What the fund gives a bidder to take a covered account over is a loss of that account.
      bear(ledger, 'insuranceFund', event.payout);
      break;
    case 'PositionsDeleveraged':
      bear(ledger, 'deleveraged', sum(event.counterparties.map(({ taken }) => taken)));
      break;
    case 'BadDebtSettled':
      bear(ledger, 'insuranceFund', event.insurancePaid);
      bear(ledger, 'socialized', sum(event.socialized.map(({ amount }) => amount)));
      bear(ledger, 'unallocated', event.unallocated);
      break;
    case 'UnallocatedLossRepaid':
      // From nobody to the fund: no account is relieved of more.
      ledger.insuranceFund = add(ledger.insuranceFund, event.amount);
      ledger.unallocated = add(ledger.unallocated, neg(event.amount));
  }
}

/** What one bears a bankrupt account is relieved of. */
function bear(ledger: LossLedger, row: Row, amount: Money): void {
  ledger[row] = add(ledger[row], amount);
  ledger.bankruptAccounts = add(ledger.bankruptAccounts, neg(amount));
}

/** Zero unless a loss was lost or invented. */
export const lossLedgerSum = (ledger: LossLedger): Money =>
  sum([
    ledger.buffer,
    ledger.insuranceFund,
    ledger.tranches,
    ledger.deleveraged,
    ledger.socialized,
    ledger.unallocated,
    ledger.bankruptAccounts,
  ]);
