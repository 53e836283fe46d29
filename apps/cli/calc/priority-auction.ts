/**
 * Who may liquidate first, where keepers bid for it.
 * @module
 */
import { priorityAuction } from 'plimsoll/risk';
import { ZERO_MONEY } from 'plimsoll/units';
import { answer, calc, shown } from './calc-definition.ts';
import { money, ratio } from './quantity.ts';
import { fallback, id, list, record } from './shape.ts';

const BIDS_MAX = 10_000;

export const priorityAuctionCalc = calc({
  name: 'priority-auction',
  summary: 'Winner of sealed bids for the right to liquidate, and who gets what it pays.',
  source: 'Plimsoll; sealed-bid first-price auction',
  input: record('', {
    bids: list(
      'Sealed bids of the window, in any order',
      record('A bid', {
        bidder: id('Each once; ties go to the lowest'),
        bid: money('What the bidder pays for the right; 0 is no bid', { atLeast: '0' }),
      }),
      { atMost: BIDS_MAX, unique: 'bidder' },
    ),
    bidMin: fallback(money('Least bid that counts; default 0', { atLeast: '0' }), ZERO_MONEY),
    accountShare: ratio('Share of the payment that the account gets', {
      atLeast: '0',
      atMost: '1',
    }),
  }),
  outputs: {
    winner: 'id | null',
    payment: 'money',
    accountProceeds: 'money',
    insuranceContribution: 'money',
  },
  compute: (input) => {
    const { winner, payment, accountProceeds, insuranceContribution } = priorityAuction(input);
    return answer({
      winner,
      payment: shown(payment),
      accountProceeds: shown(accountProceeds),
      insuranceContribution: shown(insuranceContribution),
    });
  },
});
